"""Calls within the process: requests are handed to the emulator's event loop, with no socket between.

They may come from any thread and any event loop; the application runs on the emulator's own loop only. As on a
connection, a caller that goes away does not take back what it asked for, a body of any size goes through piece by
piece, and faults break off and rewrite what is sent.
"""

import asyncio
import logging
import os
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import NamedTuple

from starlette.types import ASGIApp, Message, Scope

from ttd_workflows.emulator.faults.wire import IN_STATE
from ttd_workflows.emulator.home import AnotherProcess

logger = logging.getLogger("ttd_workflows.emulator")
_PIECES_AHEAD = 2
"""How many pieces of a body the application may be ahead of who reads them."""


class NotRunning(Exception):
    """Nobody was there to take the request."""


class BrokenOff(Exception):
    """An exchange ended before its answer did."""


class Head(NamedTuple):
    """The beginning of an answer: its status, its header fields, a first piece of its body, whether more comes."""

    status: int
    fields: list[tuple[bytes, bytes]]
    piece: bytes
    more: bool


class Exchange:
    """One request and its answer, and the wire beneath it.

    Its methods run on the emulator's loop; callers wait for the futures that they fill.
    """

    def __init__(self, scope: Scope, content: bytes) -> None:
        self.head: Future[Head] = Future()
        self.head.set_running_or_notify_cancel()  # a cancelled caller cancels its waiting only
        self._scope = {**scope, "state": {IN_STATE: self}}
        self._content: bytes | None = content
        self._start: Message = {}
        self._change: Callable[[bytes], bytes] | None = None
        self._left: int | None = None
        """How many bytes are still to come, where the answer has said how many there are."""
        self._pieces: deque[bytes] = deque()
        self._room = asyncio.Semaphore(_PIECES_AHEAD)
        self._wanted: Future[bytes] | None = None
        self._gone = asyncio.Event()
        self._broken = False

    async def run(self, app: ASGIApp) -> None:
        """Have the request answered."""
        try:
            await app(self._scope, self._receive, self._send)
        except Exception:
            logger.exception("%s %s failed", self._scope["method"], self._scope["path"])
        finally:
            self.close()

    def read(self, wanted: Future[bytes]) -> None:
        """Fill ``wanted`` with the next piece of the body as soon as there is one; empty at its end."""
        self._wanted = wanted
        self._hand_out()

    def leave(self) -> None:
        """Nobody reads any further."""
        self._gone.set()
        self._room.release()

    @property
    def gone(self) -> bool:
        """Whether nobody reads any further."""
        return self._gone.is_set()

    def reset(self) -> None:
        """Break off; what has not been read is lost."""
        self._pieces.clear()
        self.close()

    def close(self) -> None:
        """Nothing more comes: who still waits is told so."""
        self._broken = True
        if not self.head.done():
            self.head.set_exception(BrokenOff("the emulator closed the exchange without an answer"))
        self._hand_out()

    def rewrite(self, change: Callable[[bytes], bytes]) -> None:
        """Let what is sent be changed from now on, the head first."""
        self._change = change

    def _hand_out(self) -> None:
        wanted = self._wanted
        if wanted is None or not (self._pieces or self._broken):
            return
        self._wanted = None
        if not wanted.set_running_or_notify_cancel():  # its reader was cancelled
            return
        if self._pieces:
            self._room.release()
            wanted.set_result(self._pieces.popleft())
        else:
            wanted.set_exception(BrokenOff("the answer broke off before its end"))

    async def _receive(self) -> Message:
        if self._content is None:
            await self._gone.wait()
            return {"type": "http.disconnect"}
        content, self._content = self._content, None
        return {"type": "http.request", "body": content, "more_body": False}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        if self.head.done():
            await self._go_on(*self._measured(body, more=more))
            return
        fields = self._fields()
        if self._scope["method"] == "HEAD":
            self.head.set_result(Head(self._start["status"], fields, b"", more=False))
            return
        length = dict(fields).get(b"content-length")
        self._left = None if length is None else int(length)
        self.head.set_result(Head(self._start["status"], fields, *self._measured(body, more=more)))

    async def _go_on(self, piece: bytes, more: bool) -> None:
        if piece and not self.gone and not self._broken:
            await self._room.acquire()
        if not self.gone and not self._broken:
            self._pieces.extend([piece] if piece else [])
            self._pieces.extend([] if more else [b""])
            self._hand_out()

    def _fields(self) -> list[tuple[bytes, bytes]]:
        """The header fields, as they are once they have been changed."""
        fields: list[tuple[bytes, bytes]] = self._start["headers"]
        if self._change is None:
            return fields
        head = b"".join([b"HTTP/1.1 %d\r\n" % self._start["status"], *(b"%s: %s\r\n" % field for field in fields)])
        lines = self._change(head + b"\r\n").split(b"\r\n")[1:-2]
        return [(name, value) for name, _, value in (line.partition(b": ") for line in lines)]

    def _measured(self, body: bytes, *, more: bool) -> tuple[bytes, bool]:
        """As much of a body as its length allows, and whether its reader will wait for more."""
        piece = self._change(body) if self._change else body
        if self._left is None:
            return piece, more
        piece = piece[: self._left]
        self._left -= len(piece)
        return piece, self._left > 0


class Inside:
    """The way to an application that runs on one event loop of this process, for as long as it is open."""

    def __init__(self) -> None:
        self._app: ASGIApp | None = None
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._process = 0
        self._under_way: dict[Exchange, asyncio.Task[None]] = {}

    def open(self, app: ASGIApp) -> None:
        """Take requests from now on, and have ``app`` answer them on the running loop."""
        self._app = app
        self._process = os.getpid()
        self._loop = asyncio.get_running_loop()

    def close(self) -> None:
        """Take no more, and break off what is under way."""
        with self._lock:
            self._app = self._loop = None
            for exchange in self._under_way:
                exchange.close()

    def begin(self, scope: Scope, content: bytes) -> Exchange:
        """Hand a request over. Raises :class:`NotRunning` if it surely was not taken."""
        exchange = Exchange(scope, content)
        self._on_the_loop(self._start, exchange)
        return exchange

    def read(self, exchange: Exchange) -> Future[bytes]:
        """The next piece of an answer's body; empty at its end."""
        wanted: Future[bytes] = Future()
        self._on_the_loop(exchange.read, wanted)
        return wanted

    def leave(self, exchange: Exchange) -> None:
        """Read nothing further of an exchange."""
        with suppress(NotRunning):
            self._on_the_loop(exchange.leave)

    def _on_the_loop(self, function: Callable[..., object], *arguments: object) -> None:
        if os.getpid() != self._process and self._loop is not None:
            raise NotRunning(str(AnotherProcess()))
        with self._lock:
            if self._loop is None:
                raise NotRunning("the emulator is not running: make the call inside its with block")
            self._loop.call_soon_threadsafe(function, *arguments)

    def _start(self, exchange: Exchange) -> None:
        if self._app is None:  # closed since it was handed over
            exchange.close()
            return
        task = asyncio.ensure_future(exchange.run(self._app))
        self._under_way[exchange] = task
        task.add_done_callback(lambda _: self._under_way.pop(exchange, None))
