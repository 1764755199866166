"""Inputs with which the official SDKs do wrong: what they send, and what our client does instead."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from .contract import EDITIONS
from .recorder import NO_BODY, Reply

ACCEPTED = Reply(202, b'{"id": 412651}')
IN_PROGRESS = Reply(200, b'{"id": 7, "createdAtUtc": "2026-01-01T00:00:00Z", "status": "InProgress"}')


@dataclass(frozen=True)
class Defect:
    """One input or answer, what the official SDK does with it (``wrong``), and ours (``right``).

    Each is the target and the body of the request that is sent, or the name of the error that is raised.
    """

    name: str
    call: str
    arguments: dict[str, Any]
    wrong: tuple[str, object] | str
    right: tuple[str, object] | str
    editions: tuple[str, ...] = EDITIONS
    token: str = "emulator"
    reply: Reply = ACCEPTED


def _update(**primary: object) -> dict[str, Any]:
    return {"request": {"id": "c", "primary_input": primary}}


def _update_assigned(**primary: object) -> dict[str, Any]:
    """The same, its members assigned after the model was made."""
    return {"request": {"id": "c", "primary_input": {"$assigned": ["CampaignUpdateWorkflowPrimaryInput", {}, primary]}}}


FIRST_PARTY, CAMPAIGN = "{jobs}/firstpartydata", "/campaign"
DEFECTS = (
    Defect(
        "GraphQL variables are lost",
        "graph_ql_request.submit_graph_ql_request",
        {"request": {"request": "query", "variables": {"id": "adv0001", "first": 10}}},
        wrong=("/graphqlrequest", {"request": "query", "variables": {}}),
        right=("/graphqlrequest", {"request": "query", "variables": {"id": "adv0001", "first": 10}}),
        editions=("0.7.2",),
        reply=Reply(200, b"{}"),
    ),
    Defect(
        "a misspelt member is dropped in silence",
        "dmp.get_first_party_data_job",
        {"request": {"advertiser_id": "adv0001", "name_fliter": "spring"}},
        wrong=(FIRST_PARTY, {"advertiserId": "adv0001"}),
        right="InputError",
    ),
    Defect(
        "NaN is sent as null, which clears the member",
        "campaigns.update",
        _update(custom_cpa_click_weight=math.nan),
        wrong=(CAMPAIGN, {"id": "c", "primaryInput": {"customCPAClickWeight": None}}),
        right="InputError",
    ),
    Defect(
        "NaN assigned to a model is sent as null too",
        "campaigns.update",
        _update_assigned(custom_cpa_click_weight=math.nan),
        wrong=(CAMPAIGN, {"id": "c", "primaryInput": {"customCPAClickWeight": None}}),
        right="InputError",
    ),
    Defect(
        "a whole number assigned to a model is dropped in silence",
        "campaigns.update",
        _update_assigned(custom_cpa_click_weight=3),
        wrong=(CAMPAIGN, {"id": "c", "primaryInput": {}}),
        right=(CAMPAIGN, {"id": "c", "primaryInput": {"customCPAClickWeight": 3}}),
        reply=Reply(200, b"{}"),
    ),
    Defect(
        "a header that is no text makes all of them be dropped",
        "dmp.get_first_party_data_job",
        {"request": {"advertiser_id": "a", "callback_input": {"callback_url": "u", "callback_headers": {"n": 1}}}},
        wrong=(FIRST_PARTY, {"advertiserId": "a", "callbackInput": {"callbackUrl": "u"}}),
        right="InputError",
    ),
    Defect(
        "a date without a zone is sent without a zone",
        "campaigns.update",
        _update(end_date_in_utc={"$datetime": "2026-01-01T00:00:00"}),
        wrong=(CAMPAIGN, {"id": "c", "primaryInput": {"endDateInUtc": "2026-01-01T00:00:00"}}),
        right="InputError",
    ),
    Defect(
        "a date without a zone assigned to a model is sent without a zone too",
        "campaigns.update",
        _update_assigned(end_date_in_utc={"$datetime": "2026-01-01T00:00:00"}),
        wrong=(CAMPAIGN, {"id": "c", "primaryInput": {"endDateInUtc": "2026-01-01T00:00:00"}}),
        right="InputError",
    ),
    Defect(
        "True counts as job 1",
        "job_status.get_job_status",
        {"id": True},
        wrong=("{jobs}/1/status", NO_BODY),
        right="InputError",
    ),
    Defect(
        "an id leads to another path",
        "job_status.get_graph_ql_bulk_job_status",
        {"id": "../campaign/archive"},
        wrong=("/campaign/archive", NO_BODY),
        right=("/graphqlbulkjob/..%2Fcampaign%2Farchive", NO_BODY),
        editions=("0.13.2",),
        reply=Reply(200, b'{"job": null}'),
    ),
    Defect(
        "an id that is two dots leads to another path",
        "campaign.get_version",
        {"id": ".."},
        wrong=("/version", NO_BODY),
        right="InputError",
    ),
    Defect(
        "an id is cut at a question mark or a hash",
        "campaign.get_version",
        {"id": "a?b#c"},
        wrong=("/campaign/a", NO_BODY),
        right=("/campaign/a%3Fb%23c/version", NO_BODY),
        reply=Reply(200, b'{"Id": "a?b#c"}'),
    ),
    Defect(
        "a token read from a file, with its newline",
        "job_status.get_job_status",
        {"id": 7},
        wrong="LocalProtocolError",
        right=("{jobs}/7/status", NO_BODY),
        token="emulator\n",
        reply=IN_PROGRESS,
    ),
)
