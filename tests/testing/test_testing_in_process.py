"""An emulator in the same process: no socket until somebody connects, from threads and loops, bodies of any size."""

import asyncio
import os
import socket
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx2
import pytest

from ttd_workflows import Workflows
from ttd_workflows.emulator import Emulator
from ttd_workflows.emulator.web.inside import Inside
from ttd_workflows.emulator.web.transports import awaiting_client, blocking_client
from ttd_workflows.errors import NoResponseError, NotFound, NotSent, OutcomeUnknown

JOB = 412651
TOKEN = {"TTD-Auth": "emulator"}
ADDRESS = "http://127.0.0.1:1/workflows"


@pytest.fixture
def emulator():
    with Emulator(in_process=True, job_seconds=0.0) as running:
        yield running


@pytest.fixture
def workflows(emulator):
    with Workflows(**emulator.client_arguments(), ledger=None) as client:
        yield client


@pytest.fixture
def no_connections(monkeypatch):
    def refused(*_):
        raise AssertionError("a socket was connected")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket.socket, "connect_ex", refused)


def test_calls_are_answered_without_a_connection(workflows, no_connections):
    assert workflows.job_status.get_job_status(id=JOB).status == "Success"
    with pytest.raises(NotFound, match="There is no job 7"):
        workflows.job_status.get_job_status(id=7)


def test_the_awaited_form_too_from_one_loop_after_another(emulator, no_connections):
    async def ask():
        async with Workflows(**emulator.client_arguments(), ledger=None) as client:
            calls = (client.job_status.get_job_status_async(id=JOB) for _ in range(20))
            return [answer.status for answer in await asyncio.gather(*calls)]

    assert asyncio.run(ask()) == asyncio.run(ask()) == ["Success"] * 20


def test_the_blocking_form_inside_a_running_loop(workflows, no_connections):
    async def ask():
        return workflows.job_status.get_job_status(id=JOB).status

    assert asyncio.run(ask()) == "Success"


def test_threads_share_it(workflows):
    def create(number):
        return workflows.dmp.get_third_party_data_job(
            request={"partner_id": "p1", "query_shape": f"nodes {{ id n{number}: name }}"}
        ).id

    with ThreadPoolExecutor(8) as threads:
        ids = list(threads.map(create, range(64)))
    assert len(set(ids)) == 64


def test_a_job_from_start_to_end_and_its_result_by_a_socket(workflows, tmp_path):
    result = workflows.jobs.third_party_data(partner_id="p1", query_shape="nodes { id }").wait()
    result.save(tmp_path / "segments.json")
    assert len(list(result.rows())) == 200


def test_the_port_is_served_from_the_first_connection_on(emulator):
    request = urllib.request.Request(f"{emulator.url}/standardjob/{JOB}/status", headers=TOKEN)
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200
    assert emulator.client.get(f"/standardjob/{JOB}/status", headers=TOKEN).status_code == 200


def test_connections_that_came_at_once_are_all_served(emulator):
    def ask(_):
        request = urllib.request.Request(f"{emulator.url}/standardjob/{JOB}/status", headers=TOKEN)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status

    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(ask, range(32))) == [200] * 32


def test_with_a_socket_the_same_arguments_lead_there():
    with Emulator() as emulator:
        assert emulator.client_arguments() == {"ttd_auth": "emulator", "server_url": emulator.url}
        origin = emulator.url.removesuffix("/workflows")
        assert emulator.client.get(f"{origin}/_emulator/health").json()["status"] == "ok"


def test_it_can_be_entered_again():
    stopped = Emulator(in_process=True)
    with stopped:
        first = stopped.client_arguments()
    with stopped, Workflows(**first, ledger=None) as client:
        assert client.job_status.get_job_status(id=JOB).status == "Success"


def test_outside_of_the_block_nothing_is_sent():
    with Emulator(in_process=True) as emulator:
        arguments = emulator.client_arguments()
    with Workflows(**arguments, ledger=None, retry_config=None) as client:
        with pytest.raises(NotSent, match="the emulator is not running: make the call inside its with block"):
            client.job_status.get_job_status(id=JOB)
        with pytest.raises(NotSent):
            asyncio.run(client.job_status.get_job_status_async(id=JOB))


def in_a_forked_child(work):
    """What ``work`` gives or raises there, as text."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        try:
            told = repr(work())
        except BaseException as error:
            told = f"{type(error).__name__}: {error}"
        os.write(writing, told.encode())
        os._exit(0)  # nothing of the parent's is to be ended here
    os.close(writing)
    with os.fdopen(reading) as told:
        return told.read()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_is_told_where_the_emulator_lives():
    with Emulator(in_process=True) as emulator:
        arguments = emulator.client_arguments()
        elsewhere = "the emulator lives in the process that this one was forked from: reach it at its url"

        def ask():
            with Workflows(**arguments, ledger=None, retry_config=None) as client:
                return client.job_status.get_job_status(id=JOB)

        told = in_a_forked_child(ask)
        assert told.startswith("NotSent")
        assert elsewhere in told
        for work in (emulator.reset, lambda: emulator.clock.advance(1), lambda: list(emulator.jobs)):
            assert in_a_forked_child(work) == f"AnotherProcess: {elsewhere}"
        own = {"ttd_auth": emulator.token, "server_url": emulator.url, "ledger": None}
        assert in_a_forked_child(lambda: Workflows(**own).job_status.get_job_status(id=JOB).id) == str(JOB)


def test_it_ends_without_anybody_having_connected():
    before = threading.active_count()
    for _ in range(5):
        with Emulator(in_process=True):
            pass
    assert threading.active_count() == before


def test_who_waits_when_it_stops_is_told_that_the_outcome_is_unknown(monkeypatch):
    held = threading.Event()
    outcomes = []

    async def forever(*_):
        held.set()
        await asyncio.Event().wait()

    monkeypatch.setattr("ttd_workflows.emulator.web.endpoints.OperationEndpoint._answer", forever)

    def create(client):
        try:
            client.dmp.get_third_party_data_job(request={"partner_id": "p1", "query_shape": "nodes { id }"})
        except OutcomeUnknown as unknown:
            outcomes.append(unknown)

    emulator = Emulator(in_process=True)
    with emulator:
        client = Workflows(**emulator.client_arguments(), ledger=None)
        caller = threading.Thread(target=create, args=[client])
        caller.start()
        assert held.wait(10)
    caller.join(10)
    assert "closed the exchange without an answer" in str(outcomes[0])


# What follows has applications of its own behind the transports.


@pytest.fixture
def answering():
    """Runs an application on a loop of its own and gives the two clients that reach it."""
    stops = []

    def start(app):
        inside, ready, ended = Inside(), threading.Event(), asyncio.Event()

        async def run():
            inside.open(app)
            stops.append(partial(asyncio.get_running_loop().call_soon_threadsafe, ended.set))
            ready.set()
            await ended.wait()
            inside.close()

        thread = threading.Thread(target=asyncio.run, args=[run()])
        thread.start()
        assert ready.wait(10)
        stops.append(thread.join)
        return blocking_client(inside, ADDRESS), awaiting_client(inside, ADDRESS)

    yield start
    for stop in stops:
        stop()


def pieces_of(size, count, *, ends=True, sent=None):
    """An application that sends ``count`` pieces of a body, the last of them marked unless it breaks off."""

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for number in range(count):
            await send({"type": "http.response.body", "body": b"x" * size, "more_body": not ends or number < count - 1})
            if sent is not None:
                sent.append(number)

    return app


def read_async(client, how):
    async def run():
        async with client.stream("GET", "/") as answer:
            return await how(answer)

    return asyncio.run(run())


def test_a_long_body_comes_in_pieces_and_is_not_made_ahead_of_its_reader(answering):
    sent = []
    client, _ = answering(pieces_of(1000, 50, sent=sent))
    with client.stream("GET", "/") as answer:
        pieces = answer.iter_raw()
        next(pieces)
        assert len(sent) < 10
        assert 1000 + sum(map(len, pieces)) == 50_000


def test_a_long_body_is_awaited(answering):
    _, client = answering(pieces_of(1000, 50))

    async def read(answer):
        return sum([len(piece) async for piece in answer.aiter_raw()])

    assert read_async(client, read) == 50_000


def test_who_leaves_a_long_body_does_not_hold_the_application(answering):
    sent = []
    client, _ = answering(pieces_of(1000, 50, sent=sent))
    with client.stream("GET", "/") as answer:
        next(answer.iter_raw())
    client.get("/")
    while len(sent) < 100:
        time.sleep(0.001)


@pytest.mark.parametrize("count", [1, 5])
def test_a_body_that_breaks_off_is_an_error(answering, count):
    client, awaited = answering(pieces_of(10, count, ends=False))
    with pytest.raises(httpx2.RemoteProtocolError, match="broke off"):
        client.get("/")
    with pytest.raises(httpx2.RemoteProtocolError, match="broke off"):
        asyncio.run(awaited.get("/"))


def test_an_application_that_fails_is_an_error_and_logged(answering, caplog):
    async def fails(scope, receive, send):
        raise LookupError("nothing here")

    client, _ = answering(fails)
    with pytest.raises(httpx2.RemoteProtocolError, match="without an answer"):
        client.get("/standardjob")
    assert "GET /workflows/standardjob failed" in caplog.text
    assert "nothing here" in caplog.text


def test_waiting_ends_in_time_and_takes_nothing_back(answering):
    heard, released, done = threading.Event(), threading.Event(), threading.Event()

    async def slow(scope, receive, send):
        assert (await receive())["body"] == b"wish"
        heard.set()
        assert (await receive())["type"] == "http.disconnect"
        await asyncio.to_thread(released.wait)
        done.set()

    client, awaited = answering(slow)
    with pytest.raises(httpx2.ReadTimeout):
        client.post("/", content=b"wish", timeout=0.05)
    assert heard.is_set()
    with pytest.raises(httpx2.ReadTimeout):
        asyncio.run(awaited.post("/", content=b"wish", timeout=0.05))
    released.set()
    assert done.wait(10)


def test_a_cancelled_caller_leaves(answering):
    left, heard = threading.Event(), threading.Event()

    async def slow(scope, receive, send):
        await receive()
        heard.set()
        await receive()
        left.set()

    _, client = answering(slow)

    async def cancel():
        call = asyncio.create_task(client.get("/"))
        await asyncio.to_thread(heard.wait)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

    asyncio.run(cancel())
    assert left.wait(10)


def test_a_request_arrives_as_over_a_connection(answering):
    seen = []

    async def app(scope, receive, send):
        seen.append(scope)
        await pieces_of(1, 1)(scope, receive, send)

    client, _ = answering(app)
    client.get("/a%20b?q=%C3%BC&r=", headers={"X-Name": "Frühling".encode()})
    (scope,) = seen
    assert (scope["path"], scope["raw_path"], scope["query_string"]) == (
        "/workflows/a b",
        b"/workflows/a%20b",
        b"q=%C3%BC&r=",
    )
    assert (b"x-name", "Frühling".encode()) in scope["headers"]
    assert (b"host", b"127.0.0.1:1") in scope["headers"]


def test_head_has_no_body(answering):
    client, _ = answering(pieces_of(10, 1))
    assert client.head("/").content == b""


def test_a_failure_to_answer_is_no_response(answering):
    async def silent(scope, receive, send):
        return

    client, _ = answering(silent)
    with (
        Workflows(ttd_auth="t", server_url=ADDRESS, client=client, ledger=None, retry_config=None) as workflows,
        pytest.raises(NoResponseError),
    ):
        workflows.job_status.get_job_status(id=JOB)
