"""The wire of a request on a socket: uvicorn's HTTP/1.1, with its transport in the hands of faults.

Nothing of this is in the way of other requests: a wire is one small object for each, and touches the transport only
when a fault does.
"""

import os
import socket
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from ttd_workflows.emulator.faults.wire import IN_STATE

if TYPE_CHECKING:
    import asyncio

_AT_ONCE = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
"""SO_LINGER: what was not sent is dropped, and the other side is told by RST."""


_HEAD_LIMIT = 65_536
"""How many bytes of a request's head are kept while its end is awaited."""


class WiredProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 with the wire in each request's scope, and what the parser lets pass refused."""

    _head = 0
    _within_head = True

    def data_received(self, data: bytes) -> None:
        """Read on; a head without an end does not fill the memory."""
        super().data_received(data)
        if self._within_head:
            self._head += len(data)
            if self._head > _HEAD_LIMIT and not self.transport.is_closing():
                self.send_400_response(f"The head of the request is longer than {_HEAD_LIMIT} bytes.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head, self._within_head = 0, True

    def on_headers_complete(self) -> None:
        """Lay the wire, before the application is asked: its task has not begun yet."""
        self._within_head = False
        assert self.parser is not None  # it calls this
        _need_one_host(self.headers, self.parser.get_http_version())
        super().on_headers_complete()
        scope: Any = self.cycle.scope
        scope["state"][IN_STATE] = _Socket(self.cycle)


def _need_one_host(headers: list[tuple[bytes, bytes]], version: str) -> None:
    """As RFC 9112, 3.2 has it. What is raised within the parser becomes a 400."""
    hosts = sum(name == b"host" for name, _ in headers)
    if hosts > 1 or (hosts == 0 and version != "1.0"):
        raise ValueError(f"a request has one Host, this one has {hosts}")


class _Socket:
    """The wire of one request: its own, as the connection may have read the next one already."""

    def __init__(self, cycle: RequestResponseCycle) -> None:
        self._cycle = cycle

    @property
    def gone(self) -> bool:
        return self._cycle.disconnected or self._cycle.transport.is_closing()

    def reset(self) -> None:
        transport = self._cycle.transport
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        transport.abort()
        self._leave()

    def close(self) -> None:
        self._cycle.transport.close()
        self._leave()

    def rewrite(self, change: Callable[[bytes], bytes]) -> None:
        cycle: Any = self._cycle
        cycle.transport = _Rewriting(cycle.transport, change)

    def _leave(self) -> None:
        self._cycle.disconnected = True  # uvicorn is not to complete the answer


class _Rewriting:
    """A transport that writes something else."""

    def __init__(self, transport: "asyncio.Transport", change: Callable[[bytes], bytes]) -> None:
        self._transport = transport
        self._change = change

    def write(self, data: bytes) -> None:
        self._transport.write(self._change(data))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
