"""The one clock of an emulator: it ticks with real time and can be moved forward."""

import time
from collections.abc import Callable
from datetime import UTC, datetime


class Clock:
    """Seconds since 1970, as this emulator sees them."""

    def __init__(self, ahead: float = 0.0, real: Callable[[], float] = time.time) -> None:
        self.ahead = ahead
        """How many seconds this clock is ahead of real time."""
        self._real = real

    def now(self) -> float:
        """The present."""
        return self._real() + self.ahead

    def advance(self, seconds: float) -> float:
        """Move forward; what would have happened meanwhile has happened. Returns the new present."""
        if not 0 <= seconds < float("inf"):
            raise ValueError(f"the clock moves forward only, and not by {seconds}")
        self.ahead += seconds
        return self.now()


def moment(seconds: float) -> datetime:
    """The date and time of a point on the clock."""
    return datetime.fromtimestamp(seconds, UTC)


def timestamp(seconds: float) -> str:
    """A point on the clock as the service writes it."""
    return moment(seconds).isoformat(timespec="microseconds").replace("+00:00", "Z")
