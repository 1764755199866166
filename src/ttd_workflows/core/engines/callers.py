"""A caller's own ``httpx`` or ``httpx2`` client as the engine: its transport, proxies and TLS, our rules.

Redirects and the client's own authentication are off for every request. The client's errors are told apart by name,
so that neither library need be installed.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

from ttd_workflows.core.body import BodyReader, Unreadable
from ttd_workflows.core.port import Attempt, Failure, HalfAnswer, Request, Response
from ttd_workflows.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

_NEVER_SENT = {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol"}
_HOW = {"stream": True, "follow_redirects": False, "auth": None}


class CallersBlockingEngine:
    """Sends through a blocking client. The client bounds each read; the attempt as a whole is bounded between reads."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def send(self, request: Request, attempt: Attempt) -> Response:
        """See :meth:`ttd_workflows.core.port.Engine.send`."""
        _check_open(self._client, "client")
        end = monotonic() + attempt.limits.total
        try:
            await _mark_before(attempt)
            answer = self._client.send(_built(self._client, request, attempt, _mark), **_HOW)
            try:
                return _read(answer, attempt, end)
            finally:
                answer.close()
        except Exception as error:
            failure = _failure(error, attempt)
        except BaseException as interrupt:
            raise interrupt.with_traceback(None)  # noqa: B904 - the frames below hold the request's bytes: the token
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
        _check_open(self._client, "async_client")
        try:
            await _mark_before(attempt)
            async with asyncio.timeout(attempt.limits.total):
                answer = await self._client.send(_built(self._client, request, attempt, _mark_async), **_HOW)
                try:
                    return await _read_async(answer, attempt)
                finally:
                    await answer.aclose()
        except Exception as error:
            failure = _failure(error, attempt)
        except BaseException as interrupt:
            raise interrupt.with_traceback(None)  # noqa: B904 - as in the blocking form
        raise failure

    async def close(self) -> None:
        """The client is the caller's to close."""

    def close_elsewhere(self) -> None:
        """The client is the caller's to close."""


def _check_open(client: Any, name: str) -> None:
    if getattr(client, "is_closed", False) is True:
        raise ConfigurationError(f"the client given as {name}= is closed; nothing was sent")


def _built(client: Any, request: Request, attempt: Attempt, mark: Callable[[Attempt], Any]) -> Any:
    limits = attempt.limits
    how: dict[str, Any] = {
        # Anything but a connection is waited for as long as the attempt may take.
        "timeout": (min(limits.connect, limits.total), limits.total, limits.total, limits.total),
        "extensions": {"trace": mark(attempt)} if attempt.watched else {},
    }
    built = client.build_request(request.method, request.url, headers=request.fields, content=request.content, **how)
    # A client's own default headers (a cookie, an Authorization) are not ours to send.
    built.headers = type(built.headers)(request.fields)
    return built


async def _mark_before(attempt: Attempt) -> None:
    """Say that the request is about to leave: the caller's transport may have no hook that would say when it does."""
    if attempt.before_wire is not None:
        await attempt.before_wire()


def _mark(attempt: Attempt) -> Any:
    """Follows a request through the client's connections; a transport that has no trace hook says nothing."""

    def trace(name: str, info: dict[str, Any]) -> None:
        if name.endswith(".send_request_headers.started") and info["request"].method != b"CONNECT":
            attempt.on_wire = True
        elif name == "connection.connect_tcp.started" and not attempt.on_wire:  # sent once, it stays so
            attempt.on_wire = False

    return trace


def _mark_async(attempt: Attempt) -> Any:
    mark = _mark(attempt)

    async def trace(name: str, info: dict[str, Any]) -> None:
        mark(name, info)

    return trace


def _read(answer: Any, attempt: Attempt, end: float) -> Response:
    reader = _reader(answer, attempt)
    for piece in [answer.content] if _was_read(answer) else answer.iter_raw():
        reader.feed(piece)
        if monotonic() > end:
            raise TimeoutError
    return reader.finish()


async def _read_async(answer: Any, attempt: Attempt) -> Response:
    reader = _reader(answer, attempt)
    if _was_read(answer):
        reader.feed(answer.content)
        return reader.finish()
    async for piece in answer.aiter_raw():
        reader.feed(piece)
    return reader.finish()


def _reader(answer: Any, attempt: Attempt) -> BodyReader:
    fields = answer.headers.raw
    if _was_read(answer):  # and decoded
        fields = [(name, value) for name, value in fields if name.lower() != b"content-encoding"]
    attempt.answer = BodyReader(answer.status_code, fields, attempt.limits.body)
    return attempt.answer


def _was_read(answer: Any) -> bool:
    """Whether the body is there already, as a transport for tests makes its answers."""
    return bool(getattr(answer, "is_stream_consumed", False))


def _failure(error: Exception, attempt: Attempt) -> Failure:
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if attempt.answer is None and "HTTPStatusError" in kinds:
        _take_raised(getattr(error, "response", None), attempt)
    if attempt.answer is not None:
        broken = not isinstance(error, Unreadable) or error.broken
        return HalfAnswer(_describe(error, kinds, attempt), attempt.answer.so_far(), broken=broken)
    sent = not kinds & _NEVER_SENT if attempt.on_wire is None else attempt.on_wire
    return Failure(_describe(error, kinds, attempt), sent=sent)


def _take_raised(answer: Any, attempt: Attempt) -> None:
    """Take the answer that an event hook of the client raised (``raise_for_status``), with what was read of it."""
    if answer is None:
        return
    reader = _reader(answer, attempt)
    with suppress(Exception):  # not read by the hook, the client has closed it: the status remains, and the headers
        reader.feed(answer.content)


def _describe(error: Exception, kinds: set[str], attempt: Attempt) -> str:
    if isinstance(error, Unreadable):
        return str(error)
    if kinds & {"TimeoutError", "TimeoutException"} and not kinds & _NEVER_SENT:
        return f"no whole answer within {attempt.limits.total:g} s"
    return f"the client reported {type(error).__name__}: {error}".rstrip(": ")
