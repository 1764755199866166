"""``/v3/authentication``: the one call of REST v3 that is made without a token, because it gives one."""

from starlette.types import Receive, Scope, Send

from ttd_workflows.emulator.problems import Refusal
from ttd_workflows.emulator.rest import v3
from ttd_workflows.emulator.service import Service
from ttd_workflows.emulator.web.exchange import Incoming, respond_json, respond_problem

PATH = "/v3/authentication"


class Authentication:
    """Answers a login."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        incoming = Incoming.of(scope)
        try:
            content = await incoming.body(receive, self._service.settings.body_limit)
            status, said = v3.authenticate(self._service, content.decode("utf-8", "replace"))
        except Refusal as refusal:
            await respond_problem(send, incoming, refusal, self._service.settings.problem_content_type)
        except ConnectionResetError:
            return
        else:
            await respond_json(send, incoming, status, said)
