"""Handlers of jobs: what is answered to submitting one and to asking for its status."""

from __future__ import annotations

import asyncio
from typing import Unpack

from ttd_workflows import models
from ttd_workflows.core.operation import Body, CallOptions
from ttd_workflows.emulator.handlers.job_answers import bulk_job, own_job, standard_status
from ttd_workflows.emulator.handlers.serving import sent_members, serves
from ttd_workflows.emulator.jobs.jobs import QueueFull
from ttd_workflows.emulator.jobs.plans import GRAPHQL_JOB
from ttd_workflows.emulator.jobs.work import faults_of
from ttd_workflows.emulator.problems import Refusal, invalid
from ttd_workflows.emulator.service import Call
from ttd_workflows.emulator.world.world import Advertiser, Members, Partner
from ttd_workflows.models.base import Input
from ttd_workflows.models.jobs import (
    GraphQLBulkJobError,
    GraphQlBulkJobPayload,
    GraphQlBulkJobResponse,
    GraphQLBulkJobRetrievalResponse,
    TypeBasedJobStatusResponse,
    TypeBasedJobSubmitResponse,
)
from ttd_workflows.operations import AdGroup, Campaign, Dmp, GraphQLRequest, JobStatus


@serves(JobStatus.get_job_status)
async def get_job_status(call: Call, /, *, id: int, **_: Unpack[CallOptions]) -> TypeBasedJobStatusResponse:
    return await standard_status(call, await own_job(call, "standard", id))


@serves(JobStatus.get_graph_ql_bulk_job_status)
async def get_graph_ql_bulk_job_status(
    call: Call, /, *, id: str, **_: Unpack[CallOptions]
) -> GraphQLBulkJobRetrievalResponse:
    if not (id.isascii() and id.isdecimal() and 0 < int(id) < 2**63):
        raise invalid("id", f"The value '{id}' is not valid.")
    job = await own_job(call, "graphql", int(id))
    return GraphQLBulkJobRetrievalResponse(job=await bulk_job(call, job), errors=None)


@serves(Dmp.get_first_party_data_job, status=202)
async def get_first_party_data_job(
    call: Call, /, *, request: Body[models.FirstPartyDataInput] = None, **_: Unpack[CallOptions]
) -> TypeBasedJobSubmitResponse:
    sent = sent_members(request)
    if call.scene.find(Advertiser, sent["advertiserId"]) is None:
        raise _no_target(call, "$.advertiserId", "advertiser", sent["advertiserId"])
    await _check_shape(call, sent)
    return _submitted(call, "get_first_party_data_job", sent)


@serves(Dmp.get_third_party_data_job, status=202)
async def get_third_party_data_job(
    call: Call, /, *, request: Body[models.ThirdPartyDataInput] = None, **_: Unpack[CallOptions]
) -> TypeBasedJobSubmitResponse:
    sent = sent_members(request)
    if call.scene.find(Partner, sent["partnerId"]) is None:
        raise _no_target(call, "$.partnerId", "partner", sent["partnerId"])
    await _check_shape(call, sent)
    return _submitted(call, "get_third_party_data_job", sent)


@serves(Campaign.create_campaigns_job, status=202)
def create_campaigns_job(
    call: Call,
    /,
    *,
    request: Body[models.CampaignBulkCreateWorkflowInputWithValidation] = None,
    **_: Unpack[CallOptions],
) -> TypeBasedJobSubmitResponse:
    return _submitted(call, "create_campaigns_job", _bulk(call, request))


@serves(Campaign.update_campaigns_job, status=202)
def update_campaigns_job(
    call: Call,
    /,
    *,
    request: Body[models.CampaignBulkUpdateWorkflowInputWithValidation] = None,
    **_: Unpack[CallOptions],
) -> TypeBasedJobSubmitResponse:
    return _submitted(call, "update_campaigns_job", _bulk(call, request))


@serves(AdGroup.create_ad_groups_job, status=202)
def create_ad_groups_job(
    call: Call,
    /,
    *,
    request: Body[models.AdGroupBulkCreateWorkflowInputWithValidation] = None,
    **_: Unpack[CallOptions],
) -> TypeBasedJobSubmitResponse:
    return _submitted(call, "create_ad_groups_job", _bulk(call, request))


@serves(AdGroup.update_ad_groups_job, status=202)
def update_ad_groups_job(
    call: Call,
    /,
    *,
    request: Body[models.AdGroupBulkUpdateWorkflowInputWithValidation] = None,
    **_: Unpack[CallOptions],
) -> TypeBasedJobSubmitResponse:
    return _submitted(call, "update_ad_groups_job", _bulk(call, request))


@serves(GraphQLRequest.submit_graph_ql_bulk_query_job)
async def submit_graph_ql_bulk_query_job(
    call: Call, /, *, request: Body[models.GraphQlQueryJobInput] = None, **_: Unpack[CallOptions]
) -> GraphQlBulkJobResponse:
    sent = sent_members(request)
    if faults := await asyncio.to_thread(faults_of, "graphql", sent):
        errors = [GraphQLBulkJobError(message=fault, field=["query"]) for fault in faults]
        return GraphQlBulkJobResponse(payload=GraphQlBulkJobPayload(data=None, errors=errors), errors=None)
    try:
        job = call.service.jobs.accept("graphql", GRAPHQL_JOB, sent, call.now, call.user.name)
    except QueueFull as full:
        errors = [GraphQLBulkJobError(message=str(full.detail), field=["query"])]
        return GraphQlBulkJobResponse(payload=GraphQlBulkJobPayload(data=None, errors=errors), errors=None)
    data = await bulk_job(call, await call.service.jobs.job("graphql", job.id, call.now))
    return GraphQlBulkJobResponse(payload=GraphQlBulkJobPayload(data=data, errors=None), errors=None)


def _bulk(call: Call, request: Body[Input]) -> Members:
    sent = sent_members(request)
    if sent["input"] is None:
        raise invalid("$.input", "The input field is required.")
    if not sent["input"] and call.settings.empty_input == "refused":
        raise invalid("$.input", "The input field must have at least one element.")
    return sent


def _submitted(call: Call, operation: str, sent: Members) -> TypeBasedJobSubmitResponse:
    job = call.service.jobs.accept("standard", operation, sent, call.now, call.user.name)
    return TypeBasedJobSubmitResponse(id=job.id)


async def _check_shape(call: Call, sent: Members) -> None:
    if call.settings.bad_query_shape == "failure" or not sent.get("queryShape"):
        return
    if faults := await asyncio.to_thread(faults_of, "standard", sent):
        raise Refusal(400, errors={"$.queryShape": faults})


def _no_target(call: Call, path: str, kind: str, id: str) -> Refusal:
    return invalid(path, f"There is no {kind} '{id}', or the token may not see it.", call.settings.data_target_unknown)
