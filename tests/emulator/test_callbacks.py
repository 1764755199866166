"""Callbacks: really sent, after the end is visible, again if they are not taken, and never to another machine."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ttd_workflows.emulator.jobs.callbacks import Callbacks

DATA = {"partnerId": "p1"}


class Receiver(ThreadingHTTPServer):
    """Takes callbacks; answers with the statuses it is given, then with 200."""

    daemon_threads = True

    def __init__(self):
        self.calls, self.statuses, self.came = [], [], threading.Condition()
        self.on_call = None
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/done"

    def wait_for(self, count):
        with self.came:
            assert self.came.wait_for(lambda: len(self.calls) >= count, timeout=10)
        return self.calls


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        server = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        seen = server.on_call(json.loads(body)) if server.on_call else None
        status = server.statuses.pop(0) if server.statuses else 200
        with server.came:  # before it is answered: whoever hears of the answer may look at once
            server.calls.append((self.path, dict(self.headers), json.loads(body), seen))
            server.came.notify_all()
        if status:
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def receiver():
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def call(own):
    caller = own()
    caller.emulator.clock.freeze()
    return caller


@pytest.fixture
def deliveries(call):
    """Waits until so many attempts are in the log."""
    logged = threading.Condition()
    publish = call.emulator.service.publish

    def told(kind, data):
        publish(kind, data)
        if kind == "callback":
            with logged:
                logged.notify_all()

    call.emulator.service.publish = told

    def wait(count):
        with logged:
            assert logged.wait_for(lambda: len(call.emulator.callbacks) >= count, timeout=10)
        return call.emulator.callbacks

    return wait


def owed(call):
    return call.raw("GET", "/_emulator/callbacks").status == 200 and call.emulator.world.calling


def submit(call, url, **headers):
    return call.submit("thirdpartydata", {**DATA, "callbackInput": {"callbackUrl": url, "callbackHeaders": headers}})


def test_the_caller_is_told_once_the_end_can_be_seen(call, receiver, deliveries):
    receiver.on_call = lambda body: call.status(body["jobId"])["status"]
    job = submit(call, receiver.url, **{"X-Key": "abc", "TTD-Auth": "mine"})
    call.emulator.clock.advance(9)
    assert receiver.calls == []
    call.emulator.clock.advance(1)
    [(path, headers, body, seen)] = receiver.wait_for(1)
    assert (path, headers["X-Key"], headers["TTD-Auth"], headers["Content-Type"]) == (
        "/done",
        "abc",
        "mine",
        "application/json",
    )
    completed = call.status(job)["completedAtUtc"].removesuffix("Z")
    assert body == {"jobId": job, "status": "Success", "completedAtUtc": completed}
    assert seen == "Success"
    [delivery] = deliveries(1)
    assert (delivery.job, delivery.attempt, delivery.status, delivery.error) == (f"standard:{job}", 1, 200, None)
    assert not owed(call)
    told = call.raw("GET", "/_emulator/callbacks").json["callbacks"]
    assert told == [{"job": f"standard:{job}", "url": receiver.url, "attempt": 1, "at": told[0]["at"], "status": 200}]


def test_a_graphql_job_has_its_headers_in_a_list(call, receiver):
    callback = {"callbackUrl": receiver.url, "callbackHeaders": [{"key": "X-Key", "value": "ünlü"[1:3]}]}
    body = {"query": "{ partners { nodes { id } } }", "callbackInput": callback}
    job = call("POST", "/graphqlbulkqueryjob", body).json["payload"]["data"]["id"]
    call.emulator.clock.advance(10)
    [(_, headers, told, _)] = receiver.wait_for(1)
    assert (headers["X-Key"], told["jobId"], told["status"]) == ("nl", job, "Success")


@pytest.mark.parametrize(
    "headers", [[{"key": "X", "value": "y"}], {"X": 5}, "X: y"], ids=["a list", "a number", "a text"]
)
def test_the_other_shape_is_refused(call, receiver, headers):
    callback = {"callbackUrl": receiver.url, "callbackHeaders": headers}
    assert call("POST", "/standardjob/thirdpartydata", {**DATA, "callbackInput": callback}).status == 400
    query = {"query": "{ partners { nodes { id } } }", "callbackInput": {**callback, "callbackHeaders": {"X": "y"}}}
    assert call("POST", "/graphqlbulkqueryjob", query).status == 400


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Key", "a\r\nEvil: 1"),
        ("X-Key", "a\nb"),
        ("X-Key", "a\0b"),
        ("X-Key", "ü"),
        ("X Key", "a"),
        ("X:Key", "a"),
        ("", "a"),
        ("Host", "elsewhere"),
        ("content-LENGTH", "1"),
        ("Transfer-Encoding", "chunked"),
    ],
)
def test_headers_that_would_break_a_request_are_refused_at_once(call, receiver, name, value):
    callback = {"callbackUrl": receiver.url, "callbackHeaders": {name: value}}
    before = len(call.emulator.jobs)
    answer = call("POST", "/standardjob/thirdpartydata", {**DATA, "callbackInput": callback})
    assert (answer.status, list(answer.json["errors"])) == (400, [f"$.callbackInput.callbackHeaders.{name}"])
    assert len(call.emulator.jobs) == before


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "nowhere", "http://", "http://[::1", "http://127.0.0.1:99999/"])
def test_an_address_that_is_none_is_refused_at_once(call, url):
    answer = call("POST", "/standardjob/thirdpartydata", {**DATA, "callbackInput": {"callbackUrl": url}})
    assert (answer.status, list(answer.json["errors"])) == (400, ["$.callbackInput.callbackUrl"])


@pytest.mark.parametrize("refusal", [500, 404, 307, 0], ids=["500", "404", "a redirect", "no answer"])
def test_what_is_not_taken_is_sent_again_on_the_emulators_clock(call, receiver, deliveries, refusal):
    receiver.statuses = [refusal, refusal]
    job = submit(call, receiver.url)
    call.emulator.clock.advance(10)
    deliveries(1)
    call.emulator.clock.advance(0.9)
    assert len(receiver.calls) == 1
    call.emulator.clock.advance(0.1)
    deliveries(2)
    call.emulator.clock.advance(4)
    said = [(one.attempt, one.status or bool(one.error)) for one in deliveries(3)]
    assert said == [(1, refusal or True), (2, refusal or True), (3, 200)]
    assert {path for path, *_ in receiver.calls} == {"/done"}
    assert not owed(call)
    assert call.status(job)["status"] == "Success"


def test_it_is_given_up_after_the_last_attempt(own, receiver):
    call = own(callback_attempts=2, callback_pause=0.001)
    receiver.statuses = [500] * 5
    submit(call, receiver.url)
    call.emulator.clock.advance(10)
    receiver.wait_for(2)
    call.emulator.service.home.do(lambda: None)
    call.emulator.clock.advance(10_000)
    assert len(receiver.calls) == 2


def test_a_failed_job_calls_back_too_and_a_deaf_one_changes_nothing(call, deliveries):
    call.emulator.plans.add(outcome="Failure")
    job = submit(call, "http://127.0.0.1:9/")
    call.emulator.clock.advance(10)
    [delivery] = deliveries(1)
    assert (delivery.status, "Connect" in delivery.error) == (None, True)
    assert call.status(job)["status"] == "Failure"


@pytest.mark.parametrize("action", ["finish", "fail"])
def test_a_job_ended_by_hand_calls_back(call, receiver, action):
    job = submit(call, receiver.url)
    getattr(call.emulator.jobs, action)(job)
    [(_, _, body, _)] = receiver.wait_for(1)
    assert body["status"] == {"finish": "Success", "fail": "Failure"}[action]


@pytest.mark.parametrize("url", ["http://hooks.example.com/x", "http://10.0.0.1/", "http://localhost.example.com/"])
def test_another_machine_is_not_called_unless_it_is_allowed(call, deliveries, url):
    submit(call, url)
    call.emulator.clock.advance(10)
    [delivery] = deliveries(1)
    assert "is not this machine; Settings(callback_hosts=" in delivery.error
    assert not owed(call)


def test_names_can_be_allowed(own):
    call = own(callback_hosts=("hooks.example.com",))
    allowed = Callbacks._may_call
    assert allowed(call.emulator.service.callbacks, "https://hooks.example.com/x")
    assert not allowed(call.emulator.service.callbacks, "https://example.com/x")


def test_times_can_have_a_zone(own, receiver):
    call = own(callback_times="utc")
    submit(call, receiver.url)
    call.emulator.clock.advance(10)
    assert receiver.wait_for(1)[0][2]["completedAtUtc"].endswith("Z")


def test_many_callbacks_arrive_each_once(call, receiver):
    jobs = [submit(call, receiver.url) for _ in range(25)]
    call.emulator.clock.advance(10)
    told = [body["jobId"] for _, _, body, _ in receiver.wait_for(25)]
    assert sorted(told) == jobs


def test_stopping_does_not_wait_for_who_does_not_answer(own, receiver):
    call = own()
    hold, entered = threading.Event(), threading.Event()

    def on_call(_):
        entered.set()
        hold.wait(10)

    receiver.on_call = on_call
    job = submit(call, receiver.url)
    call.emulator.clock.advance(10)
    assert entered.wait(5)
    call.emulator.__exit__()
    hold.set()
    assert f"standard:{job}" in call.emulator.world.calling
    call.emulator.__enter__()
    receiver.wait_for(2)


@pytest.mark.parametrize(
    ("fault", "came", "logged"),
    [
        ({"status": 503}, 1, 503),
        ({"accept_then_status": 500}, 2, 500),
        ({"accept_then_drop": True}, 2, "ConnectionResetError: a fault rule lost the answer to the callback"),
        (
            {"reset": True},
            1,
            "ConnectionResetError: a fault rule reset the connection before the callback was sent",
        ),
        ({"latency": 0.01}, 1, 200),
        ({"accept_then_delay": 0.01}, 1, 200),
    ],
)
def test_a_callback_that_meets_a_fault_is_repeated(call, receiver, deliveries, fault, came, logged):
    rule = call.emulator.faults.add("callback", times=1, **fault)
    submit(call, receiver.url)
    call.emulator.clock.advance(10)
    first = next(iter(deliveries(1)))
    assert (first.error or first.status) == logged
    call.emulator.clock.advance(60)
    assert len(receiver.wait_for(came)) == came
    deliveries(1 if logged == 200 else 2)
    assert (rule.hits, bool(owed(call))) == (1, False)


def test_requests_do_not_meet_the_faults_of_callbacks(call):
    call.emulator.faults.add("callback", reset=True)
    assert call("GET", "/standardjob/412651/status").status == 200
