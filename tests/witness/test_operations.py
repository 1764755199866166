"""All operations of both official SDKs succeed against the emulator, and ours reads what they read.

One story, told by each client to an emulator of its own: a campaign and an ad group are made, changed and archived;
bulk jobs are submitted, followed and their results read; GraphQL and REST see what was made. 16 operations in edition
0.7.2 and 18 in 0.13.2: 34 of 34.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from ttd_workflows.emulator import Emulator

from .clients import Client, official, ours
from .conftest import REPORT
from .contract import EDITIONS, contract
from .journey import Journey

if TYPE_CHECKING:
    from collections.abc import Callable

ADVERTISER, PARTNER = "0012345", "p1"
JOB_SECONDS = 0.15
OPERATIONS = 34


def test_there_are_34_operations() -> None:
    assert sum(len(contract(edition).operations) for edition in EDITIONS) == OPERATIONS


@pytest.mark.parametrize("form", ["", "_async"], ids=["blocking", "async"])
def test_every_operation_succeeds(edition: str, form: str, record_property: Callable[[str, object], None]) -> None:
    with ThreadPoolExecutor(2) as both:
        theirs, mine = both.map(lambda client: travelled(client, edition, form), (official, ours))
    wanted = {operation.name for operation in contract(edition).operations}
    record_property(
        REPORT,
        f"emulator, edition {edition}, {'async' if form else 'blocking'}: the official SDK succeeded with "
        f"{len(theirs.operations)} of {len(wanted)} operations, ours with {len(mine.operations)}",
    )
    assert theirs.operations == mine.operations == wanted

    our_answers, their_answers = mine.comparable(), theirs.comparable()
    if (
        edition == "0.7.2"
    ):  # that SDK drops what is newer than itself, and what the passthrough gives back; ours keeps it
        our_answers = _trimmed(our_answers, their_answers)
    assert our_answers == their_answers


def travelled(client: Callable[..., Client], edition: str, form: str) -> Journey:
    """The story as this client told it."""
    with Emulator(job_seconds=JOB_SECONDS) as emulator:
        with client(edition, emulator.url, "--token", emulator.token) as process:
            journey = Journey(process, contract(edition), form)
            _one_by_one(journey, lost=client is official and edition == "0.7.2")
            _in_bulk(journey)
            if edition != "0.7.2":
                _graphql_in_bulk(journey)
            _archived(journey)
        return journey


def _one_by_one(journey: Journey, *, lost: bool) -> None:
    """A campaign and an ad group are made and changed; ``lost``: this SDK gives no body of a passthrough back."""
    primary = {
        "advertiser_id": ADVERTISER,
        "name": "Frühling 2026",
        "primary_channel": "Display",
        "primary_goal": {"maximize_reach": True},
        "start_date_in_utc": {"$datetime": "2026-03-01T00:00:00+00:00"},
        "budget": {"pacing_mode": "PaceAhead", "budget_in_advertiser_currency": 5000.5},
    }
    campaign = journey.ask("campaign.create", request={"primary_input": primary})["campaign"]
    campaign_id = campaign["id"]
    assert campaign["name"] == "Frühling 2026"

    primary = {"name": "Berlin", "channel": "Display", "funnel_location": "Awareness", "description": "first"}
    group_input = {"campaign_id": campaign_id, "primary_input": primary}
    group = journey.ask("ad_groups.create", request=group_input)["adGroup"]
    assert (group["name"], group["campaignId"], group["channel"]) == ("Berlin", campaign_id, "Display")

    change = {"id": group["id"], "primary_input": {"name": "Hamburg", "description": None}}
    changed = journey.ask("ad_groups.update", request=change)["adGroup"]
    assert (changed["id"], changed["name"], changed.get("description")) == (group["id"], "Hamburg", None)

    change = {"id": campaign_id, "primary_input": {"name": "Sommer 2026"}}
    changed = journey.ask("campaigns.update", request=change)["campaign"]
    assert (changed["id"], changed["name"], changed["primaryChannel"]) == (campaign_id, "Sommer 2026", "Display")

    version = journey.ask("campaign.get_version", id=campaign_id)
    assert (version["Id"], version["version"]) == (campaign_id, "Kokai")

    query = f'query {{ campaign(id: "{campaign_id}") {{ id name }} }}'
    answer = journey.ask("graph_ql_request.submit_graph_ql_request", request={"request": query})
    assert lost or answer["data"]["campaign"] == {"id": campaign_id, "name": "Sommer 2026"}

    fields = f'campaignId: "{campaign_id}", name: "Kiel", channel: DISPLAY, funnelLocation: AWARENESS'
    mutation = f"mutation {{ adGroupCreate(input: {{ {fields} }}) {{ data {{ name }} userErrors {{ message }} }} }}"
    answer = journey.ask("graph_ql_request.submit_graph_ql_request", request={"request": mutation})
    assert lost or answer["data"]["adGroupCreate"] == {"data": {"name": "Kiel"}, "userErrors": []}

    look_up = json.dumps({"AdvertiserId": ADVERTISER, "PageSize": 1})
    post = {"method_type": "POST", "endpoint": "dmp/firstparty/advertiser", "data_body": look_up}
    answer = journey.ask("rest_request.submit_rest_request", request=post)
    assert lost or answer["ResultCount"] == 1

    get = {"method_type": "GET", "endpoint": f"campaign/{campaign['id']}"}
    answer = journey.ask("rest_request.submit_rest_request", request=get)
    assert lost or (answer["CampaignId"], answer["CampaignName"]) == (campaign_id, "Sommer 2026")


def _in_bulk(journey: Journey) -> None:
    """Six jobs are submitted, followed to their ends, and their results read."""
    shared: dict[str, Any] = {"advertiser_id": ADVERTISER, "primary_channel": "Video"}
    shared["primary_goal"] = {"vcr_in_percent": 80}
    inputs: list[dict[str, Any]] = [{"primary_input": {**shared, "name": name}} for name in ("A", "B")]
    campaigns = _ids(_finished(journey, "campaign.create_campaigns_job", {"input": inputs}))

    changes = [{"id": campaign, "primary_input": {"description": "in bulk"}} for campaign in campaigns]
    _finished(journey, "campaign.update_campaigns_job", {"input": changes})

    shared = {"channel": "Video", "funnel_location": "Conversion"}
    inputs = [{"campaign_id": campaign, "primary_input": {**shared, "name": campaign}} for campaign in campaigns]
    groups = _ids(_finished(journey, "ad_group.create_ad_groups_job", {"input": inputs}))

    changes = [{"id": group, "primary_input": {"is_enabled": False}} for group in groups]
    _finished(journey, "ad_group.update_ad_groups_job", {"input": changes})

    first_party = {"advertiser_id": ADVERTISER, "query_shape": "nodes { id name }"}
    result = _finished(journey, "dmp.get_first_party_data_job", first_party)
    nodes = result["data"]["advertiser"]["firstPartyData"]["nodes"]
    assert nodes
    assert {tuple(node) for node in nodes} == {("id", "name")}

    result = _finished(journey, "dmp.get_third_party_data_job", {"partner_id": PARTNER})
    nodes = result["data"]["partner"]["thirdPartyData"]["nodes"]
    assert len({node["id"] for node in nodes}) == len(nodes) > 100
    assert {"fullPath", "activeUniques", "buyable"} <= nodes[0].keys()


def _finished(journey: Journey, operation: str, request: dict[str, Any]) -> Any:
    """Submit a job, follow it to its success, and give its result."""
    submitted = journey.ask(operation, request=request)
    job = journey.follow("job_status.get_job_status", submitted["id"])
    assert (job["status"], job["completionPercentage"], job.get("errors")) == ("Success", 100, None)
    assert job["url"].startswith("http")
    assert datetime.fromisoformat(job["createdAtUtc"]) < datetime.fromisoformat(job["completedAtUtc"])
    return json.loads(job["rawResult"])


def _ids(result: Any) -> list[str]:
    """The ids of what a bulk job made, wherever its result has them (that form is not documented)."""
    found = []
    for item in result if isinstance(result, list) else result["data"]:
        made = item.get("adGroup") or item.get("campaign") or item
        found.append(made["id"])
    assert len(set(found)) == 2
    return found


def _graphql_in_bulk(journey: Journey) -> None:
    """A GraphQL bulk job; edition 0.7.2 has none."""
    query = f'query {{ advertiser(id: "{ADVERTISER}") {{ id campaigns {{ nodes {{ id name }} }} }} }}'
    answer = journey.ask("graph_ql_request.submit_graph_ql_bulk_query_job", request={"query": query})
    submitted = answer["payload"]["data"]
    assert submitted["status"] in {"Queued", "InProgress"}
    job = journey.follow("job_status.get_graph_ql_bulk_job_status", str(submitted["id"]))
    assert (job["status"], job["runtimeErrors"]) == ("Success", [])
    advertiser = json.loads(job["rawResult"])["data"]["advertiser"]
    assert advertiser["id"] == ADVERTISER
    assert {"Sommer 2026", "A", "B"} <= {campaign["name"] for campaign in advertiser["campaigns"]["nodes"]}


def _archived(journey: Journey) -> None:
    """What was made one by one goes, first the ad group."""
    answers = dict(journey.answers)
    group, campaign = answers["ad_groups.create"]["adGroup"]["id"], answers["campaign.create"]["campaign"]["id"]
    assert journey.ask("ad_groups.archive", request_body=[group], force_archive=True) == [group]
    assert journey.ask("campaigns.archive", request_body=[campaign], force_archive=True) == [campaign]


def _trimmed(value: Any, measure: Any) -> Any:
    """The value without the members that the measure does not have, at any depth."""
    if isinstance(value, dict) and isinstance(measure, dict):
        return {name: _trimmed(item, measure[name]) for name, item in value.items() if name in measure}
    if isinstance(value, (list, tuple)) and isinstance(measure, (list, tuple)) and len(value) == len(measure):
        return type(value)(_trimmed(item, like) for item, like in zip(value, measure, strict=True))
    return value
