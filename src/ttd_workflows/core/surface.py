"""The two ways to wait. One ``async`` body serves both: driven to its end at once, or awaited.

Nothing above this file touches the network, sleeps or reads a clock but through one of these two ports.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from ttd_workflows.core.port import Engine

T = TypeVar("T")


class Port(Protocol):
    """What a body may wait for."""

    engine: Engine

    async def sleep(self, seconds: float) -> None:
        """Wait."""

    async def blocking(self, function: Callable[[], T]) -> T:
        """Run a function that may block (a caller's own, a file, the ledger) without holding up an event loop."""
        ...

    def now(self) -> float:
        """Seconds on a clock that only goes forward."""
        ...


class Blocking:
    """Waits on the calling thread: its coroutines never suspend, so :func:`finish` can drive them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def sleep(self, seconds: float) -> None:
        """See :meth:`Port.sleep`."""
        time.sleep(seconds)  # noqa: ASYNC251 - blocking is what this port does

    async def blocking(self, function: Callable[[], T]) -> T:
        """See :meth:`Port.blocking`."""
        return function()

    def now(self) -> float:
        """See :meth:`Port.now`."""
        return time.monotonic()


class Awaiting:
    """Waits on the running event loop."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def sleep(self, seconds: float) -> None:
        """See :meth:`Port.sleep`."""
        import asyncio  # noqa: PLC0415 - a blocking program never pays for it

        await asyncio.sleep(seconds)

    async def blocking(self, function: Callable[[], T]) -> T:
        """See :meth:`Port.blocking`."""
        import asyncio  # noqa: PLC0415

        # Shielded: a cancelled caller does not take back what is queued, a row for the ledger say.
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(None, function))

    def now(self) -> float:
        """See :meth:`Port.now`."""
        return time.monotonic()


def finish(body: Coroutine[Any, Any, T]) -> T:
    """Drive a body that waits through the blocking port, to its end."""
    try:
        body.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    finally:
        body.close()
    raise RuntimeError(f"{body!r} waited for something else than its port")
