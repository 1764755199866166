"""Switches that no other room throws, and that each switch is thrown somewhere."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from ttd_workflows.emulator import Settings
from ttd_workflows.emulator.jobs.life import standing
from ttd_workflows.emulator.world.world import Job

BEN = {"name": "ben", "token": "ben's", "advertisers": ["adv0002"]}
TESTS = Path(__file__).parent.parent


def test_every_switch_is_thrown_by_a_test():
    text = "\n".join(path.read_text("utf-8") for path in TESTS.rglob("*.py"))
    thrown = set(re.findall(r"\b(\w+)=", text)) | set(re.findall(r"\"(\w+)\": ", text))
    assert {field.name for field in fields(Settings)} - thrown == set()


@pytest.mark.parametrize("status", [400, 403, 404])
def test_what_is_not_there_has_its_status(own, status):
    answer = own(entity_unknown=status)("PATCH", "/campaign", {"id": "nobody"})
    assert (answer.status, list(answer.json["errors"])) == (status, ["$.id"])


@pytest.mark.parametrize("status", [400, 403, 404])
def test_what_is_foreign_has_its_status(own, campaign_input, status):
    answer = own(users=(BEN,), foreign_id=status)("POST", "/campaign", campaign_input(), TTD_Auth="ben's")
    assert (answer.status, list(answer.json["errors"])) == (status, ["$.primaryInput.advertiserId"])


@pytest.mark.parametrize("status", [403, 404])
def test_what_v3_does_not_have_has_its_status(own, status):
    call = own(rest_unknown=status)
    assert [call.rest("GET", path).status for path in ("campaign/nobody", "nothing/at/all")] == [status, status]


def test_an_address_lives_as_long_as_it_may(own):
    call = own(url_lifetime=60)
    url = call.status(412651)["url"]
    call.emulator.clock.advance(59)
    assert call.download(url).status == 200
    call.emulator.clock.advance(2)
    assert call.download(url).status == 403
    assert call.download(call.status(412651)["url"]).status == 200


def test_a_bulk_query_is_queued_for_its_share_of_time():
    job = Job("graphql", 1, "submit_graph_ql_bulk_query_job", {}, 0.0, 10.0)
    settings = Settings(queued_share=0.5)
    assert [standing(job, at, settings).status for at in (0.0, 4.9, 5.1)] == ["Queued", "Queued", "InProgress"]


def test_a_world_is_as_large_as_is_said(own):
    call = own(
        partners=1,
        advertisers_per_partner=2,
        campaigns_per_advertiser=1,
        first_party_segments=3,
        third_party_segments=4,
    )
    world = call.emulator.world
    assert (len(world.partners), len(world.advertisers), len(world.campaigns)) == (1, 2, 2)
    [partner], advertiser = world.partners, next(iter(world.advertisers))
    query = f"""{{ partner(id: "{partner}") {{ thirdPartyData {{ totalCount }} }}
                   advertiser(id: "{advertiser}") {{ firstPartyData {{ totalCount }} }} }}"""
    assert call.graphql(query)["data"] == {
        "partner": {"thirdPartyData": {"totalCount": 4}},
        "advertiser": {"firstPartyData": {"totalCount": 3}},
    }


def test_the_other_partners_are_as_large_as_is_said(own):
    call = own(partners=3, advertisers_per_partner=1, large_first_party_segments=5, large_third_party_segments=6)
    partner = list(call.emulator.world.partners)[-1]
    query = f"""{{ partner(id: "{partner}") {{ thirdPartyData {{ totalCount }}
                   advertisers {{ nodes {{ firstPartyData {{ totalCount }} }} }} }} }}"""
    assert call.graphql(query)["data"]["partner"] == {
        "thirdPartyData": {"totalCount": 6},
        "advertisers": {"nodes": [{"firstPartyData": {"totalCount": 5}}]},
    }
