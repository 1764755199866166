"""The built-in engine of the async form."""

from __future__ import annotations

import asyncio
import os
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpcore2

from ttd_workflows.core.body import BodyReader
from ttd_workflows.core.engines.wire import (
    CONNECTIONS,
    failure_of,
    leaves_bytes_behind,
    mark,
    pool_settings,
    raw_request,
    timeouts,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from ttd_workflows.core.port import Attempt, Origin, Request, Response


class AsyncEngine:
    """Sends on the running event loop; each loop has its own connections, and they end with it."""

    def __init__(self) -> None:
        self._loops: dict[asyncio.AbstractEventLoop, _LoopPools] = {}
        # The finalizer holds the connections, so that a forgotten engine does not take them along unclosed.
        weakref.finalize(self, _let_go, self._loops).atexit = False

    async def send(self, request: Request, attempt: Attempt) -> Response:
        """See :meth:`ttd_workflows.core.port.Engine.send`."""
        connections = await self._connections(request.origin)
        async with connections.gate:
            extensions = timeouts(attempt)
            if attempt.watched:
                extensions["trace"] = mark(attempt)
            try:
                async with asyncio.timeout(attempt.limits.total):
                    with connections.one() as pool:
                        answer = await pool.handle_async_request(raw_request(request, extensions))
                        try:
                            return await _read(answer, attempt)
                        finally:
                            if leaves_bytes_behind(answer):
                                await answer.extensions["network_stream"].aclose()
                            await answer.aclose()
            except Exception as error:
                failure = failure_of(error, attempt, request.origin)
            except BaseException as interrupt:
                raise interrupt.with_traceback(None)  # noqa: B904 - as in the blocking form
            raise failure

    async def close(self) -> None:
        """Close the running loop's connections; those of other loops end with their loops."""
        if pools := self._loops.get(asyncio.get_running_loop()):
            await pools.end()

    def close_elsewhere(self) -> None:
        """Close every loop's connections from outside: a running loop is asked to, a resting one is run for it."""
        for loop, pools in list(self._loops.items()):
            if loop.is_closed() or pools.process != os.getpid():
                continue
            if loop.is_running():
                asyncio.run_coroutine_threadsafe(pools.end(), loop)
            elif not _in_event_loop():
                loop.run_until_complete(pools.end())

    async def _connections(self, origin: Origin) -> _Connections:
        loop = asyncio.get_running_loop()
        pools = self._loops.get(loop)
        if pools is None or pools.process != os.getpid():
            for ended in [other for other in list(self._loops) if other.is_closed()]:
                self._loops.pop(ended, None)  # another thread may be doing the same
            pools = self._loops[loop] = _LoopPools(self._loops, loop)
            await anext(pools.lifetime)
        if (connections := pools.by_origin.get(origin)) is None:
            connections = pools.by_origin[origin] = _Connections(origin)
        return connections


def _let_go(loops: dict[asyncio.AbstractEventLoop, _LoopPools]) -> None:
    """Have each loop close its connections when it next runs."""
    for loop, pools in list(loops.items()):
        if not loop.is_closed() and pools.process == os.getpid():
            loop.call_soon_threadsafe(pools.end_soon)


class _LoopPools:
    """One event loop's pools. ``lifetime`` is an async generator because a loop closes those when it shuts down."""

    def __init__(self, registry: dict[asyncio.AbstractEventLoop, _LoopPools], loop: asyncio.AbstractEventLoop) -> None:
        self.process = os.getpid()
        self.by_origin: dict[Origin, _Connections] = {}
        self.lifetime = self._live(registry, loop)

    async def end(self) -> None:
        """Close every connection of the loop; it may have new ones afterwards."""
        await self.lifetime.aclose()

    def end_soon(self) -> None:
        """The same from a callback of the loop."""
        self._ending = asyncio.ensure_future(self.end())

    async def _live(
        self, registry: dict[asyncio.AbstractEventLoop, _LoopPools], loop: asyncio.AbstractEventLoop
    ) -> AsyncGenerator[None]:
        try:
            yield
        finally:
            if registry.get(loop) is self:
                del registry[loop]
            for connections in self.by_origin.values():
                for pool in connections.all:
                    await pool.aclose()


class _Connections:
    """The connections to one origin in one loop, each in a pool of its own, and the gate before them.

    httpcore2 walks through a pool's connections at each request; pools of one, taken and put back here, are faster.
    """

    def __init__(self, origin: Origin) -> None:
        self._settings = pool_settings(origin, 1)
        self._idle: list[httpcore2.AsyncConnectionPool] = []
        self.all: list[httpcore2.AsyncConnectionPool] = []
        self.gate = asyncio.Semaphore(CONNECTIONS)

    @contextmanager
    def one(self) -> Iterator[httpcore2.AsyncConnectionPool]:
        """The one used last of those at rest, which is the likeliest to be open still."""
        if not self._idle:
            self.all.append(httpcore2.AsyncConnectionPool(**self._settings))
            self._idle.append(self.all[-1])
        pool = self._idle.pop()
        try:
            yield pool
        finally:
            self._idle.append(pool)


async def _read(answer: httpcore2.Response, attempt: Attempt) -> Response:
    reader = attempt.answer = BodyReader(answer.status, answer.headers, attempt.limits.body)
    async for piece in answer.aiter_stream():
        reader.feed(piece)
    return reader.finish()


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
