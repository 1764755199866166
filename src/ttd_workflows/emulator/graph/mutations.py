"""What GraphQL changes, and the bulk jobs it submits, shows and cancels. These fields live on the event loop.

A mutation says what is wrong in its payload, not in the answer's ``errors``.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ttd_workflows import models
from ttd_workflows.emulator.graph.resolvers import Graph, NotFound, Resolver
from ttd_workflows.emulator.graph.spelling import upper_snake, word_of
from ttd_workflows.emulator.handlers.job_answers import bulk_job, own_job
from ttd_workflows.emulator.handlers.serving import sent_members
from ttd_workflows.emulator.jobs.jobs import WrongAction
from ttd_workflows.emulator.jobs.plans import GRAPHQL_JOB, MUTATION_JOB
from ttd_workflows.emulator.jobs.work import faults_of, mutation_faults_of
from ttd_workflows.emulator.problems import Refusal
from ttd_workflows.emulator.service import Call
from ttd_workflows.emulator.web.bodies import read
from ttd_workflows.emulator.world import entities
from ttd_workflows.emulator.world.world import Job, Members
from ttd_workflows.models import enums
from ttd_workflows.models.base import Input, OpenEnum

_ENUMS: dict[str, type[OpenEnum]] = {
    "primaryChannel": enums.CampaignChannelType,
    "pacingMode": enums.CampaignPacingMode,
    "channel": enums.AdGroupChannel,
    "funnelLocation": enums.AdGroupFunnelLocation,
    "marketType": enums.MarketType,
}
_BESIDE = {"id", "campaignId"}
_ADVANCED = {"flights"}


def _changing(model: type[Input], change: Callable[[Graph, Members], Any]) -> Resolver:
    """A mutation of one campaign or ad group: its input is held to the model that the service itself takes."""

    def of(source: Any, graph: Graph, arguments: Mapping[str, Any]) -> Members:
        try:
            body = read(model, _sent(arguments["input"]), graph.settings)
            return {"data": change(graph, sent_members(body)), "errors": [], "userErrors": []}
        except Refusal as refusal:
            errors = _told(graph, refusal)
            wrong = [{"__typename": "InvalidInputError", **error} for error in errors]
            return {"data": None, "errors": wrong, "userErrors": errors}

    return of


def _archiving(archive: Callable[[Graph, list[str], bool], list[str]]) -> Resolver:
    def of(source: Any, graph: Graph, arguments: Mapping[str, Any]) -> Members:
        sent = arguments["input"]
        try:
            return {"data": archive(graph, list(sent["ids"]), bool(sent.get("forceArchive"))), "errors": []}
        except Refusal as refusal:
            return {"data": None, "errors": [error["message"] for error in _told(graph, refusal)]}

    return of


async def _create_query_bulk(source: Any, graph: Graph, arguments: Mapping[str, Any]) -> Members:
    sent = arguments["input"]
    job_input = {"query": sent["query"], **_callback(sent)}
    return await _submit(
        graph, GRAPHQL_JOB, job_input, "query", await asyncio.to_thread(faults_of, "graphql", job_input)
    )


async def _create_mutation_bulk(source: Any, graph: Graph, arguments: Mapping[str, Any]) -> Members:
    sent = arguments["input"]
    variables = list(sent["mutationVariables"])
    faults, read_variables = await asyncio.to_thread(mutation_faults_of, sent["mutation"], variables)
    job_input = {"mutation": sent["mutation"], "input": read_variables, **_callback(sent)}
    return await _submit(graph, MUTATION_JOB, job_input, "mutation", faults)


async def _submit(graph: Graph, operation: str, job_input: Members, field: str, faults: list[str]) -> Members:
    call = _call(graph)
    if faults:
        kind = {"__typename": "BulkJobQueryValidationError", "queryErrors": faults}
        return {"data": None, "errors": [{**kind, "message": faults[0], "field": [field]}]}
    try:
        job = call.service.jobs.accept("graphql", operation, job_input, call.now, call.user.name)
    except Refusal as refusal:
        told = _told(graph, refusal) or [{"message": str(refusal.detail), "field": [field]}]
        return {"data": None, "errors": [{"__typename": "InvalidInputError", **error} for error in told]}
    return {"data": await _shown(call, await call.service.jobs.job("graphql", job.id, call.now)), "errors": []}


async def _cancel(source: Any, graph: Graph, arguments: Mapping[str, Any]) -> Members:
    call = _call(graph)
    job = await _found(call, arguments["input"]["jobId"])
    reason = (
        f"job {job.id} runs a mutation: only query jobs can be cancelled" if job.operation == MUTATION_JOB else None
    )
    try:
        job = job if reason else call.service.jobs.cancel(job.reference)
    except WrongAction as error:
        reason = str(error)
    if reason:
        return {"data": None, "errors": [_wrong(reason, ["jobId"])]}
    return {"data": await _shown(replace(call, now=call.service.settle()), job), "errors": []}


async def _bulk_job(source: Any, graph: Graph, arguments: Mapping[str, Any]) -> Members:
    call = _call(graph)
    return await _shown(call, await _found(call, arguments["id"]))


async def _found(call: Call, id: str) -> Job:
    try:
        return await own_job(call, "graphql", int(id) if id.isascii() and id.isdecimal() and len(id) < 20 else 0)
    except Refusal:
        raise NotFound(f"BulkJob '{id}' isn't found, or you are not authorized to see it.") from None


async def _shown(call: Call, job: Job) -> Members:
    """A bulk job as GraphQL shows it."""
    shown = (await bulk_job(call, job)).model_dump(mode="json", by_alias=True)
    shown["status"] = upper_snake(shown["status"])
    if job.operation != MUTATION_JOB:
        return {"__typename": "BulkQueryJob", **shown, "gqlErrors": None}
    items = (job.outcome.items if job.outcome else None) or []
    errors = [{"error": error["message"], "index": item["index"]} for item in items for error in item["errors"]]
    return {"__typename": "BulkMutationJob", **shown, "mutationGqlErrors": errors or None}


def _call(graph: Graph) -> Call:
    if graph.call is None:
        raise ValueError("Bulk jobs are submitted, asked for and cancelled one by one, not from within a job.")
    return graph.call


def _sent(given: Mapping[str, Any]) -> Members:
    """The body that the service takes for what GraphQL was given."""
    sent: Members = {name: given[name] for name in _BESIDE & given.keys()}
    for holder, names in (("advancedInput", _ADVANCED), ("primaryInput", given.keys() - _BESIDE - _ADVANCED)):
        members = {name: _respelt(name, value) for name, value in given.items() if name in names}
        if members or holder == "primaryInput":
            sent[holder] = members
    return sent


def _respelt(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {inner: _respelt(inner, one) for inner, one in value.items()}
    if isinstance(value, list):
        return [_respelt(name, one) for one in value]
    return word_of(_ENUMS[name], value) if name in _ENUMS and value is not None else value


def _callback(sent: Mapping[str, Any]) -> Members:
    callback = sent.get("bulkJobCallback")
    return {"callbackInput": callback} if callback else {}


def _told(graph: Graph, refusal: Refusal) -> list[Members]:
    """What a refusal says, by field of the mutation's input."""
    told: list[Members] = []
    for path, messages in refusal.errors.items():
        field = [step for step in path.split(".")[1:] if step not in {"primaryInput", "advancedInput"}]
        told += [{"message": message, "field": field} for message in messages]
    graph.refused.extend(error["message"] for error in told)
    return told


def _wrong(message: str, field: list[str]) -> Members:
    return {"__typename": "InvalidInputError", "message": message, "field": field}


FIELDS: dict[tuple[str, str], Resolver] = {
    ("Query", "bulkJob"): _bulk_job,
    ("Mutation", "createQueryBulk"): _create_query_bulk,
    ("Mutation", "createMutationBulk"): _create_mutation_bulk,
    ("Mutation", "cancelBulkJob"): _cancel,
    ("Mutation", "campaignCreate"): _changing(
        models.CampaignCreateWorkflowInput, lambda graph, sent: entities.create_campaign(graph, sent)[0]
    ),
    ("Mutation", "campaignUpdate"): _changing(models.CampaignUpdateWorkflowInput, entities.update_campaign),
    ("Mutation", "campaignsArchive"): _archiving(entities.archive_campaigns),
    ("Mutation", "adGroupCreate"): _changing(models.AdGroupCreateWorkflowInput, entities.create_ad_group),
    ("Mutation", "adGroupUpdate"): _changing(models.AdGroupUpdateWorkflowInput, entities.update_ad_group),
    ("Mutation", "adGroupsArchive"): _archiving(entities.archive_ad_groups),
}
