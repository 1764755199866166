"""What happens in an emulator, told to whoever listens. A listener too slow loses events, and is told how many."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from ttd_workflows.emulator.web.exchange import json_bytes

CAPACITY = 1000
"""How many events wait for one listener."""


class Listener:
    """One who listens: what was told since it last asked, as frames of ``text/event-stream``."""

    def __init__(self, capacity: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._capacity = capacity
        self._waiting: deque[bytes] = deque()
        self._lost = 0
        self._some = asyncio.Event()
        self.ended = False

    def tell(self, frame: bytes) -> None:
        """Add an event, or count it as lost. May be called from any thread."""
        if len(self._waiting) < self._capacity:
            self._waiting.append(frame)
        else:
            self._lost += 1
        self._wake()

    def end(self) -> None:
        """There will be no more events. May be called from any thread."""
        self.ended = True
        self._wake()

    async def heard(self) -> bytes:
        """All that waits, once there is something; empty at the end."""
        await self._some.wait()
        self._some.clear()
        frames = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if self._lost:
            lost, self._lost = self._lost, 0
            frames.append(frame("lost", {"events": lost}))
        return b"".join(frames)

    def _wake(self) -> None:
        with suppress(RuntimeError):  # its loop has ended: nobody listens any more
            self._loop.call_soon_threadsafe(self._some.set)


class Events:
    """The listeners of one emulator."""

    def __init__(self) -> None:
        self._listeners: tuple[Listener, ...] = ()

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def publish(self, kind: str, data: Any | Callable[[], Any]) -> None:
        """Tell all listeners, from any thread. ``data`` is JSON, or a function that makes it if anybody listens."""
        if listeners := self._listeners:
            told = frame(kind, data() if callable(data) else data)
            for listener in listeners:
                listener.tell(told)

    @contextmanager
    def listening(self, capacity: int = CAPACITY) -> Iterator[Listener]:
        """Listen on the running event loop, from now until the block ends."""
        listener = Listener(capacity)
        self._listeners += (listener,)
        try:
            yield listener
        finally:
            self._listeners = tuple(other for other in self._listeners if other is not listener)

    def close(self) -> None:
        """Let every listener go: the emulator stops."""
        for listener in self._listeners:
            listener.end()


def frame(kind: str, data: Any) -> bytes:
    """An event as ``text/event-stream`` has it."""
    return b"event: %s\ndata: %s\n\n" % (kind.encode(), json_bytes(data))
