"""A job as a handle: ask about it, wait for it, take its result, today or from another process tomorrow."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from ttd_workflows import errors
from ttd_workflows.core.forms import awaiting, blocking
from ttd_workflows.core.surface import finish
from ttd_workflows.jobs.following import Deadline, follow
from ttd_workflows.jobs.pace import Polling
from ttd_workflows.jobs.reference import JobKind, Reference, Token
from ttd_workflows.jobs.result import Result
from ttd_workflows.jobs.snapshot import GOOD_STATES, Snapshot
from ttd_workflows.operations import JobStatus

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence
    from datetime import timedelta

    from ttd_workflows.core.surface import Port
    from ttd_workflows.jobs.events import Event
    from ttd_workflows.jobs.submitting import Desk

OnPartial = Literal["result", "raise"]

LONGEST_QUESTION = 60.0
"""Seconds that one question about a job may take while it is followed, unless the client has a shorter timeout."""


class Job:
    """A job that the service has taken on.

    ``str(job.token)`` is what to keep to find it again; ``job.reference`` is enough where the server is the same.
    """

    def __init__(
        self,
        desk: Desk,
        reference: Reference | None,
        *,
        operation: str | None = None,
        key: str | None = None,
        payload: Any = None,
        inputs: Sequence[Any] | None = None,
    ) -> None:
        self._desk = desk
        self._exchange = desk.exchange
        self.reference = reference
        """``standard:412651``, or ``None`` where the service acted at once and started no job."""
        self.operation = operation
        self.key = key
        self.payload = payload
        """What the service answered when it took the job on."""
        self.inputs = inputs
        self.last: Snapshot | None = None
        """What was heard when it was last asked about."""

    def __repr__(self) -> str:
        stood = f", {self.last.state} when last asked" if self.last else ""
        return f"<Job {self.name}{stood}>"

    @property
    def parts(self) -> tuple[Job, ...]:
        """The jobs that this one consists of: itself, or those that many inputs were split into."""
        return (self,)

    @property
    def name(self) -> str:
        """How messages call it."""
        return str(self.reference or "done at once")

    @property
    def id(self) -> int:
        """The job's number."""
        return self.known_reference.id

    @property
    def known_reference(self) -> Reference:
        """The reference. Raises :class:`NotReady` where the service acted at once and started no job."""
        if self.reference is None:
            raise errors.NotReady("the service acted at once and started no job; what it did is in job.payload")
        return self.reference

    @property
    def token(self) -> Token:
        """The reference with the server it belongs to; ``str()`` of it is plain JSON without a secret."""
        return Token(self.known_reference, self._desk.server, self.operation, self.key)

    @property
    def longest_question(self) -> float:
        """Seconds that one question may take while the job is followed."""
        own = self._exchange.settings.timeout_ms
        return LONGEST_QUESTION if own is None else min(own / 1000, LONGEST_QUESTION)

    @property
    def token_is_renewable(self) -> bool:
        """Whether the client asks a function for its token, which may then be another one."""
        return callable(self._exchange.settings.token)

    @blocking
    async def status(self, port: Port, /) -> Snapshot:
        """Ask what became of the job.

        Raises:
            NotFound: The service does not know it, or not any more.
        """
        return await self.ask(port)

    status_async = awaiting(status)

    @blocking
    async def wait(
        self,
        port: Port,
        /,
        *,
        timeout: float | timedelta | None = None,
        on_event: Callable[[Event], object] | None = None,
        on_partial: OnPartial = "result",
        poll: Polling = Polling(),
    ) -> Result:
        """Wait until the job has ended, and give its result.

        A question that fails in a way that may pass does not end the wait; nor does a percentage of 100.

        Args:
            timeout: Seconds, or a timedelta, for the whole wait. When they are over, the job is asked about a last
                time, within seconds; so ``timeout=0`` asks once. Left out, there is no end to it.
            on_event: Called with each :class:`Event`.
            on_partial: ``"raise"`` makes a partial success an error.
            poll: The bounds of the interval between two questions, which adapts between them.

        Raises:
            JobFailed: It ended without a result.
            PartialFailure: It ended as a partial success, and ``on_partial`` is ``"raise"``.
            ResultsExpired: It ended long ago; its results are gone.
            WaitTimeout: The time is over. The job goes on.
            InputError: An argument is none of those that are meant.
        """
        _check(on_partial)
        async for event in follow(self._to_follow, port, Deadline(port, timeout), poll=poll):
            if on_event is not None:
                on_event(event)
        return self.outcome(on_partial)

    wait_async = awaiting(wait)

    @blocking
    async def result(self, port: Port, /, *, on_partial: OnPartial = "result") -> Result:
        """The result of a job that has ended.

        Raises:
            NotReady: It has not ended.
            JobFailed, PartialFailure, ResultsExpired: As :meth:`wait`.
        """
        _check(on_partial)
        if self._to_follow:
            await self.ask(port)
        return self.outcome(on_partial)

    result_async = awaiting(result)

    def events(self, *, timeout: float | timedelta | None = None, poll: Polling = Polling()) -> Iterator[Event]:
        """What happens to the job until it has ended, as it happens; blocks in between."""
        port = self._exchange.blocking
        happening = follow(self._to_follow, port, Deadline(port, timeout), poll=poll)
        try:
            while True:
                yield finish(_next(happening))
        except StopAsyncIteration:
            return

    async def events_async(
        self, *, timeout: float | timedelta | None = None, poll: Polling = Polling()
    ) -> AsyncIterator[Event]:
        """What happens to the job until it has ended, as it happens."""
        port = self._exchange.awaiting
        async for event in follow(self._to_follow, port, Deadline(port, timeout), poll=poll):
            yield event

    @property
    def _to_follow(self) -> list[Job]:
        """The parts that there is something to ask about: those that were not done at once."""
        return [part for part in self.parts if part.reference is not None]

    async def ask(self, port: Port, *, timeout: float | None = None) -> Snapshot:
        """Ask what became of the job.

        ``timeout`` is for whoever follows it and decides on repeating: one attempt, within so many seconds.
        Left out, the client's own timeout and retries hold.
        """
        reference = self.known_reference
        options: dict[str, Any] = {} if timeout is None else {"retries": None, "timeout_ms": timeout * 1000}
        try:
            self.last = await self._asked(port, reference, options)
        except errors.NotFound as error:
            missing = await self._desk.explain_missing(port, reference, error)
        else:
            await self._desk.observe(port, self.last)
            return self.last
        raise missing

    async def _asked(self, port: Port, reference: Reference, options: dict[str, Any]) -> Snapshot:
        if reference.kind is JobKind.STANDARD:
            answer = await self._exchange.call(JobStatus.get_job_status, {"id": reference.id, **options}, port)
            return Snapshot.of_standard(reference, answer, datetime.now(UTC))
        operation = JobStatus.get_graph_ql_bulk_job_status
        answer = await self._exchange.call(operation, {"id": str(reference.id), **options}, port)
        snapshot = Snapshot.of_graphql(reference, answer, datetime.now(UTC))
        if snapshot is None:
            raise errors.NotFound(f"the service knows no job {reference}: {answer.errors or 'it said no more'}")
        return snapshot

    @blocking
    async def resubmit(self, port: Port, /, *, callback_input: Any = None) -> Job:
        """Send the job's submission again, on your word: as the next attempt under its key.

        Args:
            callback_input: Where to report the end, with its headers, which the ledger does not keep.

        Raises:
            InputError: It has not failed, or is not in the ledger, or its callback headers are to be given again.
        """
        try:
            snapshot = await self.ask(port)
        except errors.NotFound:
            pass  # the service has forgotten it
        else:
            if snapshot.state in GOOD_STATES or not snapshot.ended:
                raise errors.InputError(f"job {self.name} has not failed: it is {snapshot.state}; nothing was sent")
        return await self._desk.resubmit_job(port, self.known_reference, callback_input, self.inputs)

    resubmit_async = awaiting(resubmit)

    def sum_up(self) -> None:
        """Bring ``last`` up to what was heard of the parts; a job of one part has nothing to sum up."""

    def outcome(self, on_partial: OnPartial = "result") -> Result:
        """The result, as far as was heard when it was last asked about, or the error that it came to."""
        if self.last is not None:
            return self.result_of(self.last, on_partial)
        if self.reference is not None:
            raise errors.NotReady(f"job {self.name} has not been asked about; result() asks, wait() waits for its end")
        return Result(self, None)

    def result_of(self, snapshot: Snapshot, on_partial: OnPartial) -> Result:
        """The result that a snapshot tells of, or the error that it stands for."""
        if snapshot.state in GOOD_STATES:
            result = self._result(snapshot)
            if snapshot.state == "PartialSuccess" and on_partial == "raise":
                raise _told(errors.PartialFailure, self, snapshot, "has a result, and errors besides", result)
            return result
        if snapshot.state == "ResultsExpired":
            what = "ended, and its results are gone: run it again to have them, by resubmit() or under another key"
            raise _told(errors.ResultsExpired, self, snapshot, what)
        if snapshot.ended:
            which = "resubmit()" if self.parts == (self,) else "resubmit() on each of its parts that failed"
            step = f"Once the cause is mended, {which} sends it again"
            raise _told(errors.JobFailed, self, snapshot, f"ended as {snapshot.state}", step=step)
        percent = "" if snapshot.percent is None else f", {snapshot.percent:.0f} %"
        raise _told(
            errors.NotReady, self, snapshot, f"has not ended ({snapshot.state}{percent}); wait() waits until it has"
        )

    def _result(self, snapshot: Snapshot) -> Result:
        return Result(self, snapshot)


def _check(on_partial: object) -> None:
    if on_partial not in ("result", "raise"):
        raise errors.InputError(f"on_partial={on_partial!r}: 'result' or 'raise' is expected")


def _told(
    kind: type[errors.JobError],
    job: Job,
    snapshot: Snapshot,
    what: str,
    result: Result | None = None,
    *,
    step: str = "",
) -> errors.JobError:
    said = "".join(f"\n  {error}" for error in snapshot.errors[:20])
    more = f"\n  and {len(snapshot.errors) - 20} more" if len(snapshot.errors) > 20 else ""  # noqa: PLR2004
    then = (f"\n{step}" if said else f". {step}") if step else ""
    error = kind(f"job {job.name} {what}{'. It said:' if said else ''}{said}{more}{then}")
    error.references = tuple(str(part.reference) for part in job.parts if part.reference)
    error.snapshot = snapshot
    error.result = result
    return error


async def _next(happening: AsyncIterator[Event]) -> Event:
    return await anext(happening)
