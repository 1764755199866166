"""The emulator as an ASGI application: a route for each operation's path in either edition, and the emulator's own."""

from collections.abc import Iterator

from starlette.routing import Route, Router
from starlette.types import ASGIApp

from ttd_workflows.core.operation import EDITIONS
from ttd_workflows.emulator.control import PREFIX
from ttd_workflows.emulator.control.app import Control
from ttd_workflows.emulator.handlers import entities, jobs, passthrough  # noqa: F401 - they register
from ttd_workflows.emulator.handlers.serving import SERVED, Served
from ttd_workflows.emulator.names import DOWNLOAD
from ttd_workflows.emulator.rest.authentication import PATH, Authentication
from ttd_workflows.emulator.service import RESULTS_PATH, Service
from ttd_workflows.emulator.web.downloads import Downloads
from ttd_workflows.emulator.web.endpoints import OperationEndpoint
from ttd_workflows.emulator.web.routing import ByMethod, NoRoute
from ttd_workflows.emulator.web.watched import Exposed, Recorded
from ttd_workflows.operations import JobStatus

BASE = "/workflows"


def build_app(service: Service) -> ASGIApp:
    """All routes, below ``/workflows`` and at the root."""
    methods: dict[str, dict[str, ASGIApp]] = {}
    # Routes are tried in order: what is polled comes first.
    for served in sorted(SERVED, key=_rarity):
        endpoint = Exposed(service, str(served.operation), OperationEndpoint(served, service))
        for path in _paths(served, service.settings.editions):
            methods.setdefault(path, {})[served.operation.method] = endpoint
    known = [f"{method} {path}" for path, endpoints in methods.items() for method in endpoints]
    routes = [Route(f"{base}{path}", ByMethod(methods[path])) for path in methods for base in (BASE, "")]
    routes += [Route(f"{base}{PATH}", ByMethod({"POST": Authentication(service)})) for base in (BASE, "")]
    downloads = Exposed(service, DOWNLOAD, Downloads(service))
    routes.append(Route(f"{RESULTS_PATH}{{name}}", ByMethod({"GET": downloads, "HEAD": downloads})))
    routes.append(Route(f"{PREFIX}{{rest:path}}", Control(service)))
    return Recorded(service, Router(routes, redirect_slashes=False, default=NoRoute(known, BASE)))


def _rarity(served: Served) -> tuple[bool, bool]:
    """How seldom an operation is asked for, beside the others: the status of jobs is what is polled."""
    return served.operation.method != "GET", served.operation.resource is not JobStatus


def _paths(served: Served, editions: str) -> Iterator[str]:
    """The operation's paths in the editions that are served, the newest first."""
    paths = [served.operation.path(edition) for edition in reversed(EDITIONS) if editions in {"both", edition}]
    yield from dict.fromkeys(path for path in paths if path)
