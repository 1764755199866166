"""Uses as a user would write them. Never run: this is the contract with the type checkers.

``typing.assert_type`` says what each must infer.
"""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from os import PathLike
from typing import Any, assert_type

import polars as pl

from ttd_workflows import Workflows, errors, models, utils
from ttd_workflows.jobs.job import Job
from ttd_workflows.jobs.reference import Reference
from ttd_workflows.jobs.result import Result
from ttd_workflows.jobs.snapshot import Snapshot
from ttd_workflows.operations import JobStatus
from ttd_workflows.types import UNSET


def documented() -> None:
    with Workflows(ttd_auth="token") as workflows:
        res = workflows.job_status.get_job_status(id=412651)
        assert_type(res, models.TypeBasedJobStatusResponse)
        assert_type(res.status, models.WorkflowStatus)
        assert_type(res.completion_percentage, float | None)
        assert_type(res.standard_job_status_response, models.StandardJobStatusResponse)
        assert_type(res.http_meta, models.HTTPMetadata)


async def awaited() -> None:
    async with Workflows(ttd_auth=lambda: "token", server="sandbox", edition="0.7.2") as workflows:
        res = await workflows.job_status.get_job_status_async(id=412651, retries=None, timeout_ms=500)
        assert_type(res, models.TypeBasedJobStatusResponse)
        task = asyncio.create_task(workflows.campaign.get_version_async(id="abc1234"))
        assert_type(await task, models.CampaignVersionWorkflow)


def requests_as_models_and_dicts(workflows: Workflows) -> None:
    policy = utils.RetryConfig("backoff", utils.BackoffStrategy(1, 50, 1.1, 100), retry_connection_errors=False)
    job = workflows.dmp.get_third_party_data_job(
        request=models.ThirdPartyDataInput(partner_id="p1", query_shape="nodes {id}"), retries=policy
    )
    assert_type(job, models.TypeBasedJobSubmitResponse)
    typed: models.ThirdPartyDataInputTypedDict = {"partner_id": "p1", "callback_input": {"callback_url": "https://x"}}
    workflows.dmp.get_third_party_data_job(request=typed, retries=UNSET)
    workflows.dmp.get_third_party_data_job(request={"partnerId": "p1"}, http_headers={"X-Trace": "1"})
    campaign = workflows.campaign.create(
        request={
            "primary_input": {
                "advertiser_id": "0012345",
                "name": "Spring",
                "primary_channel": "Display",
                "primary_goal": {"maximize_reach": True},
            }
        },
        repeat="safe",
    )
    assert_type(campaign, models.CampaignPayload)
    assert_type(campaign.campaign_payload, models.CampaignPayload)
    assert_type(workflows.campaigns.archive(request_body=["abc1234"], force_archive=True), models.ArchivedIds)
    assert_type(
        workflows.rest_request.submit_rest_request(request={"method_type": "GET", "endpoint": "campaign/abc1234"}),
        models.JSONObject | models.JSONArray,
    )


def job_or_campaign(workflows: Workflows) -> int | None:
    answer = workflows.campaign.update_campaigns_job(request={"input": [{"id": "abc1234"}]})
    assert_type(answer, models.TypeBasedJobSubmitResponse | models.CampaignPayload)
    return answer.standard_job_submit_response.id if answer.standard_job_submit_response else None


def declared(resource: JobStatus) -> None:
    """The declaration itself infers both forms; emulator and command line are typed against it."""
    assert_type(resource.get_job_status(id=1), models.TypeBasedJobStatusResponse)
    pending = resource.get_job_status_async(id=1)
    _ = assert_type(pending, Coroutine[Any, Any, models.TypeBasedJobStatusResponse])


def jobs(workflows: Workflows) -> None:
    job = workflows.jobs.third_party_data(
        partner_id="p1", query_shape="nodes {id}", callback_input={"callback_url": "https://x"}, key="night"
    )
    assert_type(job, Job)
    assert_type(job.reference, Reference | None)
    result = job.wait(timeout=timedelta(hours=2))
    assert_type(result, Result)
    assert_type(result.save("night.json", durable=True), str | PathLike[str])
    for row in result.rows("data.partner.thirdPartyData.nodes"):
        print(row["id"])
    assert_type(result.to_polars(flatten=True), pl.DataFrame)
    assert_type(workflows.jobs.get("standard:412651"), Job)
    assert_type(workflows.jobs.get(412651).status(), Snapshot)
    for ended in workflows.jobs.as_completed([job, workflows.jobs.get(str(job.token))], timeout=60):
        assert_type(ended, Job)
    assert_type(workflows.jobs.wait_all([job]), list[Result | errors.JobError])


async def jobs_awaited(workflows: Workflows) -> None:
    pending = workflows.jobs.third_party_data_async(partner_id="p1", labels={"run": "7"})
    _ = assert_type(pending, Coroutine[Any, Any, Job])
    job = await pending
    result = await job.wait_async(timeout=timedelta(minutes=5), on_partial="raise")
    assert_type(result, Result)
    await result.save_async("night.json")
    async for row in result.rows_async():
        print(row)
    assert_type(await result.to_polars_async(), pl.DataFrame)
    async for ended in workflows.jobs.as_completed_async([job]):
        assert_type(await ended.result_async(), Result)


def jobs_fail(workflows: Workflows) -> None:
    try:
        workflows.jobs.get(412651).wait(timeout=1.5)
        workflows.jobs.third_party_data(partner_id="p1", key="night")
    except errors.WaitTimeout as waited:
        assert_type(waited.references, tuple[str, ...])
        assert_type(waited.snapshot, Snapshot | None)
    except errors.SubmissionUnknown as unknown:
        assert_type(unknown.resubmit(), Job)


def errors_say_what_is_known(workflows: Workflows) -> None:
    try:
        workflows.job_status.get_job_status(id=1)
    except errors.RateLimited as limited:
        assert_type(limited.retry_after, float | None)
    except errors.OutcomeUnknown as unknown:
        assert_type(unknown.request_id, str | None)
    except models.ProblemDetailsError as refused:
        assert_type(refused.data, models.ProblemDetails)
    except models.APIError as failed:
        assert_type(failed.status_code, int | None)
