"""Faults that decide on the answer: another one than the service's, or none at all."""

import math
from dataclasses import dataclass, field
from email.utils import formatdate
from time import time
from typing import Any, ClassVar

from starlette.types import Message, Send

from ttd_workflows.emulator.faults.effects import Cut, Effect, Met, Onward, Post
from ttd_workflows.emulator.faults.parameters import (
    ANYTHING,
    FIELD_TEXT,
    FLAG,
    SECONDS_OR_TEXT,
    YES,
    number,
    takes,
    whole,
)
from ttd_workflows.emulator.names import DOWNLOAD
from ttd_workflows.emulator.problems import Refusal
from ttd_workflows.emulator.web.downloads import refuse_expired
from ttd_workflows.emulator.web.exchange import JSON, json_bytes, respond, respond_problem

_TOO_MANY = 429
_SERVER_ERRORS = 500
_RETRY_AFTER = "the Retry-After of the answer: seconds, or a text to be sent as it is"
_RETRY_DATE = "the Retry-After of the answer as an HTTP-date, so many seconds from then"
_LOCATION = "the Location of the answer: where a redirect leads"
_BODY = "the body of the answer: JSON, or a text"
_STATUS = whole(200, 599)
_TEXT = b"text/plain; charset=utf-8"
_RATE_LIMITED = {"message": "API rate limit exceeded"}


@dataclass(frozen=True, kw_only=True)
class _Answering(Effect):
    answers: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class Reset(_Answering):
    """The connection is broken off, by RST, before anything is done."""

    reset: bool = takes(YES, "")

    async def meet(self, met: Met, onward: Onward, send: Send) -> None:
        met.wire.reset()
        met.unanswered("the connection was reset before anything was done")

    async def deliver(self, body: bytes, post: Post) -> int:
        raise ConnectionResetError("a fault rule reset the connection before the callback was sent")


@dataclass(frozen=True, kw_only=True)
class _AnsweringSo(_Answering):
    """With what one may say about an answer of one's own."""

    retry_after: float | str | None = takes(SECONDS_OR_TEXT, _RETRY_AFTER, default=None)
    retry_date: float | None = takes(number(0), _RETRY_DATE, default=None)
    location: str | None = takes(FIELD_TEXT, _LOCATION, default=None)
    body: Any = takes(ANYTHING, _BODY, default=None)

    async def answer(self, met: Met, send: Send, status: int) -> None:
        """Send it."""
        after: Any = self.retry_after
        if self.retry_date is not None:
            after = formatdate(time() + self.retry_date, usegmt=True)
        elif isinstance(after, float) and after.is_integer():
            after = int(after)
        retry_after = None if after is None else str(after)
        await _answer(met, send, status, self.body, retry_after=retry_after, location=self.location)


@dataclass(frozen=True, kw_only=True)
class Status(_AnsweringSo):
    """The request is answered with this status, and nothing is done."""

    status: int = takes(_STATUS, "the status")

    async def meet(self, met: Met, onward: Onward, send: Send) -> None:
        await self.answer(met, send, self.status)

    async def deliver(self, body: bytes, post: Post) -> int:
        return self.status


@dataclass(frozen=True, kw_only=True)
class AcceptThenStatus(_AnsweringSo):
    """The request is carried out, but answered with this status, as by a gateway that gave up."""

    accept_then_status: int = takes(_STATUS, "the status")

    async def meet(self, met: Met, onward: Onward, send: Send) -> None:
        await _carry_out(onward)
        await self.answer(met, send, self.accept_then_status)

    async def deliver(self, body: bytes, post: Post) -> int:
        await post(body)
        return self.accept_then_status


@dataclass(frozen=True, kw_only=True)
class AcceptThenDrop(_Answering):
    """The request is carried out, and the connection closed without a byte of an answer."""

    accept_then_drop: bool = takes(YES, "")

    async def meet(self, met: Met, onward: Onward, send: Send) -> None:
        await _carry_out(onward)
        met.wire.close()
        met.unanswered("it was carried out, and the connection closed without an answer")

    async def deliver(self, body: bytes, post: Post) -> int:
        await post(body)
        raise ConnectionResetError("a fault rule lost the answer to the callback")


@dataclass(frozen=True, kw_only=True)
class ExpiredToken(_Answering):
    """The token is refused as one that has expired, each operation in its way and as the settings have it."""

    expired_token: bool = takes(YES, "")

    async def meet(self, met: Met, onward: Onward, send: Send) -> None:
        met.incoming.has_expired_token = True
        await onward(send)


@dataclass(frozen=True, kw_only=True)
class DeadUrl(_Answering):
    """The address of a result is refused as one that has expired, by the object store's XML."""

    dead_url: bool = takes(YES, "")
    only: ClassVar[str | None] = DOWNLOAD

    async def meet(self, met: Met, onward: Onward, send: Send) -> None:
        await refuse_expired(send, met.incoming)


@dataclass(frozen=True, kw_only=True)
class RateLimit(_Answering):
    """More requests than these, counted for each token and operation on the emulator's clock, are answered with 429."""

    rate_limit: float = takes(number(0.001), "how many requests a minute")
    burst: int | None = takes(whole(1), "how many may come at once; left out, a minute's", default=None)
    tell_wait: bool = takes(FLAG, "whether Retry-After tells when the next one may come", default=True)
    body: Any = takes(ANYTHING, _BODY, default=None)
    _buckets: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict, repr=False, compare=False)

    _MOST_BUCKETS: ClassVar[int] = 1000

    def lets_pass(self, met: Met) -> bool:
        """Whether a request may go on; it takes its token from the bucket then."""
        left = self._left(met)
        if left < 1:
            return False
        self._buckets.pop(key := self._key(met), None)
        self._buckets[key] = (left - 1, met.now)
        if len(self._buckets) > self._MOST_BUCKETS:
            del self._buckets[next(iter(self._buckets))]
        return True

    async def meet(self, met: Met, onward: Onward, send: Send) -> None:
        seconds = math.ceil(round((1 - self._left(met)) * 60 / self.rate_limit, 6))
        await _answer(met, send, _TOO_MANY, self.body, retry_after=str(seconds) if self.tell_wait else None)

    def _left(self, met: Met) -> float:
        size = self.burst or max(self.rate_limit, 1)
        left, then = self._buckets.get(self._key(met), (size, met.now))
        return min(size, left + max(met.now - then, 0.0) * self.rate_limit / 60)

    @staticmethod
    def _key(met: Met) -> tuple[str, str]:
        return met.incoming.header(b"ttd-auth"), met.operation


async def _carry_out(onward: Onward) -> None:
    """Go the rest of the way, and let nobody hear the answer."""

    async def deaf(_: Message) -> None:
        raise Cut

    try:
        await onward(deaf)
    except Cut:
        return


async def _answer(met: Met, send: Send, status: int, body: Any, **fields: str | None) -> None:
    """An answer without a body of its own: none from a broken server, the gateway's for 429, else a problem."""
    headers: dict[str, Any] = {name: value for name, value in fields.items() if value is not None}
    if isinstance(body, str):
        await respond(send, met.incoming, status, body.encode(), _TEXT, **headers)
    elif body is not None or status == _TOO_MANY:
        content = json_bytes(_RATE_LIMITED if body is None else body)
        await respond(send, met.incoming, status, content, JSON, **headers)
    elif status >= _SERVER_ERRORS or status < 400:
        await respond(send, met.incoming, status, b"", **headers)
    else:
        refusal = Refusal(status, "A fault rule of the emulator answers so.")
        await respond_problem(send, met.incoming, refusal, met.settings.problem_content_type, **headers)
