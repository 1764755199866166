"""The built-in engine of the blocking form."""

from __future__ import annotations

import os
from time import monotonic
from typing import TYPE_CHECKING, Any

import httpcore2

from ttd_workflows.core.body import BodyReader
from ttd_workflows.core.engines.deadline import DeadlineBackend, deadline
from ttd_workflows.core.engines.wire import (
    CONNECTIONS,
    failure_of,
    leaves_bytes_behind,
    mark,
    pool_settings,
    raw_request,
    timeouts,
)
from ttd_workflows.core.surface import finish

if TYPE_CHECKING:
    from ttd_workflows.core.port import Attempt, Origin, Request, Response


class BlockingEngine:
    """Sends on the calling thread. Any number of threads may use it at once."""

    def __init__(self) -> None:
        self._pools: dict[tuple[int, Origin], httpcore2.ConnectionPool] = {}

    async def send(self, request: Request, attempt: Attempt) -> Response:
        """See :meth:`ttd_workflows.core.port.Engine.send`."""
        pool = self._pool(request.origin)
        deadline.set(monotonic() + attempt.limits.total)
        extensions = timeouts(attempt)
        if attempt.watched:
            extensions["trace"] = _marking(attempt)
        try:
            answer = pool.handle_request(raw_request(request, extensions))
            try:
                return _read(answer, attempt)
            finally:
                if leaves_bytes_behind(answer):
                    answer.extensions["network_stream"].close()
                answer.close()
        except Exception as error:
            failure = failure_of(error, attempt, request.origin)
        except BaseException as interrupt:
            raise interrupt.with_traceback(None)  # noqa: B904 - the frames below hold the request's bytes: the token
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
            settings = pool_settings(origin, CONNECTIONS)
            # Two threads may both make one; setdefault lets both use the first, the other has no connections yet.
            pool = self._pools.setdefault(key, httpcore2.ConnectionPool(network_backend=DeadlineBackend(), **settings))
        return pool


def _read(answer: httpcore2.Response, attempt: Attempt) -> Response:
    reader = attempt.answer = BodyReader(answer.status, answer.headers, attempt.limits.body)
    for piece in answer.iter_stream():
        reader.feed(piece)
    return reader.finish()


def _marking(attempt: Attempt) -> Any:
    told = mark(attempt)

    def trace(name: str, info: dict[str, Any]) -> None:
        finish(told(name, info))

    return trace
