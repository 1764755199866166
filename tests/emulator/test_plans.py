"""Job plans: how jobs go that are submitted afterwards."""

import json
import tracemalloc

import pytest

from ttd_workflows.emulator.jobs.plans import JobPlan, WrongPlan

DATA = {"partnerId": "p1"}
QUERY = {"query": "{ partners { nodes { id } } }"}


@pytest.fixture
def call(own):
    return own()


def data_job(call):
    return call.submit("thirdpartydata", DATA)


def graphql_job(call):
    return call("POST", "/graphqlbulkqueryjob", QUERY).json["payload"]["data"]["id"]


def graphql_status(call, job):
    return call("GET", f"/graphqlbulkjob/{job}").json["job"]


def test_the_next_job_takes_as_long_as_planned(call):
    call.emulator.clock.freeze()
    call.emulator.plans.add(seconds=100, times=1)
    slow, usual = data_job(call), data_job(call)
    call.emulator.clock.advance(10)
    assert (call.status(slow)["status"], call.status(usual)["status"]) == ("InProgress", "Success")
    assert call.status(slow)["completionPercentage"] == 10
    call.emulator.clock.advance(90)
    assert call.status(slow)["status"] == "Success"


def test_a_job_ends_with_a_poll_whatever_the_clock_says(call):
    call.emulator.plans.add(polls=3)
    job = data_job(call)
    call.emulator.clock.advance(3600)
    told = [call.status(job) for _ in range(4)]
    assert [one["status"] for one in told] == ["InProgress", "InProgress", "Success", "Success"]
    assert [one["completionPercentage"] for one in told] == [33, 66, 100, 100]
    assert told[2] | {"url": ""} == told[3] | {"url": ""}


def test_a_download_is_no_poll_and_another_job_has_its_own_count(call):
    call.emulator.plans.add(polls=1)
    first, second = data_job(call), graphql_job(call)
    assert call.status(first)["status"] == "Success"
    assert graphql_status(call, second)["status"] == "Success"


def test_a_stalled_job_never_ends_by_itself(call):
    call.emulator.plans.add(stall_at=60)
    job = data_job(call)
    call.emulator.clock.advance(5)
    assert call.status(job)["completionPercentage"] == 50
    call.emulator.clock.advance(10**6)
    assert (call.status(job)["status"], call.status(job)["completionPercentage"]) == ("InProgress", 60)
    call.emulator.jobs.finish(job)
    assert call.status(job)["status"] == "Success"


@pytest.mark.parametrize("outcome", ["PartialSuccess", "Failure"])
def test_a_planned_outcome_says_the_planned_errors(call, outcome):
    call.emulator.plans.add(outcome=outcome, errors=["provider 'x' is late", "ünlü"])
    told = call.finished(data_job(call))
    assert (told["status"], json.loads(told["errors"])) == (outcome, ["provider 'x' is late", "ünlü"])
    assert (told["url"] is None) == (outcome == "Failure")
    if told["url"]:
        assert len(call.download(told["url"]).json["data"]["partner"]["thirdPartyData"]["nodes"]) == 200


def test_a_plan_without_errors_still_says_why(call):
    plan = call.emulator.plans.add(outcome="Failure")
    assert plan.id in call.finished(data_job(call))["errors"]


def test_a_bulk_job_that_is_planned_to_fail_stores_nothing(call, campaign_input):
    call.emulator.plans.add(outcome="Failure", operation="create_campaigns_job")
    before = len(call.emulator.world.campaigns)
    assert call.finished(call.submit("campaign/bulk", {"input": [campaign_input()]}))["status"] == "Failure"
    assert len(call.emulator.world.campaigns) == before


def test_failing_items_are_refused_one_by_one(call, campaign_input):
    call.emulator.plans.add(failing_items=[1], errors=["no budget left"])
    told = call.finished(call.submit("campaign/bulk", {"input": [campaign_input(name=n) for n in "ABC"]}))
    assert (told["status"], json.loads(told["errors"])) == ("PartialSuccess", ["$.input[1]: no budget left"])
    assert [bool(item["campaign"]) for item in json.loads(told["rawResult"])] == [True, False, True]
    call.emulator.plans.clear()
    call.emulator.plans.add(failing_items=[0, 1])
    told = call.finished(call.submit("campaign/bulk", {"input": [campaign_input()] * 2}))
    assert (told["status"], told["url"]) == ("Failure", None)


def test_work_that_fails_stays_failed(call):
    call.emulator.plans.add(outcome="Success")
    told = call.finished(call.submit("thirdpartydata", {**DATA, "queryShape": "nodes {"}))
    assert told["status"] == "Failure"


def test_only_graphql_jobs_are_cancelled(call):
    call.emulator.plans.add(operation="graphql", outcome="Cancelled", seconds=5)
    job = graphql_job(call)
    call.emulator.clock.advance(5)
    told = graphql_status(call, job)
    assert (told["status"], told["url"], told["rawResult"]) == ("Cancelled", None, None)
    assert told["completedAt"]
    assert told["completionPercentage"] < 100


def test_rows_and_bytes_say_how_large_a_result_is(call):
    call.emulator.plans.add(rows=7, bytes=1_000_000)
    told = call.finished(data_job(call))
    got = call.download(told["url"])
    assert len(got.body) == 1_000_000
    assert len(got.json["data"]["partner"]["thirdPartyData"]["nodes"]) == 7
    call.emulator.plans.clear()
    call.emulator.plans.add(rows=0, bytes=1)
    assert call.finished(data_job(call))["rawResult"] == '{"data":{"partner":{"thirdPartyData":{"nodes":[]}}}}'


def test_a_result_of_hundreds_of_megabytes_is_never_held_whole(call):
    size = 300_000_000
    call.emulator.plans.add(rows=1000, bytes=size)
    job = data_job(call)
    call.emulator.clock.advance(10)
    call.emulator.jobs["standard:412651"]  # what is loaded once is loaded
    tracemalloc.start()
    told = call.status(job)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert told["rawResult"] is None
    assert call.download(told["url"], "HEAD").headers["Content-Length"] == str(size)
    assert call.download(told["url"], Range=f"bytes={size - 3}-").body == b"   "
    assert peak < 20_000_000


def test_plans_with_times_go_first_in_order_and_the_newest_for_good_last(call):
    plans = call.emulator.plans
    plans.add(outcome="Failure", errors=["old"])
    plans.add(outcome="Failure", errors=["for good"])
    plans.add(outcome="Failure", errors=["one"], times=1)
    plans.add(outcome="Failure", errors=["two"], times=2)
    jobs = [data_job(call) for _ in range(5)]
    call.emulator.clock.advance(10)
    said = [json.loads(call.status(job)["errors"])[0] for job in jobs]
    assert said == ["one", "two", "two", "for good", "for good"]
    assert [(plan.id, plan.used) for plan in plans] == [("plan-1", 0), ("plan-2", 0), ("plan-3", 1), ("plan-4", 2)]


@pytest.mark.parametrize("operation", ["standard", "get_third_party_data_job", "dmp.get_third_party_data_job"])
def test_a_plan_is_for_some_jobs_only(call, operation):
    call.emulator.plans.add(operation=operation, outcome="Failure")
    assert call.finished(data_job(call))["status"] == "Failure"
    assert graphql_status(call, graphql_job(call))["status"] == "Queued"
    other = call.submit("firstpartydata", {"advertiserId": "adv0001"})
    assert call.finished(other)["status"] == ("Failure" if operation == "standard" else "Success")


def test_a_plan_that_is_taken_back_still_holds_for_its_jobs(call):
    plan = call.emulator.plans.add(outcome="Failure")
    job = data_job(call)
    call.emulator.plans.remove(plan.id)
    assert len(call.emulator.plans) == 0
    assert call.finished(job)["status"] == "Failure"
    with pytest.raises(KeyError):
        call.emulator.plans.remove(plan.id)


WRONG = [
    ({"outcom": "Failure"}, "outcom", "did you mean outcome?"),
    ({"outcome": "Failed"}, "outcome", "did you mean Failure?"),
    ({"operation": "grapql"}, "operation", "did you mean graphql?"),
    ({"operation": 5}, "operation", "kind of job"),
    ({"operation": ["standard"]}, "operation", "kind of job"),
    ({"seconds": -1}, "seconds", "from 0"),
    ({"seconds": True}, "seconds", "a number"),
    ({"seconds": float("nan")}, "seconds", "a number"),
    ({"polls": 0}, "polls", "from 1"),
    ({"polls": 1.5}, "polls", "whole number"),
    ({"times": 0}, "times", "from 1"),
    ({"stall_at": 100}, "stall_at", "below 100"),
    ({"rows": -1}, "rows", "from 0"),
    ({"errors": "one"}, "errors", "list of texts"),
    ({"failing_items": [-1]}, "failing_items", "counted from 0"),
    ({"id": "mine"}, "id", "has no 'id'"),
    ({"seconds": 1, "polls": 1}, "polls", "not by both"),
    ({"stall_at": 5, "polls": 1}, "stall_at", "never ends"),
    ({"outcome": "Cancelled"}, "outcome", "say operation: graphql"),
    ({"outcome": "Cancelled", "operation": "standard"}, "outcome", "Only GraphQL"),
    ({"errors": ["x"]}, "errors", "what they belong to"),
    ({"failing_items": [0], "operation": "graphql"}, "failing_items", "Only bulk jobs"),
    ({"rows": 5, "operation": "create_campaigns_job"}, "rows", "one for each input"),
]


@pytest.mark.parametrize(("members", "name", "words"), WRONG)
def test_a_wrong_plan_is_refused_by_name(members, name, words):
    with pytest.raises(WrongPlan, match=words.replace("?", r"\?")) as caught:
        JobPlan.of(members)
    assert caught.value.name == name


def test_plans_over_http(call):
    def ask(method, path="", body=None):
        return call.raw(method, f"/_emulator/plans{path}", body)

    made = ask("POST", body={"operation": "graphql", "seconds": 0.5, "times": 2})
    assert (made.status, made.json) == (200, {"id": "plan-1", "operation": "graphql", "seconds": 0.5, "times": 2})
    graphql_job(call)
    assert ask("GET").json == {"plans": [{**made.json, "used": 1}]}
    wrong = ask("POST", body={"outcome": "Fail"})
    assert (wrong.status, list(wrong.json["errors"])) == (400, ["$.outcome"])
    assert ask("POST", body=[]).status == 400
    assert ask("DELETE", "/plan-9").status == 404
    assert ask("DELETE", "/plan-1").status == 204
    ask("POST", body={})
    assert ask("DELETE").status == 204
    assert ask("GET").json == {"plans": []}
