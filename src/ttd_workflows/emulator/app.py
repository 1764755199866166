"""The emulator as an ASGI application: every route of both editions at once, made from the client's declarations."""

from collections.abc import Iterator
from difflib import get_close_matches

from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from ttd_workflows.core.operation import EDITIONS
from ttd_workflows.emulator import entity_handlers, job_handlers, passthrough_handlers  # noqa: F401 - they register
from ttd_workflows.emulator.control import Control
from ttd_workflows.emulator.downloads import Downloads
from ttd_workflows.emulator.endpoints import OperationEndpoint
from ttd_workflows.emulator.exchange import Incoming, respond_problem
from ttd_workflows.emulator.problems import Refusal
from ttd_workflows.emulator.service import RESULTS_PATH, Service
from ttd_workflows.emulator.serving import SERVED, Served

BASE = "/workflows"


def build_app(service: Service) -> ASGIApp:
    """All routes, below ``/workflows`` and at the root."""
    methods: dict[str, dict[str, ASGIApp]] = {}
    # Routes are tried in order: what is polled comes first.
    for served in sorted(SERVED, key=lambda served: served.operation.method != "GET"):
        endpoint = OperationEndpoint(served, service)
        for path in _paths(served):
            methods.setdefault(path, {})[served.operation.method] = endpoint
    known = [f"{method} {path}" for path, endpoints in methods.items() for method in endpoints]
    routes = [Route(f"{base}{path}", _ByMethod(methods[path])) for path in methods for base in (BASE, "")]
    downloads = Downloads(service)
    routes.append(Route(f"{RESULTS_PATH}{{name}}", _ByMethod({"GET": downloads, "HEAD": downloads})))
    routes.append(Route("/_emulator/{rest:path}", Control(service)))
    return Router(routes, redirect_slashes=False, default=_NoRoute(known))


def _paths(served: Served) -> Iterator[str]:
    """The operation's paths in both editions."""
    paths = {edition: served.operation.path(edition) for edition in EDITIONS}
    yield from dict.fromkeys(path for path in paths.values() if path)


class _ByMethod:
    """The endpoints of one path."""

    def __init__(self, endpoints: dict[str, ASGIApp]) -> None:
        self._endpoints = endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint = self._endpoints.get(scope["method"])
        if endpoint is not None:
            await endpoint(scope, receive, send)
            return
        allowed = ", ".join(self._endpoints)
        refusal = Refusal(405, f"{scope['path']} does not take {scope['method']}, only {allowed}.")
        await respond_problem(send, Incoming.of(scope), refusal, "application/json", allow=allowed)


class _NoRoute:
    """Answers what no route matches, with the nearest one."""

    def __init__(self, known: list[str]) -> None:
        self._known = known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path = scope["path"].removeprefix(BASE)
        wanted = f"{scope['method']} {path}"
        nearest = get_close_matches(wanted, self._known, n=1, cutoff=0.3)
        hint = f"; the nearest is {nearest[0]}" if nearest else ""
        refusal = Refusal(404, f"There is no {scope['method']} {scope['path']}{hint}.")
        await respond_problem(send, Incoming.of(scope), refusal, "application/json")
