"""The wire of a connection: uvicorn's HTTP/1.1, with its transport in the hands of faults.

Nothing of this is in the way of other requests: a wire is one small object for each connection, and touches its
transport only when a fault does.
"""

import asyncio
import os
import socket
import struct
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from ttd_workflows.emulator.faults.wire import IN_STATE

_AT_ONCE = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
"""SO_LINGER: what was not sent is dropped, and the other side is told by RST."""


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
