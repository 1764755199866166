"""The jobs of one emulator as time goes by: taken on, queued while others run, ended, computed, expired.

What changes here is written down before it is told to anybody, and one end of a job is one change: what a bulk job
stored, its outcome, the start of the next in line and the callback that is due are kept together or not at all.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field, replace
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from ttd_workflows.emulator.jobs import bulk
from ttd_workflows.emulator.jobs.life import expires_at, has_ended, standing
from ttd_workflows.emulator.jobs.reports import report
from ttd_workflows.emulator.jobs.work import by_plan, outcome_of, planned_outcome
from ttd_workflows.emulator.problems import NotKept, Refusal
from ttd_workflows.emulator.world.world import Job, JobKind, Members, Outcome

if TYPE_CHECKING:
    from ttd_workflows.emulator.service import Service

_WATCHED = 200
"""Of how many jobs the progress is told."""
_SHARED_INPUTS = 1000
_SHARED_SIZE = 1 << 12
_REMEMBERED = 10_000
"""How many changes of the world are looked through for some that can be forgotten."""


class QueueFull(Refusal):
    """As many jobs run and wait as may."""


class NoSuchJob(LookupError):
    """There is no job of that reference."""


class WrongAction(ValueError):
    """A job cannot be ended, or made to expire, the way it stands."""


@dataclass(slots=True)
class _Line:
    """How many jobs of a kind run, and which wait."""

    active: int = 0
    waiting: deque[int] = field(default_factory=deque)


class Jobs:
    """All jobs of a world. Used on the event loop only; results are computed in threads."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._due: list[tuple[float, JobKind, int]] = []
        self._lines: dict[JobKind, _Line] = {"standard": _Line(), "graphql": _Line()}
        self._work: dict[tuple[JobKind, int], asyncio.Task[Job]] = {}
        self._inputs: dict[str, Members] = {}
        self._told: dict[str, tuple[str, float | None]] = {}
        self._forget_at = _REMEMBERED
        for jobs in service.world.jobs.values():
            for job in jobs.values():
                self._take_up(job)
        heapify(self._due)

    @property
    def next_due(self) -> float | None:
        """When something happens next."""
        return self._due[0][0] if self._due else None

    def active(self, kind: JobKind) -> int:
        """How many jobs of a kind run."""
        return self._lines[kind].active

    def queued(self, kind: JobKind) -> int:
        """How many jobs of a kind wait for one to end."""
        return len(self._lines[kind].waiting)

    def settle(self, now: float) -> None:
        """Let happen what is due, in the order in which it is due."""
        while self._due and self._due[0][0] <= now:
            at, kind, id = self._due[0]
            job = self._service.world.jobs[kind][id]
            if job.seen is None and job.ends_at == at:
                self._end(job)  # its entry stays until this is written down
            else:
                heappop(self._due)
                self._expire_if_due(job, now)

    def tell_progress(self, now: float) -> None:
        """Tell those who listen how far the jobs are that end next."""
        world, settings = self._service.world, self._service.settings
        told: dict[str, tuple[str, float | None]] = {}
        for _, kind, id in self._due[:_WATCHED]:
            job = world.jobs[kind][id]
            if job.seen is None and not has_ended(job, now):
                stands = standing(job, now, settings)
                told[job.reference] = (stands.status, stands.percentage)
                if self._told.get(job.reference) != told[job.reference]:
                    self._tell(job)
        self._told = told

    def accept(self, kind: JobKind, operation: str, input: Members, now: float, user: str) -> Job:
        """Take a job on. Two equal requests make two jobs: the service knows no idempotency."""
        service, line = self._service, self._lines[kind]
        must_wait = self._is_limited(kind) and line.active >= service.settings.active_limit
        if must_wait and len(line.waiting) >= service.settings.queue_limit:
            message = f"{line.active} jobs run and {len(line.waiting)} are queued: submit again when one has ended."
            raise QueueFull(service.settings.queue_full, message)
        service.callbacks.check(kind, input)
        plan = service.plans.take(kind, operation)
        seconds: float | None = service.settings.job_seconds
        if plan is not None:
            seconds = seconds if plan.seconds is None else plan.seconds
            seconds = seconds if plan.polls is None and plan.stall_at is None else None
        waited = None if must_wait else 0.0
        number = service.world.number(kind)
        job = Job(kind, number, operation, self._shared(input), now, seconds, user=user, waited=waited, plan=plan)
        service.world.put_job(job)
        service.commit()
        self._take_up(job)
        self._tell(job)
        return job

    async def job(self, kind: JobKind, id: int, now: float) -> Job:
        """A job, with its outcome if it has ended by ``now``."""
        job = self._find(kind, id)
        if job.seen is None and has_ended(job, now):
            self.settle(now)
            job = self._find(kind, id)
        if job.seen is None or not self._wants_work(job, now):
            return job
        return await asyncio.shield(self._work_of(job))

    async def asked(self, kind: JobKind, id: int, now: float) -> Job:
        """A job whose status is asked for: some end with the n-th time."""
        job = self._find(kind, id)
        last = None if job.plan is None else job.plan.polls
        if last is not None and job.seen is None and job.waited is not None:
            job = replace(job, polls=job.polls + 1)
            if job.polls >= last:
                self._end(replace(job, ended_at=now))
            else:
                self._service.world.put_job(job)
                self._service.commit()
                self._tell(job)
        return await self.job(kind, id, now)

    def finish(self, reference: str | int) -> Job:
        """End a job now, with what its work or its plan gives."""
        return self._end(self._running(reference))

    def fail(self, reference: str | int, *errors: str) -> Job:
        """Let a job fail now; it stores nothing."""
        return self._end(self._running(reference), Outcome("Failure", list(errors) or ["The job was made to fail."]))

    def cancel(self, reference: str | int) -> Job:
        """Cancel a GraphQL bulk job now; standard jobs cannot be."""
        if self.of(reference).kind != "graphql":
            raise WrongAction(f"job {reference} is a standard job: only GraphQL bulk jobs can be cancelled; fail it")
        return self._end(self._running(reference), Outcome("Cancelled"))

    def expire(self, reference: str | int) -> Job:
        """Let a job's result expire now."""
        now = self._service.settle()
        job = self.of(reference)
        if job.seen is None:
            raise WrongAction(f"job {job.reference} has not ended: finish it first")
        if (job.outcome and not job.outcome.has_result) or now >= expires_at(job, self._service.settings):
            raise WrongAction(f"job {job.reference} has no result that could expire")
        expired = self._service.world.put_job(replace(job, expired_at=now))
        self._service.commit()
        self._service.results.forget(job)
        self._tell(expired)
        return expired

    def of(self, reference: str | int) -> Job:
        """The job that is called so: ``standard:1``, ``graphql:1``, or a number, which is a standard job."""
        kind, _, number = str(reference).rpartition(":")
        jobs = self._service.world.jobs.get("graphql" if kind == "graphql" else "standard")
        known = kind in {"", "standard", "graphql"} and number.isascii() and number.isdecimal() and len(number) < 20
        if not known or jobs is None or int(number) not in jobs:
            raise NoSuchJob(f"there is no job '{reference}'; jobs are called standard:NUMBER or graphql:NUMBER")
        return jobs[int(number)]

    def _find(self, kind: JobKind, id: int) -> Job:
        job = self._service.world.jobs[kind].get(id)
        if job is None:
            raise Refusal(404, f"There is no job {id}.")
        return job

    def _running(self, reference: str | int) -> Job:
        """A job that has not ended, as it is when it ends now."""
        now = self._service.settle()
        job = self.of(reference)
        if job.seen is not None:
            raise WrongAction(f"job {job.reference} has ended already, and an ended job does not change")
        return replace(job, ended_at=now)

    def _take_up(self, job: Job) -> None:
        """Put a job that has not ended where it belongs: in the line, or among what is due."""
        if job.seen is not None:
            return
        line = self._lines[job.kind]
        if job.waited is None:
            line.waiting.append(job.id)
        else:
            line.active += 1
            self._expect(job.ends_at, job)

    def _expect(self, at: float | None, job: Job) -> None:
        if at is not None:
            heappush(self._due, (at, job.kind, job.id))
            self._service.wake(at)

    def _end(self, job: Job, outcome: Outcome | None = None) -> Job:
        """End a job whose time has come; everything that follows from it is kept in one piece."""
        service, line = self._service, self._lines[job.kind]
        outcome = outcome or planned_outcome(job) or self._carried_out(job)
        ended = service.world.put_job(replace(job, outcome=outcome, seen=service.world.changes))
        following = self._following(ended)
        service.callbacks.expect(ended)
        service.commit()
        if job.waited is None:
            line.waiting.remove(job.id)
        else:
            line.active -= 1
        if following is not None:
            line.waiting.popleft()
            self._take_up(following)
            self._tell(following)
        self._tell(ended)
        if service.events.listeners and self._wants_work(ended, service.clock.now()):
            self._work_of(ended)  # who watches wants to see how it ended, though nobody asks for its status
        return ended

    def _carried_out(self, job: Job) -> Outcome | None:
        """What a bulk job did at its end; other work shows the world of that moment, and is done later."""
        if not bulk.is_bulk(job):
            return None
        try:
            return by_plan(bulk.carry_out(self._service.scene(job, self._service.world), job), job.plan)
        except BaseException:
            self._service.world.take_back()
            raise

    def _following(self, ended: Job) -> Job | None:
        """The next in line, started when the job before it ended."""
        waiting = self._lines[ended.kind].waiting
        if ended.waited is None or not waiting or ended.ends_at is None:
            return None
        first = self._service.world.jobs[ended.kind][waiting[0]]
        return self._service.world.put_job(replace(first, waited=ended.ends_at - first.created_at))

    def _is_limited(self, kind: JobKind) -> bool:
        return self._service.settings.limited_jobs in {kind, "all"}

    def _wants_work(self, job: Job, now: float) -> bool:
        """Whether there is something to compute: how the job ended, or the result that its outcome promises."""
        if job.outcome is None:
            return True
        kept = now < expires_at(job, self._service.settings)
        is_told = job.outcome.status == "Failure" and self._service.settings.failure_document
        return (job.outcome.has_result or is_told) and kept and self._service.results.of(job) is None

    def _work_of(self, job: Job) -> asyncio.Task[Job]:
        """What computes how a job ended, begun now unless it was before."""
        work = self._work.get((job.kind, job.id))
        if work is None:
            work = self._work[job.kind, job.id] = asyncio.create_task(self._complete(job))
            work.add_done_callback(_heard)
        return work

    async def _complete(self, job: Job) -> Job:
        service = self._service
        try:
            scene = service.scene(job, service.picture(job.seen))
            outcome = await asyncio.to_thread(outcome_of, job, scene, service.results)
        finally:
            del self._work[job.kind, job.id]
        if service.jobs is not self:  # the world was left meanwhile
            return replace(job, outcome=outcome)
        complete = replace(service.world.jobs[job.kind][job.id], outcome=outcome)
        if outcome != job.outcome:
            service.world.put_job(complete)
            service.commit()
        self._expect(expires_at(complete, service.settings), complete)
        self._tell(complete)
        return complete

    def _expire_if_due(self, job: Job, now: float) -> None:
        if job.seen is not None and now >= expires_at(job, self._service.settings):
            self._service.results.forget(job)
            self._tell(job)

    def forget_past(self) -> None:
        """Let go of the world's past that no result needs any more."""
        service = self._service
        world, settings = service.world, service.settings
        if world.remembered < self._forget_at:
            return
        now = service.clock.now()
        needed = (
            job.seen
            for jobs in world.jobs.values()
            for job in jobs.values()
            if job.seen is not None and now < expires_at(job, settings) and self._may_be_computed(job, now)
        )
        horizon = min(needed, default=world.changes)
        world.forget(horizon)
        if service.state is not None:
            with suppress(NotKept):  # there is room for it another time
                service.state.forget(horizon)
        self._forget_at = max(_REMEMBERED, 2 * world.remembered)

    def _may_be_computed(self, job: Job, now: float) -> bool:
        """Whether the job's result is still to be written; with a state file, all are written again after a restart."""
        if bulk.is_bulk(job):
            return False  # it has the documents of its moment
        return self._service.state is not None or self._wants_work(job, now)

    def _shared(self, input: Members) -> Members:
        """The input, or an equal one that another job has already: most jobs of a test are alike."""
        text = json.dumps(input)
        if len(text) > _SHARED_SIZE:
            return input
        if len(self._inputs) >= _SHARED_INPUTS:
            self._inputs.clear()
        return self._inputs.setdefault(text, input)

    def _tell(self, job: Job) -> None:
        service = self._service
        service.publish("job", lambda: report(job, service.clock.now(), service.settings).to_json())


def _heard(work: asyncio.Task[Job]) -> None:
    """Who waited for the work may be gone; an error of it is not to be reported as forgotten."""
    if not work.cancelled():
        work.exception()
