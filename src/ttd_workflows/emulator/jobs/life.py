"""Where a job stands: a pure function of the job, the clock and the settings."""

from dataclasses import dataclass
from typing import NamedTuple

from ttd_workflows.emulator.settings import Settings
from ttd_workflows.emulator.world.world import Job


@dataclass(frozen=True, slots=True)
class Standing:
    """A job's status word and how far it is; ``has_result`` while there is something to download."""

    status: str
    percentage: float | None
    completed_at: float | None = None
    has_result: bool = False


class Step(NamedTuple):
    """A status that a job came to, and when."""

    status: str
    at: float


def has_ended(job: Job, now: float) -> bool:
    """Whether the job's time is over; its outcome may still have to be computed."""
    ends_at = job.ends_at
    return ends_at is not None and now >= ends_at


def standing(job: Job, now: float, settings: Settings) -> Standing:
    """Where the job stands. One that has ended must have its outcome."""
    if not has_ended(job, now):
        return _under_way(job, now, settings)
    assert job.outcome is not None
    ends_at = job.ends_at
    assert ends_at is not None
    status: str = job.outcome.status
    if status == "Failure":
        is_told = settings.failure_document and now < expires_at(job, settings)
        return Standing(status, settings.percentage_of_failure, ends_at, has_result=is_told)
    if status == "Cancelled":
        return Standing(status, _under_way(job, ends_at, settings).percentage, ends_at)
    expired = now >= expires_at(job, settings)
    # Bulk jobs have no word for an expired result: they keep theirs and lose the URL.
    if expired and job.kind == "standard" and settings.expired_status != "kept":
        status = settings.expired_status
    return Standing(status, 100.0, ends_at, has_result=not expired)


def expires_at(job: Job, settings: Settings) -> float:
    """When the result of an ended job is no longer kept."""
    assert job.ends_at is not None
    if job.expired_at is not None:
        return job.expired_at
    since = job.ends_at if settings.results_kept_from == "completion" else job.created_at
    return since + settings.results_lifetime


def timeline(job: Job, now: float, settings: Settings) -> list[Step]:
    """The statuses that a job had up to now, and since when."""
    steps = [Step("InProgress", job.created_at)]
    if job.kind == "graphql":
        steps = [Step("Queued", job.created_at)]
        if job.starts_at is not None:
            steps.append(Step("InProgress", job.starts_at + settings.queued_share * _pace(job, settings)))
    if has_ended(job, now):
        stands = standing(job, now, settings)
        assert job.outcome is not None
        assert stands.completed_at is not None
        steps = [step for step in steps if step.at <= stands.completed_at]
        steps.append(Step(job.outcome.status, stands.completed_at))
        if stands.status == "ResultsExpired":
            steps.append(Step(stands.status, expires_at(job, settings)))
    return [step for step in steps if step.at <= now]


def _under_way(job: Job, now: float, settings: Settings) -> Standing:
    done = _done(job, now, settings)
    if job.waited is None or (job.kind == "graphql" and done < settings.queued_share):
        return Standing("Queued" if job.kind == "graphql" else "InProgress", settings.percentage_at_start)
    percentage = float(min(99, int(100 * done)))
    return Standing("InProgress", percentage or settings.percentage_at_start)


def _done(job: Job, now: float, settings: Settings) -> float:
    """The share of a job's way that is behind it."""
    plan, starts_at = job.plan, job.starts_at
    if starts_at is None:
        return 0.0
    if plan is not None and plan.polls is not None:
        return job.polls / plan.polls
    pace = _pace(job, settings)
    done = max(0.0, now - starts_at) / pace if pace else 1.0
    return done if plan is None or plan.stall_at is None else min(done, plan.stall_at / 100)


def _pace(job: Job, settings: Settings) -> float:
    """How long the job's whole way takes, were it to go on."""
    if job.plan is not None and job.plan.polls is not None:
        return 0.0
    if job.seconds is not None:
        return job.seconds
    return settings.job_seconds if job.plan is None or job.plan.seconds is None else job.plan.seconds
