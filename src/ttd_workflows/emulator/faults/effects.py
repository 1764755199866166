"""What a fault is: something around the rest of a request's way, that may delay it or change what comes back.

The kinds that answer in the service's place are in ``answers``, those that change an answer in ``changes``.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ClassVar

from starlette.types import Message, Send

from ttd_workflows.emulator.faults.parameters import number, takes
from ttd_workflows.emulator.faults.wire import Wire, wire_beneath
from ttd_workflows.emulator.settings import Settings
from ttd_workflows.emulator.web.exchange import Incoming

Onward = Callable[[Send], Awaitable[None]]
"""The rest of the way: to the service, whose answer goes to the ``Send``."""
Post = Callable[[bytes], Awaitable[int]]
"""Sends a callback with this body, and gives the status it was answered with."""


class Cut(Exception):
    """Raised by a ``Send``: nothing more of this answer is wanted."""


@dataclass(frozen=True, slots=True)
class Met:
    """A request that a rule met."""

    incoming: Incoming
    settings: Settings
    now: float
    """The present on the emulator's clock."""
    operation: str

    @property
    def wire(self) -> Wire:
        """The connection beneath."""
        return wire_beneath(self.incoming.scope)

    def unanswered(self, why: str) -> None:
        """Write into the journal that no answer went out."""
        if self.incoming.entry is not None:
            self.incoming.entry.unanswered(why)


@dataclass(frozen=True, kw_only=True)
class Effect:
    """One kind of trouble. Its fields are its parameters; the main one has the kind's name."""

    kind: ClassVar[str]
    answers: ClassVar[bool] = False
    """Whether it decides on the answer; a rule has one such effect at most."""
    only: ClassVar[str | None] = None
    """The one operation that it can happen to."""

    def __init_subclass__(cls) -> None:
        cls.kind = re.sub("(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    async def meet(self, met: Met, onward: Onward, send: Send) -> None:
        """Let the trouble happen to a request."""
        raise NotImplementedError

    async def deliver(self, body: bytes, post: Post) -> int:
        """Let the trouble happen to a callback that the emulator sends."""
        raise NotImplementedError

    @classmethod
    def meets_callbacks(cls) -> bool:
        """Whether it can happen to a callback."""
        return cls.deliver is not Effect.deliver


@dataclass(frozen=True, kw_only=True)
class Latency(Effect):
    """The request waits before anything is done."""

    latency: float = takes(number(0), "seconds of real time")

    async def meet(self, met: Met, onward: Onward, send: Send) -> None:
        await asyncio.sleep(self.latency)
        await onward(send)

    async def deliver(self, body: bytes, post: Post) -> int:
        await asyncio.sleep(self.latency)
        return await post(body)


@dataclass(frozen=True, kw_only=True)
class AcceptThenDelay(Effect):
    """The request is carried out at once, but its answer is held back."""

    accept_then_delay: float = takes(number(0), "seconds of real time")

    async def meet(self, met: Met, onward: Onward, send: Send) -> None:
        async def late(message: Message) -> None:
            if message["type"] == "http.response.start":
                await asyncio.sleep(self.accept_then_delay)
            await send(message)

        await onward(late)

    async def deliver(self, body: bytes, post: Post) -> int:
        status = await post(body)
        await asyncio.sleep(self.accept_then_delay)
        return status
