"""A job as those see it who watch the emulator: where it stands, where it was, and what was asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ttd_workflows.core.redaction import without_callback_headers
from ttd_workflows.emulator.clock import timestamp
from ttd_workflows.emulator.life import Step, has_ended, standing, timeline
from ttd_workflows.emulator.settings import Settings
from ttd_workflows.emulator.world import Job, JobKind, Members


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
