"""Following a job to its end: one deadline, transient failures outlived, every message as a user reads it."""

import asyncio
import copy
import json
import math
import pickle
import time
from datetime import timedelta

import pytest

from support.plays import answer, drop, late, silent
from support.server import Server
from ttd_workflows import Workflows, errors
from ttd_workflows.jobs.events import Delayed, Ended, Polled, Progress, Submitted
from ttd_workflows.jobs.following import Deadline, follow
from ttd_workflows.jobs.job import Job
from ttd_workflows.jobs.pace import Polling
from ttd_workflows.jobs.reference import Reference

QUICK = Polling(floor=0.05, ceiling=0.05)


def status(state="InProgress", percent=10.0, **members):
    made = {"id": 5, "createdAtUtc": "2026-11-24T01:02:03Z", "status": state, "completionPercentage": percent}
    return answer(200, made | members)


DONE = status("Success", 100.0, completedAtUtc="2026-11-24T01:03:03Z", rawResult="{}")


def client(server, **settings):
    return Workflows(ttd_auth=settings.pop("ttd_auth", "token"), server_url=server.url, ledger=None, **settings)


def waited(*script, **how):
    with Server(*script) as server, client(server) as workflows:
        return workflows.jobs.get(5).wait(timeout=how.pop("timeout", 10), poll=QUICK, **how), len(server.requests)


def failed(*script, **how):
    with pytest.raises(errors.WorkflowsError) as caught:
        waited(*script, **how)
    return caught.value


def test_a_job_is_waited_for_to_its_end(workflows):
    job = workflows.jobs.third_party_data(partner_id="p1")
    result = job.wait(timeout=timedelta(seconds=10), poll=QUICK)
    assert result.snapshot.state == "Success"
    assert (job.last.ended, job.last.percent) == (True, 100.0)
    assert job.last.expires_at - job.last.completed_at == timedelta(hours=24)


def test_the_awaited_form_comes_to_the_same(workflows):
    async def both_kinds():
        jobs = [
            await workflows.jobs.third_party_data_async(partner_id="p1"),
            await workflows.jobs.graphql_bulk_query_async("query { partners { nodes { id } } }"),
        ]
        return [(await job.wait_async(timeout=10, poll=QUICK)).snapshot.state for job in jobs]

    assert asyncio.run(both_kinds()) == ["Success", "Success"]


def test_a_percentage_of_100_does_not_end_the_wait():
    _, questions = waited(status(percent=100.0), status(percent=100.0), DONE)
    assert questions == 3


def test_an_unknown_state_is_kept_counts_as_not_ended_and_is_warned_about_once(caplog):
    _, questions = waited(status("Paused"), status("Paused"), DONE)
    assert questions == 3
    assert sum("unknown state 'Paused'" in record.message for record in caplog.records) == 1


@pytest.mark.parametrize(
    "weather",
    [
        drop,
        answer(500),
        answer(503, retry_after="0"),
        answer(429, retry_after="0"),
        answer(502, b"<html>"),
        answer(200, b"<html>"),
        answer(408),
        answer(425),
    ],
    ids=["drop", "500", "503", "429", "html", "html with 200", "408", "425"],
)
def test_a_question_that_fails_does_not_end_the_wait(weather, monkeypatch):
    monkeypatch.setattr("ttd_workflows.jobs.following._FIRST_DELAY", 0.02)
    events = []
    _, questions = waited(status(), weather, weather, DONE, on_event=events.append)
    assert questions == 4
    assert [type(event) for event in events] == [Polled, Progress, Delayed, Delayed, Polled, Ended]


def test_what_will_not_pass_ends_the_wait():
    assert isinstance(failed(answer(404, {"title": "There is no job 5."})), errors.NotFound)


def test_a_token_that_has_run_out_is_asked_for_anew_once():
    tokens = iter(["old", "new", "new", "new"])
    with Server(answer(401, {"message": "Unauthorized"}), DONE) as server:
        with client(server, ttd_auth=lambda: next(tokens)) as workflows:
            assert workflows.jobs.get(5).wait(timeout=5, poll=QUICK).snapshot.state == "Success"
        assert [request.headers["ttd-auth"] for request in server.requests] == ["old", "new"]


def test_a_token_that_is_refused_twice_ends_the_wait():
    expired = answer(403, {"Message": "The supplied auth token is not valid or has expired."})
    with Server(expired) as server, client(server, ttd_auth=lambda: "token") as workflows:
        with pytest.raises(errors.Forbidden):
            workflows.jobs.get(5).wait(timeout=5, poll=QUICK)
        assert len(server.requests) == 2


def test_a_fixed_token_that_is_refused_ends_the_wait_at_once():
    with Server(answer(401, {"message": "Unauthorized"})) as server, client(server) as workflows:
        with pytest.raises(errors.Unauthorized):
            workflows.jobs.get(5).wait(timeout=5, poll=QUICK)
        assert len(server.requests) == 1


def test_when_the_time_is_over_it_says_that_the_job_goes_on_and_how_to_come_back():
    error = failed(status(percent=42.0), timeout=0.2)
    assert isinstance(error, errors.WaitTimeout)
    assert isinstance(error, TimeoutError)
    assert error.references == ("standard:5",)
    assert error.snapshot.percent == 42.0
    assert str(error) == (
        "the time for waiting is over; standard:5 goes on. When last asked it was InProgress at 42 %. "
        "To come back: workflows.jobs.get('standard:5').wait(), or: ttdw status standard:5"
    )


def test_a_question_is_not_waited_for_beyond_the_deadline(monkeypatch):
    monkeypatch.setattr("ttd_workflows.jobs.following._LAST_LOOK", 0.5)
    started = time.monotonic()
    error = failed(silent, timeout=0.4)
    assert isinstance(error, errors.WaitTimeout)
    assert time.monotonic() - started < 0.4 + 1


def test_one_silent_question_does_not_use_up_the_wait(monkeypatch):
    monkeypatch.setattr("ttd_workflows.jobs.following._FIRST_DELAY", 0.02)
    events = []
    with Server(silent, DONE) as server, client(server, timeout_ms=200) as workflows:
        workflows.jobs.get(5).wait(poll=QUICK, on_event=events.append)
    assert [type(event) for event in events] == [Delayed, Polled, Ended]


def test_a_silent_job_does_not_hold_up_the_others_for_long(monkeypatch):
    monkeypatch.setattr("ttd_workflows.jobs.following._LONGEST_AMONG_MANY", 0.2)

    def by_id(connection, request):
        (silent if "/1/" in request.target else DONE)(connection, request)

    started = time.monotonic()
    with Server(by_id) as server, client(server) as workflows:
        jobs = [workflows.jobs.get(number) for number in (1, 2)]
        assert next(workflows.jobs.as_completed(jobs, timeout=30)).id == 2
    assert time.monotonic() - started < 3


def test_at_the_deadline_it_is_asked_once_more():
    with Server(status(), DONE) as server, client(server) as workflows:
        result = workflows.jobs.get(5).wait(timeout=0.3, poll=Polling(floor=60))
        assert (result.snapshot.state, len(server.requests)) == ("Success", 2)


def test_a_timeout_of_zero_asks_once():
    result, questions = waited(late(0.1, DONE), timeout=0)
    assert (result.snapshot.state, questions) == ("Success", 1)
    with Server(status()) as server, client(server) as workflows:
        happening = workflows.jobs.get(5).events(timeout=0)
        assert [next(happening).again_in, type(next(happening))] == [None, Progress]
        with pytest.raises(errors.WaitTimeout):
            next(happening)
        assert len(server.requests) == 1


def test_what_will_not_pass_is_said_at_the_deadline_too():
    assert isinstance(failed(answer(404, {"title": "There is no job 5."}), timeout=0), errors.NotFound)


@pytest.mark.parametrize("status_code", [429, 503])
def test_a_retry_after_beyond_reason_is_not_kept_to(status_code):
    with Server(answer(status_code, retry_after="1e300"), DONE) as server, client(server) as workflows:
        clock = Clock(workflows._exchange.blocking.engine)
        assert asyncio.run(follow_to_its_end(workflows.jobs.get(5), clock)) == ["Success"]
    assert clock.moment == 300


def test_too_many_questions_moves_the_next_one_of_all():
    with Server(answer(429, retry_after="100"), DONE) as server, client(server) as workflows:
        clock = Clock(workflows._exchange.blocking.engine)

        async def both():
            jobs = [workflows.jobs.get(number) for number in (1, 2)]
            happening = follow(jobs, clock, Deadline(clock, None))
            return [(clock.moment, event.reference.id) async for event in happening if isinstance(event, Ended)]

        assert asyncio.run(both()) == [(100.0, 2), (100.25, 1)]


def test_whoever_reads_the_events_slowly_has_the_last_question_all_the_same():
    with Server(status(), DONE) as server, client(server) as workflows:
        clock = Clock(workflows._exchange.blocking.engine)

        async def slowly():
            heard = []
            async for event in follow([workflows.jobs.get(5)], clock, Deadline(clock, 20)):
                heard.append(type(event))
                clock.moment += 100
            return heard

        assert asyncio.run(slowly()) == [Polled, Progress, Polled, Ended]


def test_nothing_is_asked_at_the_deadline_where_that_was_refused():
    with Server(answer(429, retry_after="100")) as server, client(server) as workflows:
        clock = Clock(workflows._exchange.blocking.engine)

        async def wait():
            return [event async for event in follow([workflows.jobs.get(5)], clock, Deadline(clock, 20))]

        with pytest.raises(errors.WaitTimeout):
            asyncio.run(wait())
        assert (clock.moment, len(server.requests)) == (20, 1)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('["row 1: no", "row 2: no"]', ("row 1: no", "row 2: no")),
        ("one\ntwo", ("one", "two")),
        ('"quoted"', ("quoted",)),
        ('[{"index": 3}]', ('{"index": 3}',)),
        (None, ()),
        ("", ()),
    ],
)
def test_errors_are_a_list_whatever_their_form(said, told):
    error = failed(status("Failure", None, errors=said))
    assert isinstance(error, errors.JobFailed)
    assert error.snapshot.errors == told


def test_a_failure_says_what_the_service_said():
    error = failed(status("Failure", None, errors='["the partner is not yours"]'))
    assert str(error) == (
        "job standard:5 ended as Failure. It said:\n  the partner is not yours\n"
        "Once the cause is mended, resubmit() sends it again"
    )


def test_a_partial_success_is_a_result_with_errors_or_an_error_as_asked():
    partly = status("PartialSuccess", 100.0, rawResult="[]", errors='["row 1: no"]')
    result, _ = waited(partly)
    assert (result.partial, result.errors) == (True, ("row 1: no",))
    error = failed(partly, on_partial="raise")
    assert isinstance(error, errors.PartialFailure)
    assert error.result.snapshot.raw_result == "[]"
    assert str(error) == "job standard:5 has a result, and errors besides. It said:\n  row 1: no"


def test_expired_results_say_what_to_do():
    error = failed(status("ResultsExpired", 100.0))
    assert isinstance(error, errors.ResultsExpired)
    assert "its results are gone: run it again to have them" in str(error)


def test_a_result_too_early_is_not_ready():
    with (
        Server(status(percent=42.0)) as server,
        client(server) as workflows,
        pytest.raises(errors.NotReady) as caught,
    ):
        workflows.jobs.get(5).result()
    assert str(caught.value) == "job standard:5 has not ended (InProgress, 42 %); wait() waits until it has"


def test_events_come_as_an_iterator_in_both_forms():
    with Server(status(), DONE, status(), DONE) as server, client(server) as workflows:
        job = workflows.jobs.get(5)
        kinds = [type(event) for event in job.events(timeout=5, poll=QUICK)]

        async def awaited():
            return [type(event) async for event in job.events_async(timeout=5, poll=QUICK)]

        assert kinds == asyncio.run(awaited()) == [Polled, Progress, Polled, Ended]


def test_a_reference_and_a_token_find_the_job_again(workflows, emulator):
    job = workflows.jobs.third_party_data(partner_id="p1", key="night")
    token = str(job.token)
    assert json.loads(token) == {
        "ttdw": 1,
        "job": str(job.reference),
        "server": emulator.url,
        "operation": "dmp.get_third_party_data_job",
        "key": "night",
    }
    for name in (job.id, str(job.id), str(job.reference), job.reference, job.token, token, json.loads(token)):
        assert workflows.jobs.get(name).reference == job.reference


@pytest.mark.parametrize(
    "name", [0, -1, True, "x", "standard:", "graphql:x", "batch:5", 2**63, "{}", "[]", '{"ttdw": 2}']
)
def test_what_names_no_job_is_refused(workflows, name):
    with pytest.raises(errors.InputError):
        workflows.jobs.get(name)


def test_a_token_of_another_server_is_refused(workflows):
    with pytest.raises(errors.InputError, match=r"is a job of https://elsewhere"):
        workflows.jobs.get({"ttdw": 1, "job": "standard:5", "server": "https://elsewhere"})


@pytest.mark.parametrize("name", ["9" * 5000, 10**5000, "graphql:" + "9" * 20], ids=["text", "number", "graphql"])
def test_a_number_beyond_reason_is_refused(name):
    with pytest.raises(errors.InputError, match="names no job"):
        Reference.parse(name)


@pytest.mark.parametrize(
    "how",
    [
        {"on_partial": "ignore"},
        {"on_partial": []},
        {"timeout": "5"},
        {"timeout": True},
        {"timeout": -1},
        {"timeout": timedelta(seconds=-1)},
        {"timeout": math.nan},
        {"poll": 5},
        {"poll": (1, 2)},
        {"poll": Polling(floor=-1)},
        {"poll": Polling(floor=math.nan)},
        {"poll": Polling(floor="1")},
    ],
)
def test_an_argument_that_is_none_is_refused(how):
    with Server() as server, client(server) as workflows:
        with pytest.raises(errors.InputError, match=next(iter(how))):
            workflows.jobs.get(5).wait(**how)
        assert server.requests == []


@pytest.mark.parametrize("rate", [0, -1, math.nan, "4"])
def test_a_budget_that_is_none_is_refused(rate):
    with (
        Server() as server,
        client(server) as workflows,
        pytest.raises(errors.InputError, match="questions_per_second"),
    ):
        workflows.jobs.wait_all([workflows.jobs.get(5)], questions_per_second=rate)


def test_a_job_that_was_not_asked_about_has_no_outcome():
    with Server() as server, client(server) as workflows, pytest.raises(errors.NotReady, match="not been asked about"):
        workflows.jobs.get(5).outcome()


def test_a_job_that_was_done_at_once_ends_without_events():
    with Server() as server, client(server) as workflows:
        job = Job(workflows.jobs._desk, None)

        async def awaited():
            return [event async for event in job.events_async()]

        assert list(job.events()) == asyncio.run(awaited()) == []
        assert job.wait().snapshot is job.result().snapshot is None


def test_events_go_to_other_processes_without_the_permission_to_fetch():
    snapshot = waited(status("Success", 100.0, url="https://bucket/x?signature=s", rawResult="[1]"))[0].snapshot
    event = Ended(snapshot.reference, snapshot)
    pickled = pickle.dumps(event)
    assert b"signature" not in pickled
    told = pickle.loads(pickled).snapshot
    assert (told.url, told.raw_result, told.state) == (None, None, "Success")
    assert copy.deepcopy(event).snapshot.url == snapshot.url
    unreadable = answer(200, {"id": 5, "url": "https://bucket/x?signature=s"})
    with Server(unreadable) as server, client(server) as workflows:
        delayed = next(workflows.jobs.get(5).events(timeout=5))
    pickled = pickle.dumps(delayed)
    assert b"signature" not in pickled
    assert (type(pickle.loads(pickled).error), "signature" in delayed.error.body) == (
        errors.ResponseValidationError,
        True,
    )
    submitted = Submitted(snapshot.reference, "night", new=True)
    assert pickle.loads(pickle.dumps(submitted)) == submitted


def test_many_are_waited_for_within_one_budget():
    arrivals = []

    def note(connection, request):
        arrivals.append(time.monotonic())
        (DONE if len(arrivals) > 12 else status())(connection, request)

    with Server(note) as server, client(server) as workflows:
        jobs = [workflows.jobs.get(number) for number in range(1, 7)]
        ended = list(workflows.jobs.as_completed(jobs, timeout=20, poll=QUICK, questions_per_second=20))
    assert {job.id for job in ended} == {1, 2, 3, 4, 5, 6}
    assert len(arrivals) == 18
    assert (len(arrivals) - 1) / (arrivals[-1] - arrivals[0]) <= 20 * 1.05


def test_all_are_waited_for_whatever_becomes_of_each():
    answers = {"1": DONE, "2": status("Failure", None, errors="no"), "3": status("ResultsExpired", 100.0)}

    def by_id(connection, request):
        answers[request.target.split("/")[-2]](connection, request)

    with Server(by_id) as server, client(server) as workflows:
        jobs = [workflows.jobs.get(number) for number in (1, 2, 3)]
        outcomes = workflows.jobs.wait_all(jobs, timeout=5, questions_per_second=100)
    assert [type(outcome).__name__ for outcome in outcomes] == ["Result", "JobFailed", "ResultsExpired"]


class Clock:
    """A port whose time passes only when somebody sleeps."""

    def __init__(self, engine):
        self.engine = engine
        self.moment = 0.0

    async def sleep(self, seconds):
        self.moment += seconds

    async def blocking(self, function):
        return function()

    def now(self):
        return self.moment


def test_hours_pass_in_no_time_on_another_clock():
    with Server(*[status(percent=None)] * 50, DONE) as server, client(server) as workflows:
        job = workflows.jobs.get(5)
        clock = Clock(workflows._exchange.blocking.engine)
        states = asyncio.run(follow_to_its_end(job, clock))
    assert states[-1] == "Success"
    assert clock.moment > 50


async def follow_to_its_end(job, clock):
    deadline = Deadline(clock, timedelta(hours=9))
    return [event.snapshot.state async for event in follow([job], clock, deadline) if isinstance(event, Polled)]


def test_what_was_submitted_is_told_first_and_whether_it_is_new(workflows):
    for new in (True, False):
        job = workflows.jobs.third_party_data(partner_id="p1", key="night")
        first, *rest = job.events(timeout=10, poll=QUICK)
        assert (type(first).__name__, first.reference, first.key, first.new) == (
            "Submitted",
            job.reference,
            "night",
            new,
        )
        assert isinstance(rest[-1], Ended)
