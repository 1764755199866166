"""The one clock of an emulator: it ticks with real time, and can be moved forward, stopped and sped up."""

import math
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

END = 250_000_000_000.0
"""A point in the year 9892: dates end with the year 9999, and a result's life must still fit before."""
_FASTEST = 1_000_000


class WrongMove(ValueError):
    """The clock cannot be moved so; ``name`` is the argument that is wrong."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class Pace(NamedTuple):
    """From one moment on: ``point`` on this clock was ``real`` on the machine's, and ``speed`` seconds pass in one."""

    point: float
    real: float
    speed: float
    frozen: bool

    def at(self, real: float) -> float:
        """What time it is here when it is ``real`` on the machine."""
        return self.point if self.frozen else self.point + (real - self.real) * self.speed


def nothing() -> None:
    """What follows a move of a clock that nobody lives by."""


class Clock:
    """Seconds since 1970, as this emulator sees them. It may be moved from any thread."""

    def __init__(self, ahead: float = 0.0, real: Callable[[], float] = time.time) -> None:
        self._real = real
        self._pace = Pace(ahead, 0.0, 1.0, frozen=False)
        self._moving = threading.Lock()
        self.moved: Callable[[], object] = nothing
        """Called after each move, so that what is due happens at once."""

    def now(self) -> float:
        """The present."""
        return self._pace.at(self._real())

    @property
    def ahead(self) -> float:
        """How many seconds this clock is ahead of real time."""
        real = self._real()
        return round(self._pace.at(real) - real, 6)

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return self._pace.frozen

    @property
    def speed_factor(self) -> float:
        """How many of its seconds pass in one real second while it is not frozen."""
        return self._pace.speed

    def advance(self, seconds: float) -> float:
        """Move forward; what would have happened meanwhile has happened. Returns the new present."""
        return self.move(advance=seconds)

    def freeze(self) -> float:
        """Stand still until :meth:`resume`; it can still be moved by :meth:`advance`. Returns the present."""
        return self.move(freeze=True)

    def resume(self) -> float:
        """Go on from where it stands. Returns the present."""
        return self.move(freeze=False)

    def speed(self, factor: float) -> float:
        """Let ``factor`` seconds pass in one real second, from now on. Returns the present."""
        return self.move(speed=factor)

    def move(self, *, advance: float = 0.0, freeze: bool | None = None, speed: float | None = None) -> float:
        """All of this at one moment: move forward, stop or go on, and change the speed. Returns the new present."""
        if not 0 <= advance < math.inf:
            raise WrongMove("advance", f"the clock moves forward only, and not by {advance}")
        if speed is not None and not 0 < speed <= _FASTEST:
            raise WrongMove("speed", f"the speed is more than 0 and at most {_FASTEST:,}, not {speed}; freeze stops it")
        with self._moving:
            real, pace = self._real(), self._pace
            point = pace.at(real) + min(advance, END)  # a number may be larger than a float can be
            if point > END:
                raise WrongMove("advance", f"dates end with the year 9999, and {advance} seconds lead too close to it")
            self._pace = Pace(
                point,
                real,
                pace.speed if speed is None else float(speed),
                pace.frozen if freeze is None else freeze,
            )
        self.moved()
        return self.now()

    def reset(self) -> None:
        """Be the machine's clock again. This is the only way back."""
        self._set(Pace(0.0, 0.0, 1.0, frozen=False))

    def real_seconds_until(self, point: float) -> float | None:
        """How long it really takes until ``point``, if nobody moves the clock; ``None`` is for ever."""
        pace = self._pace
        return None if pace.frozen else max(0.0, point - pace.at(self._real())) / pace.speed

    def to_json(self) -> dict[str, Any]:
        """How it goes: enough for :meth:`restore`."""
        return self._pace._asdict()

    def restore(self, data: dict[str, Any]) -> None:
        """Go on as :meth:`to_json` said."""
        self._set(Pace(**data))

    def resumed(self, picture: dict[str, Any]) -> dict[str, Any]:
        """What :meth:`restore` takes to go on from a :meth:`picture` now, as if no time had passed since."""
        return Pace(**picture)._replace(real=self._real())._asdict()

    @property
    def real(self) -> float:
        """What time it is on the machine."""
        return self._real()

    def picture(self) -> dict[str, Any]:
        """What time it is and how it goes, for :meth:`resumed`; it does not depend on the machine's clock."""
        with self._moving:
            return self._pace._replace(point=self.now(), real=0.0)._asdict()

    def _set(self, pace: Pace) -> None:
        with self._moving:
            self._pace = pace
        self.moved()


def moment(seconds: float) -> datetime:
    """The date and time of a point on the clock."""
    return datetime.fromtimestamp(seconds, UTC)


def timestamp(seconds: float) -> str:
    """A point on the clock as the service writes it."""
    return moment(seconds).isoformat(timespec="microseconds").replace("+00:00", "Z")


def spelt(moment: datetime, style: Literal["microseconds", "ticks", "bare"]) -> str:
    """A date and time as the settings want it written."""
    text = moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00")
    return {"microseconds": f"{text}Z", "ticks": f"{text}0Z", "bare": text}[style]


def told(clock: Clock) -> dict[str, Any]:
    """The clock as the controls show it."""
    return {
        "now": timestamp(clock.now()),
        "ahead": clock.ahead,
        "speed": clock.speed_factor,
        "frozen": clock.frozen,
    }
