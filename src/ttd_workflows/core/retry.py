"""When a call is sent again, and after how long. Pure: no clock, no network.

=================================  =====  ===============
what happened                      SAFE   ONCE
=================================  =====  ===============
never sent                         again  again
429                                again  again
sent, but no answer                again  outcome unknown
408, 5XX, with Retry-After or not  again  outcome unknown
3XX                                done   outcome unknown
any other answer                   done   done
=================================  =====  ===============

No setting changes the second column; the caller's own word for one call, ``repeat="safe"``, makes it the first.
"""

from __future__ import annotations

import random
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REDIRECTS = range(300, 400)
"""Never followed. One may come instead of the work or after it (303: "it is done, look there")."""
REQUEST_TIMEOUT = 408
"""Somebody on the way gave up waiting: for the request, or, as gateways use it, for what it started."""
TOO_MANY_REQUESTS = 429
SERVER_ERRORS = range(500, 1000)
"""5XX, and what lies above: no status is assigned there, so nothing is certain after one."""
SHORTEST_INTERVAL = 0.001
"""Seconds. A wait of nothing would never use up the budget."""


class Repeat(Enum):
    """Whether a second sending could do harm. Part of an operation's declaration."""

    SAFE = "safe"
    """Sending it twice leaves the service as sending it once does."""
    ONCE = "once"
    """Sending it twice may create, or spend, twice."""


class Verdict(Enum):
    """What follows from one attempt."""

    DONE = "done"
    AGAIN = "again"
    UNKNOWN = "unknown"


def after_answer(repeat: Repeat, status: int) -> Verdict:
    """Decide on an answer by its status."""
    if status == TOO_MANY_REQUESTS:
        return Verdict.AGAIN
    if status in SERVER_ERRORS or status == REQUEST_TIMEOUT:
        return Verdict.AGAIN if repeat is Repeat.SAFE else Verdict.UNKNOWN
    return Verdict.UNKNOWN if status in REDIRECTS and repeat is Repeat.ONCE else Verdict.DONE


def after_silence(repeat: Repeat, *, sent: bool) -> Verdict:
    """Decide when no answer came."""
    return Verdict.AGAIN if repeat is Repeat.SAFE or not sent else Verdict.UNKNOWN


class BackoffStrategy(NamedTuple):
    """How waiting grows: from ``initial_interval`` by ``exponent`` up to ``max_interval``, all in milliseconds."""

    initial_interval: int = 500
    max_interval: int = 15_000
    exponent: float = 2.0
    max_elapsed_time: int = 60_000
    """The waiting between attempts, in milliseconds, all of it together."""


class RetryConfig(NamedTuple):
    """When and how a call is repeated, as far as repeating it is safe at all."""

    strategy: str = "backoff"
    """``"backoff"``, or ``"none"`` to never repeat."""
    backoff: BackoffStrategy = BackoffStrategy()
    retry_connection_errors: bool = True
    """Whether to repeat when no answer came; answers are repeated by their status in any case."""


class Waiting:
    """How long to wait before each further attempt of one call, within the budget of its policy."""

    def __init__(self, policy: RetryConfig | None, draw: Callable[[], float] = random.random) -> None:
        self._policy = policy
        self._left = policy.backoff.max_elapsed_time / 1000 if policy else 0.0
        self._intervals = _intervals(policy.backoff) if policy else iter(())
        self._draw = draw

    def before_next(self, *, answered: bool, retry_after: float | None = None) -> float | None:
        """Seconds to wait, or ``None`` to give up.

        The wait is drawn evenly between nothing and the interval (full jitter), so that many clients do not return
        together, and is never shorter than a Retry-After; one beyond what is left of the budget is not waited for.
        """
        policy = self._policy
        if policy is None or policy.strategy != "backoff" or not (answered or policy.retry_connection_errors):
            return None
        wait = max(next(self._intervals) * self._draw(), retry_after or 0.0)
        if wait > self._left or self._left <= 0:
            return None
        self._left -= wait
        return wait


def _intervals(backoff: BackoffStrategy) -> Iterator[float]:
    ceiling = max(backoff.max_interval / 1000, SHORTEST_INTERVAL)
    interval = max(backoff.initial_interval / 1000, SHORTEST_INTERVAL)
    while True:
        yield min(interval, ceiling)
        interval = min(interval * backoff.exponent, ceiling)  # capped here too: a float that only grows overflows
