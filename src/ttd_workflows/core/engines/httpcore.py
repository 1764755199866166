"""The built-in engine, on httpcore2: connections, TLS and HTTP/1.1, without the client above them.

httpcore2's errors tell "never sent" from "sent, no answer", and its trace hook tells when the first byte leaves.
Pools are made at first need and belong to one process (a forked child makes its own) and, in the async form, to one
event loop.
"""

from __future__ import annotations

import asyncio
import os
import weakref
from contextlib import asynccontextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

import httpcore2

from ttd_workflows.core.body import BodyReader, Unreadable
from ttd_workflows.core.engines.deadline import DeadlineBackend, deadline
from ttd_workflows.core.engines.proxies import proxy_for
from ttd_workflows.core.port import Attempt, Failure, HalfAnswer, Headers, Origin, Request, Response
from ttd_workflows.core.surface import finish

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncGenerator, AsyncIterator, Iterable

CONNECTIONS = 100
"""Connections to one origin; further calls wait for one to come free."""
CONNECTIONS_PER_POOL = 1
"""httpcore2 walks through a pool's connections at each request: many small pools are faster than a large one."""
KEEPALIVE_SECONDS = 60.0
_NEVER_SENT = (
    httpcore2.ConnectError,
    httpcore2.ConnectTimeout,
    httpcore2.PoolTimeout,
    httpcore2.ProxyError,
    httpcore2.UnsupportedProtocol,
)
_SENDING = "http11.send_request_headers.started"


class BlockingEngine:
    """Sends on the calling thread. Any number of threads may use it at once."""

    def __init__(self) -> None:
        self._pools: dict[tuple[int, Origin], httpcore2.ConnectionPool] = {}

    async def send(self, request: Request, attempt: Attempt) -> Response:
        """See :meth:`ttd_workflows.core.port.Engine.send`."""
        deadline.set(monotonic() + attempt.limits.total)
        extensions = _extensions(attempt)
        if attempt.watched:
            extensions["trace"] = _mark(attempt)
        try:
            answer = self._pool(request.origin).handle_request(_raw(request, extensions))
            try:
                return _read(answer, answer.iter_stream(), attempt)
            finally:
                answer.close()
        except Exception as error:
            failure = _failure(error, attempt)
        except BaseException as interrupt:
            raise interrupt.with_traceback(None)  # noqa: B904 - the frames below hold the request's bytes: the token
        raise failure

    @asynccontextmanager
    async def stream(self, request: Request, attempt: Attempt) -> AsyncGenerator[_BlockingDownload]:
        """See :meth:`ttd_workflows.core.port.Engine.stream`."""
        deadline.set(monotonic() + attempt.limits.total)
        try:
            answer = self._pool(request.origin).handle_request(_raw(request, _extensions(attempt)))
        except Exception as error:
            failure = _failure(error, attempt)
        else:
            try:
                yield _BlockingDownload(answer, attempt)
            finally:
                answer.close()
            return
        raise failure

    async def close(self) -> None:
        """See :meth:`ttd_workflows.core.port.Engine.close`."""
        pools, self._pools = self._pools, {}
        for (process, _), pool in pools.items():
            if process == os.getpid():
                pool.close()

    def close_elsewhere(self) -> None:
        """Nothing to do: no connection belongs to an event loop."""

    def _pool(self, origin: Origin) -> httpcore2.ConnectionPool:
        key = (os.getpid(), origin)  # a forked child must not write into its parent's connections
        if (pool := self._pools.get(key)) is None:
            settings = _pool_settings(origin, CONNECTIONS)
            # Two threads may both make one; setdefault lets both use the first, the other has no connections yet.
            pool = self._pools.setdefault(key, httpcore2.ConnectionPool(network_backend=DeadlineBackend(), **settings))
        return pool


class AsyncEngine:
    """Sends on the running event loop; each loop has its own connections, and they end with it."""

    def __init__(self) -> None:
        self._loops: dict[asyncio.AbstractEventLoop, _LoopPools] = {}
        # The finalizer holds the connections, so that a forgotten engine does not take them along unclosed.
        weakref.finalize(self, _let_go, self._loops).atexit = False

    async def send(self, request: Request, attempt: Attempt) -> Response:
        """See :meth:`ttd_workflows.core.port.Engine.send`."""
        shards = await self._shards(request.origin)
        async with shards.gate:
            extensions = _extensions(attempt)
            if attempt.watched:
                extensions["trace"] = _mark_async(attempt)
            try:
                async with asyncio.timeout(attempt.limits.total):
                    with shards.least_busy() as pool:
                        answer = await pool.handle_async_request(_raw(request, extensions))
                        try:
                            return await _read_async(answer, attempt)
                        finally:
                            await answer.aclose()
            except Exception as error:
                failure = _failure(error, attempt)
            except BaseException as interrupt:
                raise interrupt.with_traceback(None)  # noqa: B904 - as in the blocking form
            raise failure

    @asynccontextmanager
    async def stream(self, request: Request, attempt: Attempt) -> AsyncGenerator[_AsyncDownload]:
        """See :meth:`ttd_workflows.core.port.Engine.stream`."""
        shards = await self._shards(request.origin)
        with shards.least_busy() as pool:
            try:
                async with asyncio.timeout(attempt.limits.total):
                    answer = await pool.handle_async_request(_raw(request, _extensions(attempt)))
            except Exception as error:
                failure = _failure(error, attempt)
            else:
                try:
                    yield _AsyncDownload(answer, attempt)
                finally:
                    await answer.aclose()
                return
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

    async def _shards(self, origin: Origin) -> _Shards:
        loop = asyncio.get_running_loop()
        pools = self._loops.get(loop)
        if pools is None or pools.process != os.getpid():
            for ended in [other for other in list(self._loops) if other.is_closed()]:
                self._loops.pop(ended, None)  # another thread may be doing the same
            pools = self._loops[loop] = _LoopPools(self._loops, loop)
            await anext(pools.lifetime)
        if (shards := pools.by_origin.get(origin)) is None:
            shards = pools.by_origin[origin] = _Shards(origin)
        return shards


def _let_go(loops: dict[asyncio.AbstractEventLoop, _LoopPools]) -> None:
    """Have each loop close its connections when it next runs."""
    for loop, pools in list(loops.items()):
        if not loop.is_closed() and pools.process == os.getpid():
            loop.call_soon_threadsafe(pools.end_soon)


class _LoopPools:
    """One event loop's pools. ``lifetime`` is an async generator because a loop closes those when it shuts down."""

    def __init__(self, registry: dict[asyncio.AbstractEventLoop, _LoopPools], loop: asyncio.AbstractEventLoop) -> None:
        self.process = os.getpid()
        self.by_origin: dict[Origin, _Shards] = {}
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
            for shards in self.by_origin.values():
                for shard in shards.all:
                    await shard.pool.aclose()


class _Shards:
    """The pools of one origin in one loop, and the gate that keeps further calls out of httpcore2's queue."""

    def __init__(self, origin: Origin) -> None:
        self._settings = _pool_settings(origin, CONNECTIONS_PER_POOL)
        self.all: list[_Shard] = []
        self.gate = asyncio.Semaphore(CONNECTIONS)

    def least_busy(self) -> _Shard:
        """The first pool with a connection to spare, so that a lone caller always meets a warm one."""
        for shard in self.all:
            if shard.busy < CONNECTIONS_PER_POOL:
                return shard
        self.all.append(_Shard(httpcore2.AsyncConnectionPool(**self._settings)))
        return self.all[-1]


class _Shard:
    def __init__(self, pool: httpcore2.AsyncConnectionPool) -> None:
        self.pool = pool
        self.busy = 0

    def __enter__(self) -> httpcore2.AsyncConnectionPool:
        self.busy += 1
        return self.pool

    def __exit__(self, *_: object) -> None:
        self.busy -= 1


class _BlockingDownload:
    def __init__(self, answer: httpcore2.Response, attempt: Attempt) -> None:
        self.status_code = answer.status
        self.headers = Headers(answer.headers)
        self._answer = answer
        self._attempt = attempt

    async def chunks(self) -> AsyncIterator[bytes]:
        """See :meth:`ttd_workflows.core.port.Download.chunks`; the limit bounds the time between two pieces."""
        pieces = self._answer.iter_stream()
        try:
            for piece in pieces:
                yield piece
                deadline.set(monotonic() + self._attempt.limits.total)
        except Exception as error:
            failure = _failure(error, self._attempt)
        else:
            return
        raise failure


class _AsyncDownload:
    def __init__(self, answer: httpcore2.Response, attempt: Attempt) -> None:
        self.status_code = answer.status
        self.headers = Headers(answer.headers)
        self._answer = answer
        self._attempt = attempt

    async def chunks(self) -> AsyncIterator[bytes]:
        """See :meth:`ttd_workflows.core.port.Download.chunks`; the limit bounds the time between two pieces."""
        pieces = aiter(self._answer.aiter_stream())
        try:
            while True:
                async with asyncio.timeout(self._attempt.limits.total):
                    piece = await anext(pieces, None)
                if piece is None:
                    return
                yield piece
        except Exception as error:
            failure = _failure(error, self._attempt)
        raise failure


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _pool_settings(origin: Origin, connections: int) -> dict[str, Any]:
    proxy = proxy_for(origin)
    return {
        "ssl_context": _trust() if origin.scheme == "https" else None,
        "proxy": _proxy(proxy) if proxy else None,
        "max_connections": connections,
        "keepalive_expiry": KEEPALIVE_SECONDS,
    }


def _trust() -> ssl.SSLContext:
    """What the system trusts, or what ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` say."""
    return httpcore2.default_ssl_context()


def _proxy(address: str) -> httpcore2.Proxy:
    from urllib.parse import unquote, urlsplit  # noqa: PLC0415 - only behind a proxy

    parts = urlsplit(address)
    auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    return httpcore2.Proxy(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", auth=auth)


def _raw(request: Request, extensions: dict[str, Any]) -> httpcore2.Request:
    scheme, host, port = request.origin
    url = httpcore2.URL(scheme=scheme, host=host, port=port, target=request.target)
    return httpcore2.Request(
        request.method, url, headers=request.fields, content=request.content, extensions=extensions
    )


def _extensions(attempt: Attempt) -> dict[str, Any]:
    limits = attempt.limits
    return {"timeout": {"connect": min(limits.connect, limits.total), "read": limits.total, "write": limits.total}}


def _mark(attempt: Attempt) -> Any:
    mark = _mark_async(attempt)

    def trace(name: str, info: dict[str, Any]) -> None:
        finish(mark(name, info))

    return trace


def _mark_async(attempt: Attempt) -> Any:
    async def trace(name: str, info: dict[str, Any]) -> None:
        if name == _SENDING and info["request"].method != b"CONNECT":  # asking a proxy for a tunnel sends nothing
            if attempt.before_wire is not None:
                await attempt.before_wire()
            attempt.on_wire = True

    return trace


def _read(answer: httpcore2.Response, pieces: Iterable[bytes], attempt: Attempt) -> Response:
    reader = attempt.answer = BodyReader(answer.status, answer.headers, attempt.limits.body)
    for piece in pieces:
        reader.feed(piece)
    return reader.finish()


async def _read_async(answer: httpcore2.Response, attempt: Attempt) -> Response:
    reader = attempt.answer = BodyReader(answer.status, answer.headers, attempt.limits.body)
    async for piece in answer.aiter_stream():
        reader.feed(piece)
    return reader.finish()


def _failure(error: Exception, attempt: Attempt) -> Failure:
    """Say in words what broke; the error itself, whose frames hold the request's bytes, goes no further."""
    if attempt.answer is not None:
        broken = not isinstance(error, Unreadable) or error.broken
        return HalfAnswer(_describe(error, attempt), attempt.answer.so_far(), broken=broken)
    never_sent = isinstance(error, _NEVER_SENT)
    sent = bool(attempt.on_wire) if attempt.watched and not never_sent else not never_sent
    return Failure(_describe(error, attempt), sent=sent)


def _describe(error: Exception, attempt: Attempt) -> str:
    match error:
        case Unreadable():
            return str(error)
        case httpcore2.ConnectTimeout():
            return f"no connection within {min(attempt.limits.connect, attempt.limits.total):g} s"
        case TimeoutError() | httpcore2.TimeoutException():
            return f"no whole answer within {attempt.limits.total:g} s"
        case httpcore2.ConnectError():
            return f"no connection: {error}"
        case httpcore2.ProxyError():
            return f"the proxy refused: {error}"
        case _:
            return f"the connection broke: {error}" if str(error) else f"the connection broke ({type(error).__name__})"
