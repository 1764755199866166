"""What stands around the service: every request is entered in the journal, and meets the faults."""

from starlette.types import ASGIApp, Receive, Scope, Send

from ttd_workflows.emulator.control import PREFIX
from ttd_workflows.emulator.entries import recording
from ttd_workflows.emulator.service import RESULTS_PATH, Service
from ttd_workflows.emulator.web.exchange import Incoming


class Recorded:
    """Enters requests in the journal, those to the controls excepted."""

    def __init__(self, service: Service, app: ASGIApp) -> None:
        self._journal = service.journal
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or _is_control(scope["path"]):
            await self._app(scope, receive, send)
            return
        entry = Incoming.of(scope).entry = self._journal.begin(scope)
        try:
            await self._app(scope, receive, send)
        finally:
            self._journal.end(entry)


class Exposed:
    """An operation, exposed to the faults that concern it."""

    def __init__(self, service: Service, operation: str, app: ASGIApp) -> None:
        self._service = service
        self._operation = operation
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        incoming = Incoming.of(scope)
        if incoming.entry is not None:
            incoming.entry.operation = self._operation
        if self._service.faults.concern(self._operation):
            await self._meet(incoming, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _meet(self, incoming: Incoming, receive: Receive, send: Send) -> None:
        from ttd_workflows.emulator.faults.effects import Met

        service = self._service
        met = Met(incoming, service.settings, service.settle(), self._operation)
        rule = service.faults.meeting(self._operation, met)
        if rule is None:
            await self._app(incoming.scope, receive, send)
            return
        if incoming.entry is not None:
            incoming.entry.fault = rule.id
            incoming.entry.note = f"fault {rule.id}: {rule.kinds}"
            send = recording(send, incoming.entry)
        await rule.happen(met, lambda answer: self._app(incoming.scope, receive, answer), send)


def _is_control(path: str) -> bool:
    return path.startswith(PREFIX) and not path.startswith(RESULTS_PATH)
