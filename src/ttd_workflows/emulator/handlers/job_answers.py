"""What is told of a job that is asked for: by the status calls of the service and by GraphQL."""

import asyncio
from datetime import datetime

from ttd_workflows.emulator.clock import moment
from ttd_workflows.emulator.jobs.life import Standing, standing
from ttd_workflows.emulator.jobs.work import job_errors
from ttd_workflows.emulator.problems import Refusal
from ttd_workflows.emulator.service import Call
from ttd_workflows.emulator.world.world import Job, JobKind
from ttd_workflows.models.enums import BulkJobStatus, WorkflowStatus
from ttd_workflows.models.jobs import GraphQlBulkJob, TypeBasedJobStatusResponse


async def own_job(call: Call, kind: JobKind, id: int) -> Job:
    """A job that the caller submitted; others are as if they were not there."""
    job = call.world.jobs[kind].get(id)
    if job is not None and job.user != call.user.name:
        raise Refusal(call.settings.foreign_job, f"There is no job {id}.")
    return await call.service.jobs.asked(kind, id, call.now)


async def standard_status(call: Call, job: Job) -> TypeBasedJobStatusResponse:
    """The status of a standard job."""
    stands = standing(job, call.now, call.settings)
    url, raw = await _result(call, job, stands)
    return TypeBasedJobStatusResponse(
        id=job.id,
        created_at_utc=moment(job.created_at),
        status=WorkflowStatus(stands.status),
        completed_at_utc=_moment(stands.completed_at),
        completion_percentage=stands.percentage,
        url=url,
        raw_result=raw,
        errors=job_errors(job, call.settings) if stands.completed_at else None,
    )


async def bulk_job(call: Call, job: Job) -> GraphQlBulkJob:
    """The state of a GraphQL bulk job."""
    stands = standing(job, call.now, call.settings)
    url, raw = await _result(call, job, stands)
    return GraphQlBulkJob(
        id=job.id,
        created_at=moment(job.created_at),
        status=BulkJobStatus(stands.status),
        runtime_errors=job.outcome.errors if job.outcome and stands.completed_at else [],
        completed_at=_moment(stands.completed_at),
        completion_percentage=stands.percentage,
        url=url,
        raw_result=raw,
        query_gql_errors=None,
    )


async def _result(call: Call, job: Job, stands: Standing) -> tuple[str | None, str | None]:
    """The URL of a job's result, and the result itself if it is small enough; neither where there is none."""
    if not stands.has_result:
        return None, None
    file = call.service.results.of(job)
    assert file is not None
    url = call.service.result_url(call.origin, job, call.now)
    if file.size > call.settings.raw_result_limit:
        return url, None
    text = file.small if file.small is not None else await asyncio.to_thread(file.path.read_text, "utf-8")
    return (url if call.settings.raw_result_beside_url else None), text


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else moment(seconds)
