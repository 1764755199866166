"""Jobs watched and ended by hand, and how many may run at once."""

import http.client
import json
import threading

import pytest

from ttd_workflows.emulator.jobs.jobs import NoSuchJob, WrongAction

QUERY = {"query": "{ partners { nodes { id } } }"}


@pytest.fixture
def call(own):
    caller = own()
    caller.emulator.clock.freeze()
    return caller


def data_job(call):
    return call.submit("thirdpartydata", {"partnerId": "p1"})


def graphql_submit(call):
    return call("POST", "/graphqlbulkqueryjob", QUERY).json["payload"]


def graphql_status(call, job):
    return call("GET", f"/graphqlbulkjob/{job}").json["job"]


def test_a_job_is_finished_by_hand(call, campaign_input):
    job = call.submit("campaign/bulk", {"input": [campaign_input(name="by hand")]})
    call.emulator.clock.advance(1)
    told = call.emulator.jobs.finish(job)
    assert (told.status, told.completed_at) == ("Success", call.emulator.clock.now())
    assert json.loads(call.status(job)["rawResult"])[0]["campaign"]["name"] == "by hand"
    call.emulator.clock.advance(10)
    assert call.emulator.jobs[job].completed_at == told.completed_at


def test_a_job_is_made_to_fail(call, campaign_input):
    job = call.submit("campaign/bulk", {"input": [campaign_input(name="never")]})
    call.emulator.jobs.fail(f"standard:{job}", "out of order", "really")
    told = call.status(job)
    assert (told["status"], json.loads(told["errors"])) == ("Failure", ["out of order", "really"])
    call.emulator.clock.advance(100)
    assert all(campaign.primary["name"] != "never" for campaign in call.emulator.world.campaigns.values())


def test_only_a_graphql_job_is_cancelled(call):
    job = graphql_submit(call)["data"]["id"]
    call.emulator.clock.advance(5)
    assert call.emulator.jobs.cancel(f"graphql:{job}").status == "Cancelled"
    told = graphql_status(call, job)
    assert (told["status"], told["completionPercentage"], told["url"]) == ("Cancelled", 50, None)
    with pytest.raises(WrongAction, match="only GraphQL bulk jobs can be cancelled"):
        call.emulator.jobs.cancel(data_job(call))


def test_a_result_is_made_to_expire(call):
    job = data_job(call)
    with pytest.raises(WrongAction, match="has not ended: finish it first"):
        call.emulator.jobs.expire(job)
    call.emulator.jobs.finish(job)
    url = call.status(job)["url"]
    assert call.emulator.jobs.expire(job).status == "ResultsExpired"
    assert call.status(job) | {"url": None, "rawResult": None} == call.status(job)
    call.emulator.clock.advance(1)
    assert call.download(url).status in {403, 404}
    with pytest.raises(WrongAction, match="no result that could expire"):
        call.emulator.jobs.expire(job)


@pytest.mark.parametrize("action", ["finish", "fail", "cancel"])
@pytest.mark.parametrize("before", ["finish", "fail", "cancel"])
def test_an_ended_job_does_not_change(call, before, action):
    job = f"graphql:{graphql_submit(call)['data']['id']}"
    told = getattr(call.emulator.jobs, before)(job)
    with pytest.raises(WrongAction, match="an ended job does not change"):
        getattr(call.emulator.jobs, action)(job)
    assert call.emulator.jobs[job] == told


@pytest.mark.parametrize("reference", ["standard:1", "graphql:412651", "412651x", "", "standard:", 7, "a:412651"])
def test_a_job_that_is_not_there(call, reference):
    with pytest.raises(NoSuchJob, match="standard:NUMBER or graphql:NUMBER"):
        call.emulator.jobs.finish(reference)


def test_a_report_says_where_a_job_was(call):
    job = graphql_submit(call)["data"]["id"]
    start = call.emulator.clock.now()
    call.emulator.clock.advance(10)
    told = call.emulator.jobs[f"graphql:{job}"]
    assert [(step.status, round(step.at - start, 3)) for step in told.timeline] == [
        ("Queued", 0),
        ("InProgress", 1),
        ("Success", 10),
    ]
    call.emulator.clock.advance(25 * 3600)
    expired = call.emulator.jobs["standard:412651"].timeline
    assert [step.status for step in expired] == ["InProgress", "Success", "ResultsExpired"]


def test_jobs_are_listed_over_http(call):
    made = [data_job(call) for _ in range(5)]
    bulk = graphql_submit(call)["data"]["id"]
    call.emulator.jobs.finish(made[0])

    def ask(query=""):
        answer = call.raw("GET", f"/_emulator/jobs{query}")
        assert answer.status == 200, answer.body
        return [job["id"] for job in answer.json["jobs"]], answer.json["total"]

    assert ask("?kind=graphql") == ([bulk], 1)
    assert ask("?kind=standard&limit=2")[1] == 7
    listed, after = [], ""
    while page := ask(f"?kind=standard&limit=3{after}")[0]:
        listed += page
        after = f"&after=standard:{page[-1]}"
    assert (sorted(listed), len(listed)) == ([412651, 412652, *made], 7)
    assert ask("?status=Success") == ([made[0], 412651], 2)
    assert ask("?status=Success&limit=1") == ([made[0]], 2)
    assert ask("?status=Nonsense") == ([], 0)
    for wrong in ("?kind=bulk", "?limit=0", "?limit=1001", "?limit=x"):
        assert call.raw("GET", f"/_emulator/jobs{wrong}").status == 400


def test_a_job_is_acted_on_over_http(call):
    job = data_job(call)

    def act(reference, **body):
        return call.raw("POST", f"/_emulator/jobs/{reference}", body)

    assert call.raw("GET", f"/_emulator/jobs/standard:{job}").json["status"] == "InProgress"
    assert call.raw("GET", "/_emulator/jobs/standard:1").status == 404
    assert act("standard:1", action="finish").status == 404
    assert "did you mean finish" in act(f"standard:{job}", action="finnish").json["errors"]["$.action"][0]
    assert act(f"standard:{job}", action="finish", errors=["x"]).status == 400
    assert act(f"standard:{job}", action="fail", errors="x").status == 400
    assert act(f"standard:{job}", action="cancel").status == 409
    failed = act(f"standard:{job}", action="fail", errors=["x"])
    assert (failed.status, failed.json["status"], failed.json["errors"]) == (200, "Failure", ["x"])
    refused = act(f"standard:{job}", action="finish")
    assert (refused.status, "does not change" in refused.json["detail"]) == (409, True)


def test_callback_headers_are_masked_in_reports(call):
    callback = {"callbackUrl": "http://127.0.0.1:1/", "callbackHeaders": {"X-Key": "secret"}}
    job = call.submit("thirdpartydata", {"partnerId": "p1", "callbackInput": callback})
    told = call.raw("GET", f"/_emulator/jobs/standard:{job}")
    assert b"callbackUrl" in told.body
    assert b"secret" not in told.body


def test_ten_run_twenty_wait_and_one_more_is_refused(call):
    jobs = [graphql_submit(call)["data"]["id"] for _ in range(30)]
    refused = graphql_submit(call)
    assert refused.get("data") is None
    assert "10 jobs run and 20 are queued" in refused["errors"][0]["message"]
    assert (call.emulator.service.jobs.active("graphql"), call.emulator.service.jobs.queued("graphql")) == (10, 20)
    call.emulator.clock.advance(5)
    told = [graphql_status(call, job)["status"] for job in jobs]
    assert told == ["InProgress"] * 10 + ["Queued"] * 20
    assert data_job(call)  # standard jobs are not limited
    call.emulator.clock.advance(5)
    assert graphql_submit(call)["data"]


def test_the_time_in_the_queue_counts_and_does_not_depend_on_who_asks(call):
    start = call.emulator.clock.now()
    jobs = [graphql_submit(call)["data"]["id"] for _ in range(30)]
    call.emulator.clock.advance(1000)  # in one leap
    ended = [round(call.emulator.jobs[f"graphql:{job}"].completed_at - start, 3) for job in jobs]
    assert ended == [10] * 10 + [20] * 10 + [30] * 10


def test_a_job_ended_by_hand_lets_the_next_one_start(own):
    call = own(active_limit=1, queue_limit=2)
    call.emulator.clock.freeze()
    first, second, third = (graphql_submit(call)["data"]["id"] for _ in range(3))
    start = call.emulator.clock.now()
    call.emulator.clock.advance(2)
    call.emulator.jobs.cancel(f"graphql:{second}")  # it was still waiting
    call.emulator.jobs.finish(f"graphql:{first}")
    call.emulator.clock.advance(10)
    told = call.emulator.jobs[f"graphql:{third}"]
    assert (told.status, round(told.completed_at - start, 3)) == ("Success", 12)
    assert call.emulator.service.jobs.active("graphql") == 0


@pytest.mark.parametrize("status", [429, 503])
def test_standard_jobs_can_be_limited_too(own, status):
    call = own(limited_jobs="all", active_limit=2, queue_limit=1, queue_full=status)
    call.emulator.clock.freeze()
    first, second = data_job(call), data_job(call)  # another runs since the beginning
    answer = call("POST", "/standardjob/thirdpartydata", {"partnerId": "p1"})
    assert (answer.status, "submit again" in answer.json["detail"]) == (status, True)
    call.emulator.clock.advance(15)
    assert (call.status(first)["status"], call.status(second)["status"]) == ("Success", "InProgress")


def test_no_limit_is_a_setting(own):
    call = own(limited_jobs="none", active_limit=1, queue_limit=0)
    assert all(graphql_submit(call)["data"] for _ in range(5))


def test_actions_come_from_many_threads_at_once(call):
    jobs = [data_job(call) for _ in range(40)]
    done, refused = [], []

    def work():
        for job in jobs:
            try:
                done.append(call.emulator.jobs.finish(job).id)
            except WrongAction:
                refused.append(job)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sorted(done), len(refused)) == (jobs, 120)


def test_inputs_that_are_equal_are_kept_once(call):
    first, second = data_job(call), data_job(call)
    assert call.emulator.world.standard[first].input is call.emulator.world.standard[second].input


def test_those_who_listen_hear_how_far_a_job_is(own):
    call = own(job_seconds=1)
    connection = http.client.HTTPConnection("127.0.0.1", call.emulator.port, timeout=10)
    connection.request("GET", "/_emulator/events")
    stream = connection.getresponse()
    data_job(call)
    heard = []
    while not heard or heard[-1]["percentage"] < 25:
        line = stream.fp.readline()
        if line.startswith(b"data: ") and b'"reference":"standard:412653"' in line:
            heard.append(json.loads(line[6:]))
    connection.close()
    assert heard[0]["percentage"] == 0
    assert heard == sorted(heard, key=lambda job: job["percentage"])
