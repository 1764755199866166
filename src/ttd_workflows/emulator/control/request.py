"""One request to the controls, and how a function is made the handler of such requests."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from starlette.types import Receive, Send

from ttd_workflows.emulator.problems import invalid
from ttd_workflows.emulator.service import Service
from ttd_workflows.emulator.web import bodies
from ttd_workflows.emulator.web.exchange import Incoming

_LARGEST_BODY = 1 << 16


@dataclass(frozen=True, slots=True)
class Controlling:
    """One request to the controls: the service it is about, and what was asked."""

    service: Service
    incoming: Incoming
    receive: Receive
    send: Send
    """For a handler that answers by itself: a page, a stream."""

    @property
    def path(self) -> dict[str, str]:
        """The parameters in the path."""
        found: dict[str, str] = self.incoming.scope["path_params"]
        return found

    def query(self, name: str) -> str | None:
        """A parameter in the query string; the last, where several are given."""
        found = parse_qs(self.incoming.scope["query_string"].decode("latin-1"), keep_blank_values=True).get(name)
        return found[-1] if found else None

    async def content(self, limit: int = _LARGEST_BODY) -> bytes:
        """The body as it came."""
        return await self.incoming.body(self.receive, limit)

    async def body(self, limit: int = _LARGEST_BODY) -> dict[str, Any]:
        """The body, a JSON object."""
        data = bodies.parse(await self.content(limit))
        if not isinstance(data, dict):
            raise invalid("$", "The body must be a JSON object.")
        return data


class Answered:
    """What a handler gives that has sent its answer itself."""


Handler = Callable[[Controlling], Awaitable[Any]]
ROUTES: dict[str, dict[str, Handler]] = {}
"""The handlers of each path by method."""


def controls(method: str, path: str) -> Callable[[Handler], Handler]:
    """Make an async function the handler of a method and a path below the prefix.

    What it gives is sent as JSON; ``None`` is 204; an :class:`Answered` is nothing more to do. It refuses by raising
    :class:`~ttd_workflows.emulator.problems.Refusal`.
    """

    def register(handler: Handler) -> Handler:
        ROUTES.setdefault(path, {})[method] = handler
        return handler

    return register
