"""The connection beneath a request, as faults see it: what no proper server does to one can be done to a wire.

``sockets`` has the wire of a connection; an exchange within the process is its own.
"""

from collections.abc import Callable
from typing import Protocol

from starlette.types import Scope

IN_STATE = "ttd_workflows.wire"
"""Where in the state of a request's scope its wire is."""


class Wire(Protocol):
    """What a fault can do to the connection of the request that it meets."""

    @property
    def gone(self) -> bool:
        """Whether the caller has closed the connection."""
        ...

    def reset(self) -> None:
        """Break the connection off; what was written and has not left is lost."""

    def close(self) -> None:
        """Close the connection once everything written has left."""

    def rewrite(self, change: Callable[[bytes], bytes]) -> None:
        """Let what is written for this request from now on be changed; the head comes first, as one piece."""


def wire_beneath(scope: Scope) -> Wire:
    """The wire of a request."""
    wire: Wire = scope["state"][IN_STATE]
    return wire
