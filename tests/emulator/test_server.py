"""Starting and stopping an emulator: in a block, several at once, as a process, on a taken port."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from ttd_workflows.emulator import Emulator, Settings

STATUS = "/workflows/standardjob/412651/status"


def status_code(port, timeout=5.0):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", STATUS, headers={"TTD-Auth": "emulator"})
        return connection.getresponse().status
    finally:
        connection.close()


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_it_answers_inside_the_block_and_not_after():
    with Emulator() as emulator:
        assert emulator.url == f"http://127.0.0.1:{emulator.port}/workflows"
        assert emulator.token == "emulator"
        assert status_code(emulator.port) == 200
    assert not listens(emulator.port)


def test_it_can_be_entered_again_and_keeps_its_world():
    emulator = Emulator()
    for _ in range(2):
        with emulator:
            assert status_code(emulator.port) == 200


def test_two_at_once_know_nothing_of_each_other():
    with Emulator(seed=1) as one, Emulator(seed=2) as two:
        assert one.port != two.port
        assert status_code(one.port) == status_code(two.port) == 200
        one.clock.advance(3600)
        assert two.clock.now() < one.clock.now() - 3000
        assert one.world.campaigns.keys() != two.world.campaigns.keys()


def test_arguments_go_before_settings():
    settings = Settings(seed=5, job_seconds=7.0)
    assert Emulator(settings=settings).settings == settings
    assert Emulator(seed=0, job_seconds=0.5, settings=settings).settings == Settings(seed=0, job_seconds=0.5)


def test_a_taken_port_is_said_to_be_taken():
    with Emulator() as emulator:
        with pytest.raises(OSError, match=f"port {emulator.port} is taken"):
            Emulator(emulator.port).__enter__()
        assert status_code(emulator.port) == 200


def test_a_failure_to_start_is_raised(monkeypatch):
    def fails(*_):
        raise LookupError("no loop")

    monkeypatch.setattr("uvicorn.Server.startup", fails)
    emulator = Emulator()
    with pytest.raises(RuntimeError, match="did not start") as failure:
        emulator.__enter__()
    assert isinstance(failure.value.__cause__, LookupError)
    assert not listens(emulator.port)


def test_stopping_does_not_wait_for_open_connections():
    with Emulator() as emulator:
        idle = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=5)
        idle.request("GET", STATUS, headers={"TTD-Auth": "emulator"})
        idle.getresponse().read()
        silent = socket.create_connection(("127.0.0.1", emulator.port))
        half = socket.create_connection(("127.0.0.1", emulator.port))
        half.sendall(
            b"POST /workflows/campaign HTTP/1.1\r\nHost: x\r\nTTD-Auth: emulator\r\nContent-Length: 99\r\n\r\n{"
        )
        stopped = time.perf_counter()
    assert time.perf_counter() - stopped < 1
    for connection in (idle, silent, half):
        connection.close()


def test_stopping_cuts_a_download():
    settings = Settings(third_party_segments=40_000, raw_result_limit=0, job_seconds=0.01)
    with Emulator(settings=settings) as emulator:
        connection = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=20)
        fields = {"TTD-Auth": "emulator", "Content-Type": "application/json"}
        connection.request("POST", "/standardjob/thirdpartydata", b'{"partnerId": "p1"}', fields)
        connection.getresponse().read()
        emulator.clock.advance(1)
        connection.request("GET", "/standardjob/412653/status", headers=fields)
        url = re.search(rb'"url":"http://[^/]+([^"]+)"', connection.getresponse().read())[1].decode()
        connection.request("GET", url)
        response = connection.getresponse()
        response.read(1000)
        stopped = time.perf_counter()
    assert time.perf_counter() - stopped < 1
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        response.read()
    connection.close()


def test_stopping_does_not_wait_for_a_result_being_written():
    settings = Settings(third_party_segments=1_000_000, job_seconds=0.01)
    with Emulator(settings=settings) as emulator:
        fields = {"TTD-Auth": "emulator", "Content-Type": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=20)
        connection.request("POST", "/standardjob/thirdpartydata", b'{"partnerId": "p1"}', fields)
        connection.getresponse().read()
        emulator.clock.advance(1)
        connection.request("GET", "/standardjob/412653/status", headers=fields)
        time.sleep(0.3)
        assert status_code(emulator.port) == 200  # others are answered meanwhile
        stopped = time.perf_counter()
    assert time.perf_counter() - stopped < 1
    connection.close()


def test_many_ask_at_once():
    with Emulator() as emulator:
        codes = []
        threads = [threading.Thread(target=lambda: codes.append(status_code(emulator.port))) for _ in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert codes == [200] * 50


def test_answers_do_not_wait_for_acknowledgements():
    """With Nagle's algorithm on, each answer on a kept-alive connection would take 40 ms."""
    with Emulator() as emulator:
        connection = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=5)
        started = time.perf_counter()
        for _ in range(30):
            connection.request("GET", STATUS, headers={"TTD-Auth": "emulator"})
            connection.getresponse().read()
        assert time.perf_counter() - started < 0.9
        connection.close()


@pytest.fixture
def process():
    started = []

    def start(*arguments):
        code = f"from ttd_workflows.emulator import serve; serve({', '.join(arguments)})"
        environment = {**os.environ, "PYTHONUNBUFFERED": ""}
        process = subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        )
        started.append(process)
        return process

    yield start
    for one in started:
        one.kill()
        one.communicate()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_process_prints_its_address_and_ends_well(process, ending):
    running = process("0")
    first = running.stdout.readline()
    address = re.fullmatch(r"The emulator answers at (http://127\.0\.0\.1:(\d+)/workflows)\n", first)
    assert address, first
    assert status_code(int(address[2])) == 200
    assert "token is emulator" in running.stdout.readline()
    running.send_signal(ending)
    rest, err = running.communicate(timeout=5)
    assert (running.returncode, rest, err) == (0, "", "")


def test_a_process_says_that_its_port_is_taken(process):
    with Emulator() as emulator:
        failed = process(str(emulator.port))
        out, err = failed.communicate(timeout=5)
    assert failed.returncode == 1
    assert (out, f"port {emulator.port} is taken" in err) == ("", True)


def test_importing_the_package_loads_nothing():
    code = "import ttd_workflows.emulator, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"uvicorn", "starlette", "pydantic", "graphql", "asyncio"} & set(loaded)


def loaded_by_a_status_call(*, in_process):
    code = (
        "from ttd_workflows.emulator import Emulator\nimport http.client, sys\n"
        f"with Emulator(in_process={in_process}) as e:\n"
        "    headers = {'TTD-Auth': e.token}\n"
        "    if e.in_process:\n"
        "        status = e.client.get('/standardjob/412651/status', headers=headers).status_code\n"
        "    else:\n"
        "        c = http.client.HTTPConnection('127.0.0.1', e.port)\n"
        "        c.request('GET', '/standardjob/412651/status', headers=headers)\n"
        "        status = c.getresponse().status\n"
        "    assert status == 200\n"
        "print(*sys.modules)"
    )
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize("in_process", [False, True])
def test_a_status_call_loads_what_it_needs_only(in_process):
    loaded = loaded_by_a_status_call(in_process=in_process)
    assert "uvicorn" in loaded
    unneeded = {
        "graphql",
        "yaml",
        "ttd_workflows.models.campaigns",
        "ttd_workflows.emulator.faults.rules",
        "ttd_workflows.emulator.openapi",
        "ttd_workflows.emulator.control.page",
    }
    assert loaded & unneeded == set()
    assert ("httptools" in loaded) is not in_process
    assert "h11" not in loaded
