"""What is under ``/_emulator/`` besides results: an emulator's health, its clock and what it received."""

from urllib.parse import urlsplit

from starlette.types import Receive, Scope, Send

from ttd_workflows.emulator import bodies
from ttd_workflows.emulator.clock import timestamp
from ttd_workflows.emulator.exchange import Incoming, respond, respond_json, respond_problem
from ttd_workflows.emulator.problems import Refusal, invalid
from ttd_workflows.emulator.service import Service

_LOCAL_NAMES = {"127.0.0.1", "localhost", "::1"}
_LARGEST_BODY = 1 << 16


class Control:
    """Answers the control paths. A page in a browser must not reach them, so names and origins are looked at."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        incoming = Incoming.of(scope)
        try:
            _refuse_foreigners(incoming)
            answer = await self._answer(incoming, receive)
        except Refusal as refusal:
            await respond_problem(send, incoming, refusal, self._service.settings.problem_content_type)
        else:
            if answer is None:
                await respond(send, incoming, 204, b"")
            else:
                await respond_json(send, incoming, 200, answer)

    async def _answer(self, incoming: Incoming, receive: Receive) -> dict[str, object] | None:
        service = self._service
        match incoming.scope["method"], incoming.scope["path"]:
            case "GET", "/_emulator/health":
                return {"status": "ok", "seed": service.world.seed, "now": timestamp(service.clock.now())}
            case "GET", "/_emulator/clock":
                return self._clock()
            case "POST", "/_emulator/clock":
                await self._advance(incoming, receive)
                return self._clock()
            case "GET", "/_emulator/requests":
                return dict(service.received)
            case "DELETE", "/_emulator/requests":
                service.received.clear()
                return None
            case method, path:
                raise Refusal(404, f"There is no {method} {path}; there are health, clock and requests.")
        raise AssertionError

    def _clock(self) -> dict[str, object]:
        clock = self._service.clock
        return {"now": timestamp(clock.now()), "ahead": clock.ahead}

    async def _advance(self, incoming: Incoming, receive: Receive) -> None:
        data = bodies.parse(await incoming.body(receive, _LARGEST_BODY))
        seconds = data.get("advance") if isinstance(data, dict) else None
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
            raise invalid("$.advance", "The number of seconds to move the clock forward is required.")
        try:
            self._service.clock.advance(seconds)
        except ValueError as error:
            raise invalid("$.advance", str(error)) from None
        self._service.settle()


def _refuse_foreigners(incoming: Incoming) -> None:
    server = (incoming.scope.get("server") or ("",))[0]
    for header in (b"host", b"origin"):
        value = incoming.header(header)
        host = urlsplit(value if header == b"origin" else f"//{value}").hostname
        if value and host not in {*_LOCAL_NAMES, server}:
            raise Refusal(403, f"The emulator's controls answer to this machine only, not to {value}.")
