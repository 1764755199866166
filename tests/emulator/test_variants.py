"""Switches of jobs: their numbers, the spelling of times, members without a value, and what results look like."""

import json
import re

import pytest

QUERY = {"query": "{ partners { nodes { id } } }"}


def submitted(call):
    """The numbers of a new standard job and a new GraphQL bulk job."""
    standard = call.submit("thirdpartydata", {"partnerId": "p1"})
    return standard, call("POST", "/graphqlbulkqueryjob", QUERY).json["payload"]["data"]["id"]


@pytest.mark.parametrize(
    ("switch", "numbers"),
    [
        ("usual", (412653, 2989826)),
        ("large", (2**53 + 412653, 2**53 + 2989827)),
        ("colliding", (412653, 412653)),
    ],
)
def test_the_numbers_of_jobs(own, switch, numbers):
    call = own(job_ids=switch)
    assert submitted(call) == numbers
    assert call.status(numbers[0])["id"] == numbers[0]
    assert call("GET", f"/graphqlbulkjob/{numbers[1]}").json["job"]["id"] == numbers[1]
    assert call.status(412651)["status"] == "Success"


@pytest.mark.parametrize(
    ("switch", "spelling"),
    [
        ("microseconds", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"),
        ("ticks", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z"),
        ("bare", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}"),
    ],
)
def test_times_are_spelt(own, campaign_input, switch, spelling):
    call = own(timestamps=switch)
    status = call.status(412651)
    assert re.fullmatch(spelling, status["createdAtUtc"])
    assert re.fullmatch(spelling, status["completedAtUtc"])
    _, bulk = submitted(call)
    assert re.fullmatch(spelling, call("GET", f"/graphqlbulkjob/{bulk}").json["job"]["createdAt"])
    started = call("POST", "/campaign", campaign_input(startDateInUtc="2026-03-01T08:00:00.5Z")).json["campaign"]
    if switch != "microseconds":
        assert re.fullmatch(spelling, started["startDate"])


def test_members_without_a_value(own):
    shown, absent = own(), own(empty_members="absent")
    assert shown.status(412652).keys() - absent.status(412652).keys() == {
        "completedAtUtc",
        "url",
        "rawResult",
        "errors",
    }
    _, bulk = submitted(absent)
    assert "url" not in absent("GET", f"/graphqlbulkjob/{bulk}").json["job"]


def test_a_failed_job_may_leave_a_document(own, campaign_input):
    call = own(failure_document=True)
    job = call.submit("thirdpartydata", {"partnerId": "p1", "queryShape": "nodes { nope }"})
    status = call.finished(job)
    assert (status["status"], status["completionPercentage"]) == ("Failure", 99)
    assert call.download(status["url"]).json == json.loads(status["rawResult"])
    assert json.loads(status["rawResult"])["errors"][0]["message"] == json.loads(status["errors"])[0]
    job = call.submit("campaign/bulk", {"input": [campaign_input(advertiserId="nobody")]})
    [item] = json.loads(call.finished(job)["rawResult"])
    assert (item["campaign"], len(item["errors"])) == (None, 1)
    failed = call.submit("thirdpartydata", {"partnerId": "p1"})
    call.emulator.jobs.fail(failed, "on purpose")
    assert json.loads(call.status(failed)["rawResult"]) == {"data": None, "errors": [{"message": "on purpose"}]}


def test_a_bulk_result_may_look_like_graphql(own, campaign_input):
    call = own(bulk_result="graphql")
    inputs = [campaign_input(name="A"), campaign_input(advertiserId="nobody")]
    result = json.loads(call.finished(call.submit("campaign/bulk", {"input": inputs}))["rawResult"])
    assert [one and one["campaign"]["name"] for one in result["data"]["items"]] == ["A", None]
    [error] = result["errors"]
    assert (error["path"], error["extensions"]) == (["items", 1], {"path": "$.input[1].primaryInput.advertiserId"})


def test_the_life_of_a_result_may_count_from_creation(own):
    call = own(results_kept_from="creation", results_lifetime=15, job_seconds=10)
    job = call.submit("thirdpartydata", {"partnerId": "p1"})
    call.emulator.clock.advance(11)
    assert call.status(job)["status"] == "Success"
    call.emulator.clock.advance(5)
    assert call.status(job)["status"] == "ResultsExpired"


def test_the_other_partners_have_data_as_in_life(own):
    call = own()
    world = call.emulator.world
    large = list(world.partners)[2]
    advertiser = next(one.id for one in world.advertisers.values() if one.partner_id == large)
    query = """query ($p: ID!, $a: ID!) { partner(id: $p) { thirdPartyData(last: 2) { totalCount nodes { name } } }
        advertiser(id: $a) { firstPartyData(last: 2) { totalCount nodes { name } } } }"""
    seen = call.graphql(query, p=large, a=advertiser)["data"]
    assert seen["partner"]["thirdPartyData"]["totalCount"] == 100_000
    assert seen["advertiser"]["firstPartyData"]["totalCount"] == 10_000
    assert own().graphql(query, p=large, a=advertiser)["data"] == seen  # the same for a seed
    assert len(world.campaigns) >= 100
    assert len(world.ad_groups) >= 300
