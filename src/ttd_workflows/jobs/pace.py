"""How long to wait before asking again. Pure: it is told when it asked and what it heard.

Nothing known of a job but its age, the best next moment to ask is a fixed share of that age later: the end is then
found late by at most that share, and the number of questions grows with the logarithm of the age. Where the
percentage moves evenly, its line says when the end will come: then half the time to it is waited, again and again,
and close to the end the shortest interval. A percentage that stands still, or leaps, is not believed.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple

from ttd_workflows.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

SHARE_OF_AGE = 0.055
"""Of a job's age, what may pass before it is asked about again."""
SHARE_OF_REST = 0.5
"""Of the time to a believed end, what may pass before the job is asked about again."""
BELIEF = 0.1
"""How far two predictions of the end may lie apart, as a share of the job's age, for the percentage to be believed."""
JITTER = 0.1
SHORTEST = 0.05
"""Seconds; a floor of nothing would ask without pause."""


class Polling(NamedTuple):
    """The bounds between which the interval between two questions adapts, in seconds."""

    floor: float = 1.0
    ceiling: float = 120.0


def checked(poll: Polling) -> Polling:
    """The bounds, when they are some. Raises :class:`InputError`."""
    fits = isinstance(poll, Polling) and all(isinstance(bound, (int, float)) and bound >= 0 for bound in poll)
    if not fits or poll.floor == float("inf"):
        raise InputError(f"poll={poll!r}: Polling(floor, ceiling) is expected, in seconds of zero or more")
    return poll


class Pace:
    """The intervals between questions about one job, in seconds."""

    def __init__(self, bounds: Polling = Polling(), draw: Callable[[], float] = random.random) -> None:
        self._floor = max(bounds.floor, SHORTEST)
        self._ceiling = max(bounds.ceiling, self._floor)
        self._draw = draw
        self._last: tuple[float, float] | None = None
        self._predicted: float | None = None

    def next(self, age: float, percent: float | None) -> float:
        """Seconds to wait, for a job that is ``age`` seconds old and ``percent`` done as of now."""
        wait = SHARE_OF_AGE * age
        end = self._end(age, percent)
        if end is not None:
            wait = max((end - age) * SHARE_OF_REST, 0.0)
        bounded = min(max(wait, self._floor), self._ceiling)
        return max(bounded * (1 - JITTER * self._draw()), self._floor)

    def _end(self, age: float, percent: float | None) -> float | None:
        """The age at which the job will end, when two predictions in a row agree on it."""
        before, self._predicted = self._predicted, None
        last, self._last = self._last, None
        if percent is None or not 0 < percent < 100:  # noqa: PLR2004 - per cent
            return None
        self._last = (age, percent)
        if last is None or percent <= last[1] or age <= last[0]:
            return None
        rate = (percent - last[1]) / (age - last[0])
        self._predicted = age + (100 - percent) / rate
        agreed = before is not None and abs(self._predicted - before) <= BELIEF * age
        return self._predicted if agreed else None
