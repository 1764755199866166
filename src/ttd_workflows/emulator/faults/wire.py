"""The connection beneath a request: what no proper server does to one is done here.

Nothing of this is in the way of other requests: a wire is one small object for each connection, and touches its
transport only when a fault does.
"""

import asyncio
import os
import socket
import struct
from collections.abc import Callable
from typing import Any, Protocol

from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

IN_STATE = "ttd_workflows.wire"
"""Where in the state of a request's scope its wire is."""
_AT_ONCE = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
"""SO_LINGER: what was not sent is dropped, and the other side is told by RST."""


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


def wire_beneath(scope: Scope) -> Wire | None:
    """The wire of a request; ``None`` where there is no socket."""
    found: Wire | None = scope.get("state", {}).get(IN_STATE)
    return found


class WiredProtocol(H11Protocol):
    """uvicorn's HTTP/1.1 with the wire in each request's scope."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Lay the wire."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, IN_STATE: _Socket(self)}


class _Socket:
    """The wire of a connection that uvicorn holds. One request at a time is answered on it: the current cycle's."""

    def __init__(self, protocol: H11Protocol) -> None:
        self._protocol = protocol

    @property
    def gone(self) -> bool:
        return self._protocol.cycle.disconnected

    def reset(self) -> None:
        transport = self._protocol.transport
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        transport.abort()
        self._leave()

    def close(self) -> None:
        self._protocol.transport.close()
        self._leave()

    def rewrite(self, change: Callable[[bytes], bytes]) -> None:
        cycle: Any = self._protocol.cycle
        cycle.transport = _Rewriting(cycle.transport, change)

    def _leave(self) -> None:
        self._protocol.cycle.disconnected = True  # uvicorn is not to complete the answer


class _Rewriting:
    """A transport that writes something else."""

    def __init__(self, transport: asyncio.Transport, change: Callable[[bytes], bytes]) -> None:
        self._transport = transport
        self._change = change

    def write(self, data: bytes) -> None:
        self._transport.write(self._change(data))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
