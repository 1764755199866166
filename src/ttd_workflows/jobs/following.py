"""Following jobs to their end: one body for one job or for many, which share one budget of questions."""

from __future__ import annotations

import heapq
import logging
import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ttd_workflows import errors
from ttd_workflows.jobs.events import Delayed, Ended, Event, Polled, Progress, Submitted
from ttd_workflows.jobs.pace import Pace, Polling, checked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from ttd_workflows.core.surface import Port
    from ttd_workflows.jobs.job import Job
    from ttd_workflows.jobs.snapshot import Snapshot

logger = logging.getLogger("ttd_workflows")

QUESTIONS_PER_SECOND = 4.0
"""All jobs that are waited for together; The Trade Desk advises few concurrent callers for each endpoint."""
_PASSING = (errors.NoResponseError, errors.ServerError, errors.RateLimited, errors.ResponseValidationError)
_PASSING_STATUS = {408, 425}
_LONGEST_DELAY = 60.0
_FIRST_DELAY = 1.0
_LONGEST_RETRY_AFTER = 300.0
_LONGEST_AMONG_MANY = 10.0
"""What one question may take when several jobs are followed: the others wait for their turn meanwhile."""
_LAST_LOOK = 5.0
"""How far beyond its deadline a wait goes at most to ask, a last time, about what has not ended."""
_SHORTEST_QUESTION = 0.001
_FOR_EVER = 1e9
_OLDEST = timedelta(days=7)
_NAMED = 5
_UNAUTHORIZED = 401


class Deadline:
    """One end for a whole wait, whatever it does meanwhile."""

    def __init__(self, port: Port, timeout: float | timedelta | None) -> None:
        seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
        if seconds is not None and (not _is_number(seconds) or not seconds >= 0):
            raise errors.InputError(f"timeout={timeout!r}: seconds or a timedelta of zero or more are expected")
        self.end = math.inf if seconds is None else port.now() + min(seconds, _FOR_EVER)
        """On the port's clock."""


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

    @property
    def goes_on(self) -> bool:
        """Whether it has not ended, as far as was heard."""
        return self.last is None or not self.last.ended

    def hear(self, snapshot: Snapshot, now: float, *, was_last: bool) -> tuple[list[Event], float | None]:
        """The events that an answer makes, and the seconds until the next question, if there is to be one."""
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
        wait = None if was_last else self.pace.next(self.age_at_first + now - self.asked_first, snapshot.percent)
        heard: list[Event] = [Polled(reference, snapshot, wait)]
        return heard + ([Progress(reference, snapshot)] if changed else []), wait

    def fail(self, error: errors.WorkflowsError, *, renewable: bool) -> float:
        """Seconds until a failed question is asked again; raises what will not pass."""
        if _is_about_the_token(error) and renewable and not self.renewed_token:
            self.renewed_token = True
            return 0.0
        if not isinstance(error, _PASSING) and error.status_code not in _PASSING_STATUS:
            raise error
        self.delays += 1
        wait: float = min(_FIRST_DELAY * 2.0 ** min(self.delays - 1, 10), _LONGEST_DELAY)
        return max(wait, min(error.retry_after or 0.0, _LONGEST_RETRY_AFTER))


async def follow(
    jobs: Sequence[Job],
    port: Port,
    deadline: Deadline,
    *,
    poll: Polling = Polling(),
    questions_per_second: float = QUESTIONS_PER_SECOND,
) -> AsyncIterator[Event]:
    """Ask about every job until all have ended. Raises :class:`WaitTimeout` with those that have not.

    At the deadline, each that has not ended is asked about once more, as far as that is soon done.
    """
    checked(poll)
    for job in jobs:
        if job.operation is not None:  # one that was submitted, and not only named
            yield Submitted(job.known_reference, job.key, new=job.payload is not None)
    async for event in _ask_about(jobs, port, deadline, poll, _gap(questions_per_second)):
        yield event


async def _ask_about(
    jobs: Sequence[Job], port: Port, deadline: Deadline, poll: Polling, gap: float
) -> AsyncIterator[Event]:
    earliest, closes = 0.0, math.inf
    longest = _LONGEST_AMONG_MANY if len(jobs) > 1 else math.inf
    everyone = [_Followed(job, poll) for job in jobs]
    due = [(port.now(), number) for number in range(len(everyone))]
    while due:
        moment, number = heapq.heappop(due)
        followed = everyone[number]
        at = max(min(moment, deadline.end), earliest, port.now())
        is_last = at >= deadline.end
        if is_last:
            closes = min(closes, max(deadline.end, port.now()) + _LAST_LOOK)  # whoever reads the events may be slow
        if at > closes:
            await _until(port, deadline.end)
            break
        await _until(port, at)
        earliest = port.now() + gap
        left = (closes if is_last else deadline.end) - port.now()
        limit = min(max(left, _SHORTEST_QUESTION), followed.job.longest_question, longest)
        try:
            snapshot = await followed.job.ask(port, timeout=limit)
        except errors.WorkflowsError as error:
            wait = followed.fail(error, renewable=followed.job.token_is_renewable)
            if isinstance(error, errors.RateLimited):  # this is said to the token, and so about every job
                earliest = max(earliest, port.now() + wait)
            if wait and is_last:
                continue
            heapq.heappush(due, (port.now() + wait, number))
            yield Delayed(followed.job.known_reference, error, wait)
            continue
        heard, again_in = followed.hear(snapshot, port.now(), was_last=is_last)
        if again_in is not None:
            heapq.heappush(due, (port.now() + again_in, number))
        for event in heard:
            yield event
    going_on = [followed for followed in everyone if followed.goes_on]
    if going_on:
        raise timed_out(going_on)


def _gap(questions_per_second: float) -> float:
    if not _is_number(questions_per_second) or not questions_per_second > 0:
        raise errors.InputError(f"questions_per_second={questions_per_second!r}: a number above zero is expected")
    return 1 / questions_per_second


async def _until(port: Port, moment: float) -> None:
    wait = moment - port.now()
    if wait > 0:
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


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
