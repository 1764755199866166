"""Data jobs from submission to download: their results follow query shape, aliases and name filter."""

import json
from urllib.parse import urlsplit

import pytest

from ttd_workflows.emulator import Settings

SHAPES = {
    "nodes { id }": [["id"], ["id"]],
    "nodes { wert: id  n: name again: name }": [["wert", "n", "again"]],
    "{ nodes { id } }": [["id"]],
    "nodes { name } nodes { id }": [["name", "id"]],
    "nodes { ... on ThirdPartyData { id name } buyable }": [["id", "name", "buyable"]],
    "nodes { id name @skip(if: true) }": [["id"]],
    "nodes { __typename }": [["__typename"]],
}


def result_of(call, path, body):
    status = call.finished(call.submit(path, body))
    assert (status["status"], status["completionPercentage"], status["errors"]) == ("Success", 100, None)
    download = call.download(status["url"])
    assert download.status == 200
    assert download.body.decode() == status["rawResult"]
    return download.json


def nodes(result, owner="partner", connection="thirdPartyData"):
    return result["data"][owner][connection]["nodes"]


def test_a_job_runs_from_start_to_end(own):
    call = own()
    job = call.submit("thirdpartydata", {"partnerId": "p1"})
    assert job == 412653
    status = call.status(job)
    assert list(status) == "id createdAtUtc status completedAtUtc completionPercentage url rawResult errors".split()
    assert (status["id"], status["status"], status["completionPercentage"]) == (job, "InProgress", 0)
    assert [status[name] for name in ("completedAtUtc", "url", "rawResult", "errors")] == [None] * 4
    call.emulator.clock.advance(5)
    assert 50 <= call.status(job)["completionPercentage"] < 60
    call.emulator.clock.advance(5)
    done = call.status(job)
    assert (done["status"], done["createdAtUtc"]) == ("Success", status["createdAtUtc"])
    assert done["createdAtUtc"] < done["completedAtUtc"] == call.status(job)["completedAtUtc"]
    assert call.submit("thirdpartydata", {"partnerId": "p1"}) == job + 1


def test_third_party_data_has_its_default_shape(call):
    rows = nodes(result_of(call, "thirdpartydata", {"partnerId": "p1"}))
    assert len(rows) == 200
    assert list(rows[0]) == "id name providerId providerElementId description buyable fullPath activeUniques".split()
    counted = next(row["activeUniques"] for row in rows if row["activeUniques"])
    assert (
        list(counted)
        == (
            "householdCount idsConnectedTvCount idsInAppCount idsWebCount personsCount thirdPartyDataOverlapCount"
            " lastUpdated"
        ).split()
    )
    assert all(isinstance(row["id"], str) for row in rows)


def test_first_party_data_has_its_default_shape(call):
    body = {"advertiserId": "0012345"}
    rows = nodes(result_of(call, "firstpartydata", body), "advertiser", "firstPartyData")
    assert len(rows) == 40
    assert list(rows[0]) == ["name", "id", "activeUniques"]
    assert all(type(row["id"]) is int for row in rows)
    assert "thirdPartyDataOverlapCount" not in json.dumps(rows)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_shape_decides_what_is_in_the_result(call, shape):
    rows = nodes(result_of(call, "thirdpartydata", {"partnerId": "p2", "queryShape": shape}))
    assert len(rows) == 200
    assert list(rows[0]) == SHAPES[shape][0]


def test_nested_selections_and_edges(call):
    shape = "edges { cursor node { uniques: activeUniques { personsCount } provider: thirdPartyDataProvider { id } } }"
    result = result_of(call, "thirdpartydata", {"partnerId": "p1", "queryShape": shape})
    edges = result["data"]["partner"]["thirdPartyData"]["edges"]
    assert len(edges) == 200
    assert list(edges[0]) == ["node"]  # cursors mean nothing once every page was followed
    assert edges[0]["node"]["uniques"].keys() == {"personsCount"}
    assert edges[0]["node"]["provider"].keys() == {"id"}


def test_paging_is_followed_to_its_end(call):
    result = result_of(
        call, "thirdpartydata", {"partnerId": "p1", "queryShape": "totalCount pageInfo { hasNextPage } nodes { id }"}
    )
    assert list(result["data"]["partner"]["thirdPartyData"]) == ["nodes"]


def test_another_partner_has_other_data(call):
    names = [
        {
            row["name"]
            for row in nodes(result_of(call, "thirdpartydata", {"partnerId": id, "queryShape": "nodes{name}"}))
        }
        for id in ("p1", "p2")
    ]
    assert names[0] != names[1]


@pytest.mark.parametrize(("name_filter", "found"), [("LOYAL", True), ("loyal: ", True), ("no such name", False)])
def test_the_name_filter_chooses(call, name_filter, found):
    body = {"advertiserId": "7654321", "nameFilter": name_filter, "queryShape": "nodes { name }"}
    rows = nodes(result_of(call, "firstpartydata", body), "advertiser", "firstPartyData")
    assert bool(rows) == found
    assert all(name_filter.casefold() in row["name"].casefold() for row in rows)
    assert len(rows) < 40


def test_the_name_filter_may_mind_case(own):
    call = own(name_filter="exact")
    body = {"advertiserId": "0012345", "nameFilter": "LOYAL", "queryShape": "nodes { name }"}
    assert nodes(result_of(call, "firstpartydata", body), "advertiser", "firstPartyData") == []


@pytest.mark.parametrize("evil", ['"}) { id } }', 'x"\\', "a\nb", '"""'])
def test_text_in_a_name_filter_stays_text(call, evil):
    body = {"advertiserId": "0012345", "nameFilter": evil, "queryShape": "nodes { name }"}
    assert nodes(result_of(call, "firstpartydata", body), "advertiser", "firstPartyData") == []


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        ("nodes { id", "not a GraphQL selection"),
        ("nodes { nope }", 'Cannot query field "nope"'),
        ("nodes", "must have a selection of subfields"),
        ("nodes { id } } } query other { partners { nodes { id }", "not a GraphQL selection"),
    ],
)
def test_a_shape_that_cannot_be_run_fails_the_job(call, shape, reason):
    status = call.finished(call.submit("thirdpartydata", {"partnerId": "p1", "queryShape": shape}))
    assert (status["status"], status["url"], status["rawResult"]) == ("Failure", None, None)
    assert status["completionPercentage"] < 100
    assert status["completedAtUtc"] is not None
    assert reason in json.loads(status["errors"])[0]


def test_a_bad_shape_may_be_refused_at_once(own):
    call = own(bad_query_shape="bad_request")
    answer = call("POST", "/standardjob/thirdpartydata", {"partnerId": "p1", "queryShape": "nodes { nope }"})
    assert answer.status == 400
    assert "nope" in answer.json["errors"]["$.queryShape"][0]
    assert call("GET", "/standardjob/412653/status").status == 404
    call.submit("thirdpartydata", {"partnerId": "p1", "queryShape": "nodes { id }"})


@pytest.mark.parametrize("path", ["firstpartydata", "thirdpartydata"])
def test_an_unknown_owner_is_not_found(own, path):
    member = "advertiserId" if path == "firstpartydata" else "partnerId"
    call = own()
    answer = call("POST", f"/standardjob/{path}", {member: "zzzzzzz"})
    assert answer.status == answer.json["status"] == 404
    assert "zzzzzzz" in answer.json["errors"][f"$.{member}"][0]
    assert own(data_target_unknown=403)("POST", f"/standardjob/{path}", {member: "zzzzzzz"}).status == 403
    assert call("GET", "/standardjob/412653/status").status == 404


def test_errors_may_come_line_by_line(own):
    call = own(job_errors="lines")
    status = call.finished(call.submit("thirdpartydata", {"partnerId": "p1", "queryShape": "nodes { a b }"}))
    assert len(status["errors"].splitlines()) == 2


def test_raw_result_ends_at_the_limit(own):
    body = {"partnerId": "p1", "queryShape": "nodes { id name }"}
    free = own()
    size = len(free.finished(free.submit("thirdpartydata", body))["rawResult"].encode())
    assert size != len(free.status(412653)["rawResult"])  # bytes are counted, not characters

    at_limit, below = own(raw_result_limit=size), own(raw_result_limit=size - 1)
    status = at_limit.finished(at_limit.submit("thirdpartydata", body))
    assert len(status["rawResult"].encode()) == size
    status = below.finished(below.submit("thirdpartydata", body))
    assert (status["status"], status["rawResult"]) == ("Success", None)
    assert len(below.download(status["url"]).body) == size


def test_the_limit_is_20_mib():
    assert Settings().raw_result_limit == 20_971_520


def test_a_job_may_take_no_time(own):
    call = own(job_seconds=0.0)
    assert call.status(call.submit("thirdpartydata", {"partnerId": "p1"}))["status"] == "Success"
    answer = call("POST", "/graphqlbulkqueryjob", {"query": "{ partners { nodes { id } } }"})
    assert answer.json["payload"]["data"]["status"] == "Success"


def test_a_small_result_may_have_no_url(own):
    call = own(raw_result_beside_url=False)
    status = call.finished(call.submit("thirdpartydata", {"partnerId": "p1"}))
    assert status["url"] is None
    assert status["rawResult"]


def test_a_large_world_is_written_as_a_stream(own):
    call = own(third_party_segments=20_000)
    status = call.finished(call.submit("thirdpartydata", {"partnerId": "p1", "queryShape": "nodes { id }"}))
    rows = nodes(json.loads(status["rawResult"]))
    assert len({row["id"] for row in rows}) == 20_000


def test_results_expire(own):
    call = own()
    job = call.submit("thirdpartydata", {"partnerId": "p1"})
    done = call.finished(job)
    call.emulator.clock.advance(24 * 3600 - 60)
    late = call.status(job)
    assert late["status"] == "Success"
    assert call.download(late["url"]).status == 200
    call.emulator.clock.advance(61)
    expired = call.status(job)
    kept = "id createdAtUtc completedAtUtc completionPercentage errors".split()
    assert {name: expired[name] for name in kept} == {name: done[name] for name in kept}
    assert (expired["status"], expired["url"], expired["rawResult"]) == ("ResultsExpired", None, None)
    assert call.download(late["url"]).status == 403


def test_the_first_jobs_are_there(own):
    call = own()
    assert call.status(412651)["status"] == "Success"
    assert json.loads(call.status(412651)["rawResult"])
    call.emulator.clock.advance(10 * 86_400)
    assert call.status(412652)["status"] == "InProgress"


def test_a_status_gives_a_fresh_url(own):
    call = own()
    first = call.status(412651)["url"]
    call.emulator.clock.advance(3595)
    assert call.download(first).status == 200
    call.emulator.clock.advance(6)
    assert call.download(first).status == 403
    second = call.status(412651)["url"]
    assert urlsplit(second).path == urlsplit(first).path
    assert call.download(second).status == 200
