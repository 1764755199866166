"""Faults that let the service answer, and spoil the answer on its way."""

import asyncio
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from secrets import token_hex
from typing import ClassVar

from starlette.types import Message, Send

from ttd_workflows.emulator.entries import Headers
from ttd_workflows.emulator.faults.effects import Cut, Effect, Met, Onward, Post
from ttd_workflows.emulator.faults.parameters import YES, Kind, number, takes, whole
from ttd_workflows.emulator.names import DOWNLOAD

_BEATS = 20
"""How often in a second a slow body goes on."""
_NOT_JSON = b"<!-- not JSON -->"
_LENGTH = re.compile(rb"(?i)(?<=\r\ncontent-length: )\d+")
_SOME = Kind("a whole number of 0 or more, or true", lambda value: value is True or whole(0).holds(value))
_GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, kw_only=True)
class Drip(Effect):
    """The body comes slowly, in real time."""

    drip: float = takes(number(1), "bytes a second")

    async def meet(self, met: Met, onward: Onward, send: Send) -> None:
        size = max(1, int(self.drip / _BEATS))

        async def drop_by_drop(message: Message) -> None:
            body = message.get("body", b"")
            for start in range(0, len(body), size):
                if met.wire.gone:
                    raise Cut
                more = start + size < len(body) or message.get("more_body", False)
                piece = body[start : start + size]
                await send({"type": "http.response.body", "body": piece, "more_body": more})
                await asyncio.sleep(len(piece) / self.drip)
            if not body:
                await send(message)

        try:
            await onward(drop_by_drop)
        except Cut:
            met.unanswered("the caller left")


@dataclass(frozen=True, kw_only=True)
class Truncate(Effect):
    """The connection is closed in the middle of the body."""

    truncate: int | bool = takes(_SOME, "how many bytes of the body come; true is half of them")

    async def meet(self, met: Met, onward: Onward, send: Send) -> None:
        left = 0

        async def beginning(message: Message) -> None:
            nonlocal left
            if message["type"] == "http.response.start":
                left = _length(message["headers"]) // 2 if self.truncate is True else self.truncate
                await send(message)
                return
            body = message["body"]
            if len(body) > left:
                await send({"type": "http.response.body", "body": body[:left], "more_body": True})
                raise Cut
            left -= len(body)
            await send(message)

        try:
            await onward(beginning)
        except Cut:
            met.wire.close()


@dataclass(frozen=True, kw_only=True)
class WrongLength(Effect):
    """Content-Length says another number than there are bytes. Where it says more, the connection is closed then."""

    wrong_length: int = takes(whole(-inf), "how many bytes more, or with a minus less, it says")

    async def meet(self, met: Met, onward: Onward, send: Send) -> None:
        is_head = True

        def lie(written: bytes) -> bytes:
            nonlocal is_head
            if not is_head:
                return written
            is_head = False
            return _LENGTH.sub(lambda found: b"%d" % max(0, int(found[0]) + self.wrong_length), written, count=1)

        met.wire.rewrite(lie)
        await onward(send)
        if self.wrong_length > 0:
            met.wire.close()


@dataclass(frozen=True, kw_only=True)
class WrongEtag(Effect):
    """The answer has an ETag of its own, as if the result had been written anew since the last one."""

    wrong_etag: bool = takes(YES, "")
    only: ClassVar[str | None] = DOWNLOAD

    async def meet(self, met: Met, onward: Onward, send: Send) -> None:
        await onward(_with_headers(send, lambda headers: _replaced(headers, b"etag", b'"%s"' % token_hex(16).encode())))


@dataclass(frozen=True, kw_only=True)
class EmptyBody(Effect):
    """The status and header fields come, and a body of no bytes."""

    empty_body: bool = takes(YES, "")

    async def meet(self, met: Met, onward: Onward, send: Send) -> None:
        async def without(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send({**message, "headers": _replaced(message["headers"], b"content-length", b"0")})
            elif not message.get("more_body", False):
                await send({"type": "http.response.body", "body": b""})

        await onward(without)

    async def deliver(self, body: bytes, post: Post) -> int:
        return await post(b"")


@dataclass(frozen=True, kw_only=True)
class MalformedBody(Effect):
    """Status and length stay, but the body is no JSON."""

    malformed_body: bool = takes(YES, "")

    async def meet(self, met: Met, onward: Onward, send: Send) -> None:
        first = True

        async def spoilt(message: Message) -> None:
            nonlocal first
            if first and message.get("body"):
                first = False
                message = {**message, "body": _spoilt(message["body"])}
            await send(message)

        await onward(spoilt)

    async def deliver(self, body: bytes, post: Post) -> int:
        return await post(_spoilt(body))


@dataclass(frozen=True, kw_only=True)
class Gzip(Effect):
    """The body is compressed, whether the caller asked for that or not."""

    gzip: bool = takes(YES, "")

    async def meet(self, met: Met, onward: Onward, send: Send) -> None:
        packer = zlib.compressobj(wbits=_GZIP)

        async def packed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [(name, value) for name, value in message["headers"] if name != b"content-length"]
                await send({**message, "headers": [*headers, (b"content-encoding", b"gzip")]})
                return
            more = message.get("more_body", False)
            body = packer.compress(message.get("body", b"")) + (b"" if more else packer.flush())
            await send({"type": "http.response.body", "body": body, "more_body": more})

        await onward(packed)


def _with_headers(send: Send, change: Callable[[Headers], Headers]) -> Send:
    async def changed(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": change(message["headers"])}
        await send(message)

    return changed


def _replaced(headers: Headers, name: bytes, value: bytes) -> Headers:
    return [(own, value if own == name else given) for own, given in headers]


def _length(headers: Headers) -> int:
    return int(dict(headers).get(b"content-length", b"0"))


def _spoilt(body: bytes) -> bytes:
    return _NOT_JSON[: len(body)] + body[len(_NOT_JSON) :]
