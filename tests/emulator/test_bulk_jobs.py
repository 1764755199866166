"""Bulk jobs: applied when they end, input by input, in order; and GraphQL bulk jobs."""

import json

import pytest


def items(status):
    return json.loads(status["rawResult"])


def test_what_a_job_makes_is_there_when_it_ends(own, campaign_input):
    call = own()
    job = call.submit("campaign/bulk", {"input": [campaign_input(name="A"), campaign_input(name="B")]})
    before = len(call.emulator.world.campaigns)
    call.emulator.clock.advance(9)
    call.status(job)
    assert len(call.emulator.world.campaigns) == before
    status = call.finished(job)
    assert (status["status"], status["errors"]) == ("Success", None)
    assert [(item["index"], item["campaign"]["name"], item["errors"]) for item in items(status)] == [
        (0, "A", []),
        (1, "B", []),
    ]
    assert len(call.emulator.world.campaigns) == before + 2
    for item in items(status):
        assert call("GET", f"/campaign/{item['campaign']['id']}/version").status == 200


def test_another_request_is_enough_for_time_to_pass(own, campaign_input):
    call = own()
    call.submit("campaign/bulk", {"input": [campaign_input(name="unseen")]})
    call.emulator.clock.advance(11)
    seen = call.graphql('{ campaigns(where: {name: {eq: "unseen"}}) { totalCount } }')
    assert seen["data"]["campaigns"]["totalCount"] == 1


def test_one_bad_input_does_not_stop_the_next(call, campaign_input):
    inputs = [campaign_input(name="A"), campaign_input(advertiserId="nobody"), campaign_input(name="C")]
    status = call.finished(call.submit("campaign/bulk", {"input": inputs}))
    assert (status["status"], status["completionPercentage"]) == ("PartialSuccess", 100)
    assert [bool(item["campaign"]) for item in items(status)] == [True, False, True]
    [error] = items(status)[1]["errors"]
    assert error["path"] == "$.input[1].primaryInput.advertiserId"
    assert json.loads(status["errors"]) == [f"{error['path']}: {error['message']}"]


def test_all_bad_is_a_failure(call, campaign_input):
    status = call.finished(call.submit("campaign/bulk", {"input": [campaign_input(advertiserId="nobody")] * 2}))
    assert (status["status"], status["url"], status["rawResult"]) == ("Failure", None, None)
    assert len(json.loads(status["errors"])) == 2


def test_updates_and_ad_groups(call, campaign, group_input):
    status = call.finished(call.submit("adgroup/bulk", {"input": [group_input(campaign, name=n) for n in "XY"]}))
    groups = [item["adGroup"] for item in items(status)]
    assert [group["name"] for group in groups] == ["X", "Y"]
    changes = [{"id": group["id"], "primaryInput": {"description": group["name"]}} for group in groups]
    status = call.finished(call.submit("adgroup/bulk", {"input": changes}, "PATCH"))
    assert [item["adGroup"]["description"] for item in items(status)] == ["X", "Y"]
    change = [{"id": campaign, "primaryInput": {"description": "in bulk"}}]
    status = call.finished(call.submit("campaign/bulk", {"input": change}, "PATCH"))
    assert items(status)[0]["campaign"]["description"] == "in bulk"


def test_a_campaign_brings_its_ad_groups(call, campaign_input):
    nested = [{"primaryInput": {"name": "N", "channel": "TV", "funnelLocation": "None"}}]
    [item] = items(call.finished(call.submit("campaign/bulk", {"input": [{**campaign_input(), "adGroups": nested}]})))
    assert [group["campaignId"] for group in item["adGroups"]] == [item["campaign"]["id"]]


def test_checking_in_bulk_stores_nothing(own, campaign_input):
    call = own()
    body = {"input": [campaign_input(), campaign_input(advertiserId="nobody")], "validateInputOnly": True}
    job = call.submit("campaign/bulk", body)
    before = set(call.emulator.world.campaigns)
    status = call.finished(job)
    assert status["status"] == "PartialSuccess"
    assert items(status)[0]["campaign"]["id"] is None
    assert set(call.emulator.world.campaigns) == before


@pytest.mark.parametrize("input", [[], None])
def test_a_job_needs_inputs(call, own, input):
    answer = call("POST", "/standardjob/adgroup/bulk", {"input": input})
    assert (answer.status, list(answer.json["errors"])) == (400, ["$.input"])
    if input == []:
        lenient = own(empty_input="accepted")
        assert items(lenient.finished(lenient.submit("adgroup/bulk", {"input": []}))) == []


def test_the_result_format_can_be_another(own, campaign_input):
    call = own(bulk_format=lambda items: iter([str(len(items)), "\n"]))
    assert call.finished(call.submit("campaign/bulk", {"input": [campaign_input()]}))["rawResult"] == "1\n"


def graphql_job(call, query):
    answer = call("POST", "/graphqlbulkqueryjob", {"query": query})
    assert answer.status == 200
    return answer.json


def test_a_graphql_job_has_a_life_of_its_own(own):
    call = own()
    submitted = graphql_job(call, "{ partners(first: 1) { totalCount nodes { p: id } pageInfo { hasNextPage } } }")
    assert submitted["errors"] is submitted["payload"]["errors"] is None
    job = submitted["payload"]["data"]
    assert (job["id"], job["status"], job["runtimeErrors"], job["url"]) == (2989826, "Queued", [], None)
    call.emulator.clock.advance(5)
    assert call("GET", "/graphqlbulkjob/2989826").json["job"]["status"] == "InProgress"
    call.emulator.clock.advance(5)
    answer = call("GET", "/graphqlbulkjob/2989826").json
    done = answer["job"]
    assert (answer["errors"], done["status"], done["completionPercentage"], done["queryGqlErrors"]) == (
        None,
        "Success",
        100,
        None,
    )
    nodes = [{"p": id} for id in call.emulator.world.partners]
    assert json.loads(done["rawResult"]) == {"data": {"partners": {"nodes": nodes}}}
    assert call.download(done["url"]).body.decode() == done["rawResult"]
    assert call("GET", "/standardjob/2989826/status").status == 404
    assert call("GET", "/graphqlbulkjob/412651").status == 404
    call.emulator.clock.advance(25 * 3600)
    expired = call("GET", "/graphqlbulkjob/2989826").json["job"]
    assert (expired["status"], expired["url"], expired["rawResult"]) == ("Success", None, None)


def test_the_result_shows_the_moment_the_job_ended(own, campaign_input):
    call = own()
    query = '{ campaigns(where: {name: {in: ["early", "late"]}}) { nodes { name } } }'
    call("POST", "/campaign", campaign_input(name="early"))
    graphql_job(call, query)
    call.emulator.clock.advance(11)
    call("POST", "/campaign", campaign_input(name="late"))
    raw = call("GET", "/graphqlbulkjob/2989826").json["job"]["rawResult"]
    assert json.loads(raw)["data"]["campaigns"]["nodes"] == [{"name": "early"}]


def test_fragments_and_missing_things_make_a_partial_success(call):
    query = """{ a: advertiser(id: "0012345") { ...A } b: advertiser(id: "nobody") { id } }
               fragment A on Advertiser { id campaigns { nodes { id } } }"""
    job = graphql_job(call, query)["payload"]["data"]["id"]
    call.emulator.clock.advance(10)
    done = call("GET", f"/graphqlbulkjob/{job}").json["job"]
    assert done["status"] == "PartialSuccess"
    result = json.loads(done["rawResult"])
    assert (result["data"]["a"]["id"], result["data"]["b"]) == ("0012345", None)
    [error] = result["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["b"], "NOT_FOUND")
    assert done["runtimeErrors"] == [error["message"]]


def test_nothing_found_is_a_failure(call):
    job = graphql_job(call, '{ partner(id: "nobody") { id } }')["payload"]["data"]["id"]
    call.emulator.clock.advance(10)
    done = call("GET", f"/graphqlbulkjob/{job}").json["job"]
    assert (done["status"], done["url"]) == ("Failure", None)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("mutation { x }", "mutation"),
        ("{ partners { nodes { ... on Partner { id } } } }", "Inline fragments"),
        ("query($id: ID!) { partner(id: $id) { id } }", "Variables"),
        ("{ partners { nodes { nope } } }", "nope"),
        ("{ partners {", "Syntax Error"),
        ("{ partners { nodes { advertisers { nodes { campaigns { nodes { id } } } } } } }", "2 levels"),
    ],
)
def test_some_queries_are_not_taken_on(call, query, reason):
    answer = graphql_job(call, query)
    assert answer["payload"]["data"] is None
    assert reason in answer["payload"]["errors"][0]["message"]
    assert answer["payload"]["errors"][0]["field"] == ["query"]
