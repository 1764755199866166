"""A valid call of every operation, and what the service says to it."""

from __future__ import annotations

from typing import Any, NamedTuple

from ttd_workflows.core.operation import Operation
from ttd_workflows.core.retry import Repeat
from ttd_workflows.operations import RESOURCES

TOKEN = "tok-6f1e-unmistakable"


class Example(NamedTuple):
    """How an operation is called, and an answer to it."""

    arguments: dict[str, Any]
    status: int
    answer: Any


def _ad_group() -> dict[str, Any]:
    return {"name": "a", "channel": "Display", "funnel_location": "Awareness"}


def _campaign() -> dict[str, Any]:
    return {"advertiser_id": "adv", "name": "c", "primary_channel": "Video", "primary_goal": {"maximize_reach": True}}


_JOB = {"id": 412651}
_STATUS = {"id": 412651, "createdAtUtc": "2026-11-24T08:00:00Z", "status": "Success", "completionPercentage": 100.0}
_BULK_JOB = {"id": 2989826, "createdAt": "2026-11-24T08:00:00Z", "status": "Queued", "runtimeErrors": None}
_CAMPAIGN_ANSWER = {"campaign": {"id": "c1", "name": "c"}, "adGroups": []}

EXAMPLES: dict[str, Example] = {
    "ad_group.create_ad_groups_job": Example(
        {"request": {"input": [{"primary_input": _ad_group(), "campaign_id": "c1"}]}}, 202, _JOB
    ),
    "ad_group.update_ad_groups_job": Example({"request": {"input": [{"id": "g1"}]}}, 202, _JOB),
    "ad_groups.create": Example({"request": {"primary_input": _ad_group(), "campaign_id": "c1"}}, 200, b""),
    "ad_groups.update": Example({"request": {"id": "g1"}}, 200, {"adGroup": None}),
    "ad_groups.archive": Example({"request_body": ["g1", "007"]}, 200, ["g1", "007"]),
    "campaign.create": Example({"request": {"primary_input": _campaign()}}, 201, _CAMPAIGN_ANSWER),
    "campaign.create_campaigns_job": Example({"request": {"input": [{"primary_input": _campaign()}]}}, 202, _JOB),
    "campaign.update_campaigns_job": Example({"request": {"input": [{"id": "c1"}]}}, 202, _JOB),
    "campaign.get_version": Example({"id": "c1"}, 200, {"Id": "c1", "version": "Kokai", "budgetingVersion": None}),
    "campaigns.update": Example({"request": {"id": "c1"}}, 200, _CAMPAIGN_ANSWER),
    "campaigns.archive": Example({"request_body": ["c1"], "force_archive": True}, 200, ["c1"]),
    "dmp.get_first_party_data_job": Example({"request": {"advertiser_id": "adv"}}, 202, _JOB),
    "dmp.get_third_party_data_job": Example({"request": {"partner_id": "p1"}}, 202, _JOB),
    "graph_ql_request.submit_graph_ql_request": Example({"request": {"request": "{ x }"}}, 200, {"data": {"x": 1}}),
    "graph_ql_request.submit_graph_ql_bulk_query_job": Example(
        {"request": {"query": "{ x }"}}, 200, {"payload": {"data": _BULK_JOB, "errors": None}, "errors": None}
    ),
    "job_status.get_job_status": Example({"id": 412651}, 200, _STATUS),
    "job_status.get_graph_ql_bulk_job_status": Example({"id": "2989826"}, 200, {"job": _BULK_JOB, "errors": None}),
    "rest_request.submit_rest_request": Example(
        {"request": {"method_type": "POST", "endpoint": "campaign"}}, 200, {"CampaignId": "c1"}
    ),
}

OPERATIONS: dict[str, Operation[Any, Any]] = {
    f"{resource.attribute}.{name}": member
    for resource in RESOURCES
    for name, member in vars(resource).items()
    if isinstance(member, Operation)
}
"""Every declared operation by its documented name."""

ONCE = sorted(name for name, op in OPERATIONS.items() if op.repeat(EXAMPLES[name].arguments) is Repeat.ONCE)
SAFE = sorted(set(OPERATIONS) - set(ONCE))
STATUS = "job_status.get_job_status"
SUBMIT = "dmp.get_third_party_data_job"
