"""The wire of a request on a socket: uvicorn's HTTP/1.1, with its transport in the hands of faults.

Nothing of this is in the way of other requests: a wire is one small object for each, and touches the transport only
when a fault does.
"""

import asyncio
import os
import socket
import struct
import weakref
from collections.abc import Callable
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from ttd_workflows.emulator.faults.wire import IN_STATE

_AT_ONCE = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
"""SO_LINGER: what was not sent is dropped, and the other side is told by RST."""
_HEAD_LIMIT = 65_536
"""How many bytes of a request's head are read on while its end is awaited."""


class WiredProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 with the wire in each request's scope, and with the parser's laxities made good."""

    _beyond_first = 0
    """Bytes of a head after the segment that it began in."""
    _within_head = False

    def data_received(self, data: bytes) -> None:
        """Read on. Another protocol that is offered is not taken; a head without an end does not fill the memory."""
        head = self.headers if self._within_head else None
        self._unset_keepalive_if_required()
        try:
            self._feed(data)
        except HttpParserError:
            self.send_400_response("Invalid HTTP request received.")
        if self._within_head and self.headers is head:
            self._beyond_first += len(data)
            if self._beyond_first > _HEAD_LIMIT and not self.transport.is_closing():
                self.send_400_response(f"The head of the request is longer than {_HEAD_LIMIT} bytes.")

    def _feed(self, data: bytes) -> None:
        assert self.parser is not None  # it goes with the connection
        while data:
            try:
                self.parser.feed_data(data)
            except HttpParserUpgrade as offer:  # the parser has stopped before the body
                data = self._without_offer() + data[offer.args[0] :]
            else:
                return

    def _without_offer(self) -> bytes:
        """The head that was read, without the field that offers: Java's client, for one, does it with every request."""
        assert self.parser is not None
        first = b"%s %s HTTP/%s" % (self.parser.get_method(), self.url, self.parser.get_http_version().encode())
        fields = [b"%s: %s" % field for field in self.headers if field[0] != b"upgrade"]
        return b"\r\n".join([first, *fields, b"", b""])

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._beyond_first, self._within_head = 0, True

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field as RFC 9112, 5.1 has it, without white space at its end. Those after the body are nobody's."""
        if self._within_head:
            super().on_header(name, value.rstrip(b" \t"))

    def on_headers_complete(self) -> None:
        """Lay the wire, before the application is asked: its task has not begun yet."""
        self._within_head = False
        assert self.parser is not None  # it calls this
        if self.parser.should_upgrade():
            _need_no_tunnel(self.parser.get_method())
            return
        _need_one_host(self.headers, self.parser.get_http_version())
        super().on_headers_complete()
        cycle: Any = self.cycle
        cycle.transport = _Joining(self.transport, self.loop)
        cycle.scope["state"][IN_STATE] = _Socket(cycle)

    def on_message_complete(self) -> None:
        if self.parser is not None and not self.parser.should_upgrade():
            super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what was read, unless requests before it still wait: those are answered, and that is the end."""
        if self.cycle is None or self.cycle.response_complete or self.cycle.more_body:
            super().send_400_response(msg)
        else:
            self.cycle.keep_alive = False


# What is raised within the parser becomes a 400.


def _need_no_tunnel(method: bytes) -> None:
    if method == b"CONNECT":
        raise ValueError("nobody is connected to elsewhere")


def _need_one_host(headers: list[tuple[bytes, bytes]], version: str) -> None:
    """As RFC 9112, 3.2 has it."""
    hosts = sum(name == b"host" for name, _ in headers)
    if hosts > 1 or (hosts == 0 and version != "1.0"):
        raise ValueError(f"a request has one Host, this one has {hosts}")


class _Socket:
    """The wire of one request: its own, as the connection may have read the next one already."""

    def __init__(self, cycle: RequestResponseCycle) -> None:
        self._cycle = weakref.proxy(cycle)  # which has this, and lasts for as long as the application is at work

    @property
    def gone(self) -> bool:
        return bool(self._cycle.disconnected or self._cycle.transport.is_closing())

    def reset(self) -> None:
        transport = self._cycle.transport
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        transport.abort()
        self._leave()

    def close(self) -> None:
        self._cycle.transport.close()
        self._leave()

    def rewrite(self, change: Callable[[bytes], bytes]) -> None:
        self._cycle.transport = _Rewriting(self._cycle.transport, change)

    def _leave(self) -> None:
        self._cycle.disconnected = True  # uvicorn is not to complete the answer


class _Joining:
    """A transport that sends an answer's head together with what follows in the same turn of the loop: in one call."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held: bytes | None = None

    def write(self, data: bytes) -> None:
        if self._held is None:
            self._held = data
            self._loop.call_soon(self._send_held)
        else:
            held, self._held = self._held, b""
            self._transport.write(held + data)

    def close(self) -> None:
        self._send_held()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def _send_held(self) -> None:
        if self._held:
            self._transport.write(self._held)
            self._held = b""


class _Rewriting:
    """A transport that writes something else."""

    def __init__(self, transport: Any, change: Callable[[bytes], bytes]) -> None:
        self._transport = transport
        self._change = change

    def write(self, data: bytes) -> None:
        self._transport.write(self._change(data))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
