"""A caller's own ``httpx`` or ``httpx2`` client as the engine: its transport, proxies and TLS, our rules.

Redirects and the client's own authentication are off for every request. The client's errors are told apart by name,
so that neither library need be installed.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

from ttd_workflows.core.body import BodyReader, LimitReached
from ttd_workflows.core.port import Attempt, BodyTooLarge, Failure, Headers, Request, Response

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

_NEVER_SENT = {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol"}
_HOW = {"stream": True, "follow_redirects": False, "auth": None}


class CallersBlockingEngine:
    """Sends through a blocking client. The client bounds each read; the attempt as a whole is bounded between reads."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def send(self, request: Request, attempt: Attempt) -> Response:
        """See :meth:`ttd_workflows.core.port.Engine.send`."""
        end = monotonic() + attempt.limits.total
        try:
            answer = self._client.send(_built(self._client, request, attempt), **_HOW)
            try:
                return _read(answer, attempt.limits.body, end)
            finally:
                answer.close()
        except Exception as error:
            failure = _failure(error, attempt)
        except BaseException as interrupt:
            raise interrupt.with_traceback(None)  # noqa: B904 - the frames below hold the request's bytes: the token
        raise failure

    @asynccontextmanager
    async def stream(self, request: Request, attempt: Attempt) -> AsyncGenerator[_Download]:
        """See :meth:`ttd_workflows.core.port.Engine.stream`."""
        try:
            answer = self._client.send(_built(self._client, request, attempt), **_HOW)
        except Exception as error:
            failure = _failure(error, attempt)
        else:
            try:
                yield _Download(answer, _each(answer.iter_raw()), attempt)
            finally:
                answer.close()
            return
        raise failure

    async def close(self) -> None:
        """The client is the caller's to close."""

    def close_elsewhere(self) -> None:
        """The client is the caller's to close."""


class CallersAsyncEngine:
    """Sends through an async client, on the event loop it belongs to."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def send(self, request: Request, attempt: Attempt) -> Response:
        """See :meth:`ttd_workflows.core.port.Engine.send`."""
        try:
            async with asyncio.timeout(attempt.limits.total):
                answer = await self._client.send(_built(self._client, request, attempt), **_HOW)
                try:
                    return await _read_async(answer, attempt.limits.body)
                finally:
                    await answer.aclose()
        except Exception as error:
            failure = _failure(error, attempt)
        except BaseException as interrupt:
            raise interrupt.with_traceback(None)  # noqa: B904 - as in the blocking form
        raise failure

    @asynccontextmanager
    async def stream(self, request: Request, attempt: Attempt) -> AsyncGenerator[_Download]:
        """See :meth:`ttd_workflows.core.port.Engine.stream`."""
        try:
            async with asyncio.timeout(attempt.limits.total):
                answer = await self._client.send(_built(self._client, request, attempt), **_HOW)
        except Exception as error:
            failure = _failure(error, attempt)
        else:
            try:
                yield _Download(answer, answer.aiter_raw(), attempt)
            finally:
                await answer.aclose()
            return
        raise failure

    async def close(self) -> None:
        """The client is the caller's to close."""

    def close_elsewhere(self) -> None:
        """The client is the caller's to close."""


class _Download:
    def __init__(self, answer: Any, pieces: AsyncIterator[bytes], attempt: Attempt) -> None:
        self.status_code: int = answer.status_code
        self.headers = Headers(answer.headers.raw)
        self._pieces = pieces
        self._attempt = attempt

    async def chunks(self) -> AsyncIterator[bytes]:
        """See :meth:`ttd_workflows.core.port.Download.chunks`."""
        try:
            async for piece in self._pieces:
                yield piece
        except Exception as error:
            failure = _failure(error, self._attempt)
        else:
            return
        raise failure


async def _each(pieces: Any) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


def _built(client: Any, request: Request, attempt: Attempt) -> Any:
    limits = attempt.limits
    # Anything but a connection is waited for as long as the attempt may take.
    timeout = (min(limits.connect, limits.total), limits.total, limits.total, limits.total)
    built = client.build_request(
        request.method, request.url, headers=request.fields, content=request.content, timeout=timeout
    )
    # A client's own default headers (a cookie, an Authorization) are not ours to send.
    built.headers = type(built.headers)(request.fields)
    return built


def _coding(answer: Any) -> str:
    return str(answer.headers.get("content-encoding", "")).lower()


def _read(answer: Any, limit: int, end: float) -> Response:
    reader = BodyReader(_coding(answer), limit)
    try:
        for piece in answer.iter_raw():
            reader.feed(piece)
            if monotonic() > end:
                raise TimeoutError
    except LimitReached:
        raise BodyTooLarge(limit, Response(answer.status_code, answer.headers.raw, reader.so_far())) from None
    return Response(answer.status_code, answer.headers.raw, reader.finish())


async def _read_async(answer: Any, limit: int) -> Response:
    reader = BodyReader(_coding(answer), limit)
    try:
        async for piece in answer.aiter_raw():
            reader.feed(piece)
    except LimitReached:
        raise BodyTooLarge(limit, Response(answer.status_code, answer.headers.raw, reader.so_far())) from None
    return Response(answer.status_code, answer.headers.raw, reader.finish())


def _failure(error: Exception, attempt: Attempt) -> Failure:
    if isinstance(error, Failure):
        return error.with_traceback(None)
    kinds = {kind.__name__ for kind in type(error).__mro__}
    never_sent = bool(kinds & _NEVER_SENT)
    if kinds & {"TimeoutError", "TimeoutException"} and not never_sent:
        return Failure(f"no whole answer within {attempt.limits.total:g} s", sent=True)
    return Failure(f"the client reported {type(error).__name__}: {error}", sent=not never_sent)
