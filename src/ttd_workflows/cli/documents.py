"""What programs are told of a job: the members of ``--json``, the same from every command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from ttd_workflows.jobs.job import Job


def of_job(job: Job) -> dict[str, Any]:
    """A job as far as it is known here. Times are in UTC; what is not known is null."""
    last = job.last
    return {
        "job": None if job.reference is None else str(job.reference),
        "key": job.key,
        "operation": job.operation,
        "state": last.state if last else None,
        "percent": last.percent if last else None,
        "createdAt": last and moment(last.created_at),
        "completedAt": last and moment(last.completed_at),
        "expiresAt": last and moment(last.expires_at),
        "errors": list(last.errors) if last else [],
    }


def moment(at: datetime | None) -> str | None:
    """A moment as JSON has it."""
    return None if at is None else at.isoformat(timespec="seconds").replace("+00:00", "Z")
