"""What stands around the service: every request to it is entered in the journal."""

from starlette.types import ASGIApp, Receive, Scope, Send

from ttd_workflows.emulator.control import PREFIX
from ttd_workflows.emulator.exchange import Incoming
from ttd_workflows.emulator.service import RESULTS_PATH, Service


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


class Named:
    """Says in the journal which operation is asked for."""

    def __init__(self, operation: str, app: ASGIApp) -> None:
        self._operation = operation
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        entry = Incoming.of(scope).entry
        if entry is not None:
            entry.operation = self._operation
        await self._app(scope, receive, send)


def _is_control(path: str) -> bool:
    return path.startswith(PREFIX) and not path.startswith(RESULTS_PATH)
