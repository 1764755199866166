"""Routing for the service and its controls: the endpoints of one path, and the answer where no route matches."""

from contextlib import suppress
from difflib import get_close_matches

from starlette.types import ASGIApp, Receive, Scope, Send

from ttd_workflows.emulator.problems import Refusal
from ttd_workflows.emulator.web.exchange import Incoming, respond_problem

_SHOWN_BODY = 1 << 16


class ByMethod:
    """The endpoints of one path."""

    def __init__(self, endpoints: dict[str, ASGIApp]) -> None:
        self._endpoints = endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        endpoint = self._endpoints.get(scope["method"])
        if endpoint is not None:
            await endpoint(scope, receive, send)
            return
        allowed = ", ".join(self._endpoints)
        refusal = Refusal(405, f"{scope['path']} does not take {scope['method']}, only {allowed}.")
        await _refuse(scope, receive, send, refusal, allow=allowed)


class NoRoute:
    """Answers what no route matches, with the nearest; ``base`` is a prefix that known paths are written without."""

    def __init__(self, known: list[str], base: str = "") -> None:
        self._known = known
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        wanted = f"{scope['method']} {scope['path'].removeprefix(self._base)}"
        nearest = get_close_matches(wanted, self._known, n=1, cutoff=0.3)
        hint = f"; the nearest is {nearest[0]}" if nearest else ""
        refusal = Refusal(404, f"There is no {scope['method']} {scope['path']}{hint}.")
        await _refuse(scope, receive, send, refusal)


async def _refuse(scope: Scope, receive: Receive, send: Send, refusal: Refusal, **headers: str) -> None:
    incoming = Incoming.of(scope)
    if incoming.entry is not None:
        incoming.entry.note = refusal.detail
        with suppress(Refusal, ConnectionResetError):  # only to be shown in the journal
            await incoming.body(receive, _SHOWN_BODY)
    await respond_problem(send, incoming, refusal, "application/json", **headers)
