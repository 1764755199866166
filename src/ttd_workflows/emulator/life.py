"""Where a job stands: a pure function of the job, the clock and the settings."""

from dataclasses import dataclass

from ttd_workflows.emulator.settings import Settings
from ttd_workflows.emulator.world import Job

_NEVER_ENDING = 42.0
"""How far a job that never ends seems to be."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A job's status word and how far it is; ``has_result`` while there is something to download."""

    status: str
    percentage: float | None
    completed_at: float | None = None
    has_result: bool = False


def has_ended(job: Job, now: float) -> bool:
    """Whether the job's time is over; its outcome may still have to be computed."""
    return job.ends_at is not None and now >= job.ends_at


def standing(job: Job, now: float, settings: Settings) -> Standing:
    """Where the job stands. One that has ended must have its outcome."""
    if not has_ended(job, now):
        return _under_way(job, now, settings)
    assert job.outcome is not None
    assert job.ends_at is not None
    status: str = job.outcome.status
    if status == "Failure":
        return Standing(status, settings.percentage_of_failure, job.ends_at)
    expired = now >= job.ends_at + settings.results_lifetime
    # Bulk jobs have no word for an expired result: they keep theirs and lose the URL.
    if expired and job.kind == "standard" and settings.expired_status != "kept":
        status = settings.expired_status
    return Standing(status, 100.0, job.ends_at, has_result=not expired)


def _under_way(job: Job, now: float, settings: Settings) -> Standing:
    if job.seconds is None:
        return Standing("InProgress", _NEVER_ENDING)
    done = max(0.0, now - job.created_at) / job.seconds
    if job.kind == "graphql" and done < settings.queued_share:
        return Standing("Queued", settings.percentage_at_start)
    percentage = float(int(100 * done))
    return Standing("InProgress", percentage or settings.percentage_at_start)
