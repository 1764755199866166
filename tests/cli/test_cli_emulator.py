"""``ttdw emulator``: its first line, its ends, its options."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from ttd_workflows import Workflows
from ttd_workflows.cli.emulator import DEFAULT_PORT
from ttd_workflows.identity import EMULATOR_TOKEN, SERVERS

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = [sys.executable, "-m", "ttd_workflows", "emulator"]


@contextmanager
def _running(environment: dict[str, str], *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """An emulator at a free port, and its address as its first line tells it."""
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        yield process, process.stdout.readline().split()[-1]
    finally:
        process.kill()
        process.communicate()


def _client(url: str) -> Workflows:
    return Workflows(ttd_auth=EMULATOR_TOKEN, server_url=url, retry_config=None)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_answers_once_its_address_is_told_and_ends_quietly(environment, number):
    with _running(environment) as (process, url):
        with _client(url) as workflows:
            assert workflows.job_status.get_job_status(id=412651).status == "Success"
        process.send_signal(number)
        _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")


def test_it_ends_promptly_although_somebody_is_connected(environment):
    with _running(environment) as (process, url):
        host, port = url.removeprefix("http://").partition("/")[0].split(":")
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(b"GET /workflows/standardjob/412651/status HTTP/1.1\r\n")
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=10)
    assert (process.returncode, err) == (0, "")


def test_a_taken_port_is_told_in_three_lines(ttdw):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        outcome = ttdw("emulator", "--port", str(port))
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.told["error"] == f"The emulator cannot listen at port {port}."
    assert "ttdw emulator --port 0" in outcome.told["next"]


def test_the_default_port_and_token_are_those_the_client_knows():
    assert SERVERS["emulator"] == f"http://127.0.0.1:{DEFAULT_PORT}/workflows"


def test_job_seconds(environment):
    with _running(environment, "--job-seconds", "3600") as (_, url), _client(url) as workflows:
        job = workflows.dmp.get_third_party_data_job(request={"partner_id": "p1"})
        assert workflows.job_status.get_job_status(id=job.id).completion_percentage < 1


def test_another_seed_makes_another_world(environment):
    names = []
    for seed in ("1", "1", "2"):
        with _running(environment, "--seed", seed) as (_, url), _client(url) as workflows:
            query = '{ partner(id: "p1") { thirdPartyData(first: 5) { nodes { name } } } }'
            answer = workflows.graph_ql_request.submit_graph_ql_request(request={"request": query})
            names.append(answer["data"]["partner"]["thirdPartyData"]["nodes"])
    assert names[0] == names[1] != names[2]
