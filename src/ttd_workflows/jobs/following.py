"""Following jobs to their end: one body for one job or for many, which share one budget of questions."""

from __future__ import annotations

import heapq
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ttd_workflows import errors
from ttd_workflows.jobs.events import Delayed, Ended, Event, Polled, Progress
from ttd_workflows.jobs.pace import Pace, Polling

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from ttd_workflows.core.surface import Port
    from ttd_workflows.jobs.job import Job
    from ttd_workflows.jobs.snapshot import Snapshot

logger = logging.getLogger("ttd_workflows")

QUESTIONS_PER_SECOND = 4.0
"""All jobs that are waited for together; The Trade Desk advises few concurrent callers for each endpoint."""
_PASSING = (errors.NoResponseError, errors.ServerError, errors.RateLimited)
_LONGEST_DELAY = 60.0
_FIRST_DELAY = 1.0
_OLDEST = timedelta(days=7)
_NAMED = 5
_UNAUTHORIZED = 401


class Deadline:
    """One end for a whole wait, whatever it does meanwhile."""

    def __init__(self, port: Port, timeout: float | timedelta | None) -> None:
        seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
        if seconds is not None and not seconds >= 0:
            raise errors.InputError(f"timeout={timeout!r}: seconds or a timedelta of zero or more are expected")
        self._port = port
        self._end = None if seconds is None else port.now() + seconds

    def left(self) -> float | None:
        """Seconds left, ``None`` for no end."""
        return None if self._end is None else max(self._end - self._port.now(), 0.0)


class _Followed:
    """One job while it is followed."""

    def __init__(self, job: Job, poll: Polling) -> None:
        self.job = job
        self.pace = Pace(poll)
        self.last: Snapshot | None = None
        self.asked_first = 0.0
        self.age_at_first = 0.0
        self.delays = 0
        self.renewed_token = False
        self.warned = False

    def hear(self, snapshot: Snapshot, now: float) -> tuple[list[Event], float | None]:
        """The events that an answer makes, and the seconds until the next question."""
        reference = snapshot.reference
        if self.last is None:
            self.asked_first, self.age_at_first = now, _age(snapshot)
        changed = self.last is None or (snapshot.state, snapshot.percent) != (self.last.state, self.last.percent)
        self.last, self.delays, self.renewed_token = snapshot, 0, False
        if not snapshot.known and not self.warned:
            self.warned = True
            logger.warning("job %s has the unknown state %r; it is taken for not ended", reference, snapshot.state)
        if snapshot.ended:
            return [Polled(reference, snapshot, None), Ended(reference, snapshot)], None
        wait = self.pace.next(self.age_at_first + now - self.asked_first, snapshot.percent)
        heard: list[Event] = [Polled(reference, snapshot, wait)]
        return heard + ([Progress(reference, snapshot)] if changed else []), wait

    def fail(self, error: errors.WorkflowsError, *, renewable: bool) -> float:
        """Seconds until a failed question is asked again; raises what will not pass."""
        if _is_about_the_token(error) and renewable and not self.renewed_token:
            self.renewed_token = True
            return 0.0
        if not isinstance(error, _PASSING):
            raise error
        self.delays += 1
        wait: float = min(_FIRST_DELAY * 2.0 ** min(self.delays - 1, 10), _LONGEST_DELAY)
        return max(wait, error.retry_after or 0.0)


async def follow(
    jobs: Sequence[Job],
    port: Port,
    deadline: Deadline,
    *,
    poll: Polling = Polling(),
    questions_per_second: float = QUESTIONS_PER_SECOND,
) -> AsyncIterator[Event]:
    """Ask about every job until all have ended. Raises :class:`WaitTimeout` with those that have not."""
    gap = 1 / questions_per_second
    due: list[tuple[float, int, _Followed]] = [
        (port.now(), number, _Followed(job, poll)) for number, job in enumerate(jobs)
    ]
    earliest = 0.0
    while due:
        moment, number, followed = heapq.heappop(due)
        await _until(port, max(moment, earliest), deadline, [followed, *(other for _, _, other in due)])
        earliest = port.now() + gap
        try:
            snapshot = await followed.job.ask(port, timeout=deadline.left())
        except errors.WorkflowsError as error:
            wait = followed.fail(error, renewable=followed.job.token_is_renewable)
            heapq.heappush(due, (port.now() + wait, number, followed))
            yield Delayed(followed.job.known_reference, error, wait)
            continue
        heard, again_in = followed.hear(snapshot, port.now())
        if again_in is not None:
            heapq.heappush(due, (port.now() + again_in, number, followed))
        for event in heard:
            yield event


async def _until(port: Port, moment: float, deadline: Deadline, waiting: list[_Followed]) -> None:
    """Sleep until ``moment``; when the deadline comes first, say which jobs go on."""
    wait, left = max(moment - port.now(), 0.0), deadline.left()
    if left is not None and wait >= left:
        await port.sleep(left)
        raise timed_out(waiting)
    if wait:
        await port.sleep(wait)


def timed_out(waiting: list[_Followed]) -> errors.WaitTimeout:
    """The error that says what goes on and how to come back to it."""
    references = [str(followed.job.known_reference) for followed in waiting]
    names = ", ".join(references[:_NAMED])
    if len(references) > _NAMED:
        names += f" and {len(references) - _NAMED} more"
    last = waiting[0].last
    stood = f" When last asked it was {last.state}{_percent(last)}." if last and len(waiting) == 1 else ""
    error = errors.WaitTimeout(
        f"the time for waiting is over; {names} {'goes' if len(references) == 1 else 'go'} on.{stood} To come back: "
        f"workflows.jobs.get({references[0]!r}).wait(), or: ttdw status {references[0]}"
    )
    error.references = tuple(references)
    error.snapshot = last
    return error


def _percent(snapshot: Snapshot) -> str:
    return "" if snapshot.percent is None else f" at {snapshot.percent:.0f} %"


def _age(snapshot: Snapshot) -> float:
    """How long ago the job was made; a clock that says nonsense counts for nothing."""
    age = datetime.now(UTC) - snapshot.created_at
    return age.total_seconds() if timedelta() <= age <= _OLDEST else 0.0


def _is_about_the_token(error: errors.WorkflowsError) -> bool:
    expired = isinstance(error, errors.Forbidden) and "expired" in error.body.lower()
    return isinstance(error, errors.Unauthorized) or expired or error.status_code == _UNAUTHORIZED
