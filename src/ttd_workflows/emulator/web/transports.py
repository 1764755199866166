"""The clients of httpx2 whose requests stay within the process: their transports, blocking and async."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import httpx2
from starlette.types import Scope

from ttd_workflows.emulator.web.inside import BrokenOff, Exchange, Head, Inside, NotRunning

T = TypeVar("T")
_CALLER = ("127.0.0.1", 0)


def blocking_client(inside: Inside, url: str) -> httpx2.Client:
    """A client that blocks; paths are meant below ``url``."""
    return httpx2.Client(transport=_Blocking(inside), base_url=url, trust_env=False)


def awaiting_client(inside: Inside, url: str) -> httpx2.AsyncClient:
    """A client that is awaited."""
    return httpx2.AsyncClient(transport=_Awaiting(inside), base_url=url, trust_env=False)


class _Blocking(httpx2.BaseTransport):
    """Waits for the emulator on the calling thread."""

    def __init__(self, inside: Inside) -> None:
        self._inside = inside

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Have a request answered."""
        content, seconds = request.read(), _patience(request)
        with _told_as_httpx2(request):
            exchange = self._inside.begin(_scope(request), content)
            try:
                head = exchange.head.result(seconds)
            except BaseException:
                self._inside.leave(exchange)
                raise
        return _response(head, _BlockingBody(_Reading(self._inside, exchange, request, head.piece)))


class _Awaiting(httpx2.AsyncBaseTransport):
    """Waits for the emulator on whichever event loop asks."""

    def __init__(self, inside: Inside) -> None:
        self._inside = inside

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Have a request answered."""
        content, seconds = await request.aread(), _patience(request)
        with _told_as_httpx2(request):
            exchange = self._inside.begin(_scope(request), content)
            try:
                head = await _awaited(exchange.head, seconds)
            except BaseException:
                self._inside.leave(exchange)
                raise
        return _response(head, _AwaitedBody(_Reading(self._inside, exchange, request, head.piece)))


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is left to read of an answer to ``request``, behind its first piece."""

    inside: Inside
    exchange: Exchange
    request: httpx2.Request
    first: bytes

    def piece(self) -> Future[bytes]:
        """The next piece; empty at the end."""
        return self.inside.read(self.exchange)

    def leave(self) -> None:
        """Read nothing further."""
        self.inside.leave(self.exchange)


class _BlockingBody(httpx2.SyncByteStream):
    """A body that is read piece by piece."""

    def __init__(self, reading: _Reading) -> None:
        self._reading = reading

    def __iter__(self) -> Iterator[bytes]:
        yield self._reading.first
        request = self._reading.request
        with _told_as_httpx2(request):
            while piece := self._reading.piece().result(_patience(request)):
                yield piece

    def close(self) -> None:
        self._reading.leave()


class _AwaitedBody(httpx2.AsyncByteStream):
    """The same, awaited."""

    def __init__(self, reading: _Reading) -> None:
        self._reading = reading

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._reading.first
        request = self._reading.request
        with _told_as_httpx2(request):
            while piece := await _awaited(self._reading.piece(), _patience(request)):
                yield piece

    async def aclose(self) -> None:
        self._reading.leave()


def _scope(request: httpx2.Request) -> Scope:
    """A request as the application sees it, no different from one that came over a connection."""
    url = request.url
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": url.scheme,
        "root_path": "",
        "path": url.path,
        "raw_path": url.raw_path.partition(b"?")[0],
        "query_string": url.query,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "server": (url.host, url.port),
        "client": _CALLER,
    }


def _patience(request: httpx2.Request) -> float | None:
    """Seconds that each piece of an answer may be waited for."""
    seconds: float | None = request.extensions.get("timeout", {}).get("read")
    return seconds


async def _awaited(future: Future[T], seconds: float | None) -> T:
    async with asyncio.timeout(seconds):
        return await asyncio.wrap_future(future)


@contextmanager
def _told_as_httpx2(request: httpx2.Request) -> Iterator[None]:
    """Errors of the exchange become those that httpx2 has for them."""
    try:
        yield
    except NotRunning as error:
        raise httpx2.ConnectError(str(error), request=request) from None
    except BrokenOff as error:
        raise httpx2.RemoteProtocolError(str(error), request=request) from None
    except TimeoutError:
        raise httpx2.ReadTimeout("the emulator took longer than the request may wait", request=request) from None


def _response(head: Head, body: httpx2.SyncByteStream | httpx2.AsyncByteStream) -> httpx2.Response:
    """The answer; one that is there as a whole needs no further reading."""
    if not head.more:
        return httpx2.Response(head.status, headers=head.fields, content=head.piece)
    return httpx2.Response(head.status, headers=head.fields, stream=body)
