"""The controls as an ASGI application: who may reach them, and how what a handler gives is sent."""

import logging
from functools import cached_property
from urllib.parse import urlsplit

from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from ttd_workflows.emulator.control import PREFIX
from ttd_workflows.emulator.control.request import ROUTES, Answered, Controlling, Handler
from ttd_workflows.emulator.problems import Refusal
from ttd_workflows.emulator.service import Service
from ttd_workflows.emulator.web.exchange import Incoming, respond, respond_json, respond_problem
from ttd_workflows.emulator.web.routing import ByMethod, NoRoute

logger = logging.getLogger("ttd_workflows.emulator")
_LOCAL_NAMES = {"127.0.0.1", "localhost", "::1"}


class Control:
    """Answers the control paths. A page in a browser must not reach them, so names and origins are looked at."""

    def __init__(self, service: Service) -> None:
        self._service = service

    @cached_property
    def _router(self) -> Router:
        """The routes, loaded by the first who asks: most emulators are never controlled from outside."""
        from ttd_workflows.emulator.control import (  # noqa: F401 - they register
            callbacks,
            contract,
            events,
            faults,
            jobs,
            journal,
            page,
            plans,
            scenario,
            time,
            world,
        )

        service = self._service
        known = [f"{method} {PREFIX}{path}" for path, handlers in ROUTES.items() for method in handlers]
        routes = [
            Route(
                f"{PREFIX}{path}",
                ByMethod({method: _Endpoint(service, handler) for method, handler in handlers.items()}),
            )
            for path, handlers in ROUTES.items()
        ]
        return Router(routes, redirect_slashes=False, default=NoRoute(known))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        incoming = Incoming.of(scope)
        try:
            _refuse_foreigners(incoming)
        except Refusal as refusal:
            await respond_problem(send, incoming, refusal, self._service.settings.problem_content_type)
        else:
            await self._router(scope, receive, send)


class _Endpoint:
    """Answers one method of one path."""

    def __init__(self, service: Service, handler: Handler) -> None:
        self._service = service
        self._handler = handler

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        incoming = Incoming.of(scope)
        try:
            answer = await self._handler(Controlling(self._service, incoming, receive, send))
        except Refusal as refusal:
            await respond_problem(send, incoming, refusal, self._service.settings.problem_content_type)
        except ConnectionResetError:
            return
        except Exception:
            logger.exception("%s %s failed", scope["method"], scope["path"])
            await respond_problem(send, incoming, Refusal(500), self._service.settings.problem_content_type)
        else:
            await _send_answer(send, incoming, answer)


async def _send_answer(send: Send, incoming: Incoming, answer: object) -> None:
    if answer is None:
        await respond(send, incoming, 204, b"")
    elif not isinstance(answer, Answered):
        await respond_json(send, incoming, 200, answer)


def _refuse_foreigners(incoming: Incoming) -> None:
    server = (incoming.scope.get("server") or ("",))[0]
    host, origin = incoming.header(b"host"), incoming.header(b"origin")
    if host and _name_in(host) not in {*_LOCAL_NAMES, server}:
        raise Refusal(403, f"The emulator's controls answer to this machine only, not to {host}.")
    if origin and origin.partition("://")[2] != host:
        raise Refusal(403, f"The emulator's controls answer to their own page only, not to one of {origin}.")


def _name_in(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:  # such as a bracket that is not closed
        return None
