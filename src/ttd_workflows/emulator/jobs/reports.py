"""Jobs as those see them who watch the emulator: where each stands, where it was, and what was asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from typing import TYPE_CHECKING, Any

from ttd_workflows.core.redaction import without_callback_headers
from ttd_workflows.emulator.clock import timestamp
from ttd_workflows.emulator.jobs.life import Step, has_ended, standing, timeline
from ttd_workflows.emulator.settings import Settings
from ttd_workflows.emulator.world.world import Job, JobKind, Members

if TYPE_CHECKING:
    from ttd_workflows.emulator.service import Service

ACTIONS = ("finish", "fail", "cancel", "expire")
"""What can be done to a job by hand."""


@dataclass(frozen=True, slots=True)
class JobReport:
    """One job at one moment. Points in time are seconds since 1970 on the emulator's clock."""

    reference: str
    kind: JobKind
    id: int
    operation: str
    status: str
    percentage: float | None
    created_at: float
    ends_at: float | None
    """When it ended or will end; ``None``: not by time."""
    completed_at: float | None
    errors: list[str]
    size: int
    """Bytes of its result."""
    timeline: list[Step]
    input: Members
    """What was sent, the values of callback headers masked."""

    def to_json(self) -> dict[str, Any]:
        """The report as the controls give it."""
        return {
            "reference": self.reference,
            "kind": self.kind,
            "id": self.id,
            "operation": self.operation,
            "status": self.status,
            "percentage": self.percentage,
            "createdAt": timestamp(self.created_at),
            "endsAt": _written(self.ends_at),
            "completedAt": _written(self.completed_at),
            "errors": self.errors,
            "size": self.size,
            "timeline": [{"status": step.status, "at": timestamp(step.at)} for step in self.timeline],
            "input": self.input,
        }


def report(job: Job, now: float, settings: Settings) -> JobReport:
    """How a job stands. One that has ended but is not computed yet is still told as under way."""
    ends_at = job.ends_at
    if job.outcome is None and has_ended(job, now):
        assert ends_at is not None
        now = ends_at - 1e-6
    stands = standing(job, now, settings)
    outcome = job.outcome
    return JobReport(
        reference=job.reference,
        kind=job.kind,
        id=job.id,
        operation=job.operation,
        status=stands.status,
        percentage=stands.percentage,
        created_at=job.created_at,
        ends_at=ends_at,
        completed_at=stands.completed_at,
        errors=outcome.errors if outcome else [],
        size=outcome.size if outcome else 0,
        timeline=timeline(job, now, settings),
        input=without_callback_headers(job.input),
    )


def _written(at: float | None) -> str | None:
    return None if at is None else timestamp(at)


class WatchedJobs:
    """The jobs of an emulator, to be looked at and to be ended by hand, from any thread.

    Iterating goes from the oldest to the newest. A job is called by its reference, ``standard:1`` or ``graphql:1``;
    a number is a standard job. What has ended is computed when it is looked at.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    def __len__(self) -> int:
        return sum(len(jobs) for jobs in self._service.world.jobs.values())

    def __iter__(self) -> Iterator[JobReport]:
        jobs = [job for jobs in self._service.world.jobs.values() for job in list(jobs.values())]
        return (self[job.reference] for job in sorted(jobs, key=_age))

    def __getitem__(self, reference: str | int) -> JobReport:
        return self._service.home.wait(lambda: self.read(reference))

    def finish(self, reference: str | int) -> JobReport:
        """End a job now, with what its work or its plan gives."""
        return self._act("finish", reference)

    def fail(self, reference: str | int, *errors: str) -> JobReport:
        """Let a job fail now; a bulk job then stores nothing."""
        return self._act("fail", reference, *errors)

    def cancel(self, reference: str | int) -> JobReport:
        """Cancel a GraphQL bulk job now; standard jobs cannot be cancelled."""
        return self._act("cancel", reference)

    def expire(self, reference: str | int) -> JobReport:
        """Let an ended job's result expire now."""
        return self._act("expire", reference)

    async def read(self, reference: str | int) -> JobReport:
        """How a job stands, computed if it has ended. Raises :class:`~ttd_workflows.emulator.jobs.jobs.NoSuchJob`."""
        service = self._service
        now = service.settle()
        job = service.jobs.of(reference)
        return report(await service.jobs.job(job.kind, job.id, now), now, service.settings)

    async def act(self, action: str, reference: str | int, *errors: str) -> JobReport:
        """Do one of :data:`ACTIONS`. Raises :class:`~ttd_workflows.emulator.jobs.jobs.WrongAction` where it is none."""
        getattr(self._service.jobs, action)(reference, *errors)
        return await self.read(reference)

    async def page(
        self, *, kind: JobKind | None, status: str | None, limit: int, after: str | None
    ) -> tuple[list[JobReport], int]:
        """The newest jobs, below ``after`` where that is given; and how many there are of that kind and status."""
        jobs = [jobs for name, jobs in self._service.world.jobs.items() if kind in {None, name}]
        newest = merge(*(list(reversed(some.values())) for some in jobs), key=_age, reverse=True)
        shown: list[JobReport] = []
        total = 0 if status else sum(map(len, jobs))
        begun = after is None
        for job in newest:
            if status is None and len(shown) == limit:
                break
            told = await self.read(job.reference) if status or begun else None
            if told is None or status in {None, told.status}:
                total += status is not None
                if begun and told is not None and len(shown) < limit:
                    shown.append(told)
            begun = begun or job.reference == after
        return shown, total

    def _act(self, action: str, reference: str | int, *errors: str) -> JobReport:
        return self._service.home.wait(lambda: self.act(action, reference, *errors))


def _age(job: Job) -> float:
    return job.created_at
