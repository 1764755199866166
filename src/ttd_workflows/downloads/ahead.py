"""Fetching with several connections: pieces are written ahead of the front, which moves over them as they are whole.

What is ahead when a process dies, or an address does, is fetched again: at most two pieces for each connection.
"""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from typing import TYPE_CHECKING, NamedTuple, Self

from ttd_workflows.downloads.answers import OK, PARTIAL, Restart, part_of, refusal
from ttd_workflows.downloads.transport import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ttd_workflows.downloads.addresses import Address
    from ttd_workflows.downloads.part import Part
    from ttd_workflows.downloads.settings import Patience
    from ttd_workflows.downloads.transport import Transport

PIECE = 8 << 20
_LOOK = 0.1
_TRIES = 4


class _Stopped(Exception):
    """The others have been told to stop."""


class _Span(NamedTuple):
    first: int
    end: int
    future: Future[None]


class Ahead:
    """The connections that fetch one part's rest. Leaving it ends them."""

    def __init__(
        self, transport: Transport, address: Address, part: Part, patience: Patience, connections: int
    ) -> None:
        self.received = 0
        self._transport = transport
        self._address = address
        self._part = part
        self._patience = patience
        self._most_ahead = 2 * connections
        self._pool = ThreadPoolExecutor(connections, "ttdw-download")
        self._guard = threading.Lock()
        self._stop = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop = True
        self._transport.abort()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def advance(self) -> Iterator[None]:
        """Move the front to the end of the file; gives way to the caller every now and then."""
        size, place = self._part.state.size or 0, self._part.at
        spans: deque[_Span] = deque()
        while spans or place < size:
            while place < size and len(spans) < self._most_ahead:
                end = min(place + PIECE, size)
                spans.append(_Span(place, end, self._pool.submit(self._fetch, place, end)))
                place = end
            yield
            try:
                spans[0].future.result(_LOOK)
            except NotYet:
                continue
            self._part.advance(spans.popleft().end)

    def _fetch(self, place: int, end: int) -> None:
        """Fetch one piece, over faults that bring it on, or a few in a row that do not."""
        tries = 0
        while place < end:
            before = place
            try:
                for block in self._blocks(place, end):
                    self._part.write_at(place, block)
                    place += len(block)
            except Broken:
                tries = 1 if place > before else tries + 1
                if self._stop or tries >= _TRIES:
                    raise

    def _blocks(self, first: int, end: int) -> Iterator[bytes]:
        state = self._part.state
        answer = self._transport.ask(self._address, f"{first}-{end - 1}", state.validator)
        try:
            if self._stop:
                raise _Stopped
            if answer.status == OK:
                raise Restart("the file changed at the host")
            if answer.status != PARTIAL:
                raise refusal(self._address, answer)
            told = part_of(answer, first, state)
            last = min(end, (told.last if told.last is not None else first - 1) + 1)
            while first < last:
                block = answer.read()
                if not block:
                    raise Broken(f"the body ended {last - first:,} bytes early")
                block = block[: last - first]
                first += len(block)
                yield block
        finally:
            with self._guard:
                self.received += answer.bytes_read
            answer.close()
