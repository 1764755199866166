"""``ttdw demo``: what a newcomer sees, on a pipe and on a terminal; and that nothing is left behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress

import pytest

from ttd_workflows.cli.demo import SNIPPET
from ttd_workflows.cli.downloading import download
from ttd_workflows.cli.progress import progress
from ttd_workflows.errors import NoResponseError

pty = pytest.importorskip("pty", reason="terminals are POSIX")
COMMAND = [sys.executable, "-m", "ttd_workflows", "demo"]


def test_on_a_pipe_it_is_plain_and_leaves_nothing_behind(ttdw, tmp_path):
    outcome = ttdw("demo", "--job-seconds", "1.2", TMPDIR=str(tmp_path))
    assert outcome.code == 0
    told = re.sub(r"\d[\d,]*", "N", outcome.err).splitlines()
    assert told[0].startswith("A local service answers at http://")
    assert told[1] == "Submitted a job for the third-party data of partner pN: its number is N"
    assert told[-2:] == ["Job N  N %  Success", "Downloaded its result: N bytes, and no token was sent for it"]
    assert set(told[2:-2]) == {"Job N    N %  InProgress", "Job N   N %  InProgress"}
    assert "\x1b" not in outcome.err + outcome.out
    assert list(tmp_path.iterdir()) == []


def test_stdout_has_the_data_and_what_to_do_next(ttdw):
    outcome = ttdw("demo", "--job-seconds", "0")
    assert re.search(r"^ segment +name +buyable +households *$", outcome.out, re.MULTILINE)
    assert len(re.findall(r"^ 10000\d\d\|\w+ ", outcome.out, re.MULTILINE)) == 8
    assert "The first 8 of 200 segments." in outcome.out
    assert SNIPPET in outcome.out
    assert re.search(r"^    \S+ -m ttd_workflows status 412651 --server emulator$", outcome.out, re.MULTILINE)
    assert max(map(len, outcome.out.splitlines())) <= 80
    assert "Submitted" not in outcome.out


def test_the_code_it_shows_runs(environment, emulator):
    run = "import sys, ttd_workflows.client as c; c.SERVERS['emulator'] = sys.argv[1]; exec(sys.stdin.read())"
    done = subprocess.run(
        [sys.executable, "-c", run, emulator.url],
        input=SNIPPET,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Success http://127.0.0.1:")


def test_the_code_it_shows_fits_a_terminal_and_a_glance():
    assert max(map(len, SNIPPET.splitlines())) <= 80
    assert len(SNIPPET.splitlines()) <= 10


@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_on_a_terminal_there_is_a_bar(environment, variables, coloured):
    code, seen = _on_a_terminal(
        [*COMMAND, "--job-seconds", "1"],
        {**environment, "TERM": "xterm-256color", "COLORTERM": "truecolor", **variables},
    )
    assert code == 0
    assert "━" in seen
    assert "100 %" in seen
    assert bool(re.search(r"\x1b\[[\d;]*3[18]", seen)) is coloured


def _on_a_terminal(command: list[str], environment: dict[str, str]) -> tuple[int, str]:
    """Run a command whose standard streams are a terminal; its exit code and all that was drawn."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        drawn = b""
        with suppress(OSError):  # that is how a terminal ends
            while piece := os.read(ours, 65536):
                drawn += piece
        os.close(ours)
    return process.returncode, drawn.decode()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_it_cleans_up(environment, tmp_path, number, code):
    process = subprocess.Popen(
        [*COMMAND, "--job-seconds", "600"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**environment, "TMPDIR": str(tmp_path)},
    )
    while "InProgress" not in process.stderr.readline():
        pass
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (code, "")
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_a_proxy_in_the_environment_is_not_asked_for_this_machine(ttdw):
    nowhere = "http://127.0.0.1:1"
    outcome = ttdw("demo", "--job-seconds", "0", HTTP_PROXY=nowhere, http_proxy=nowhere, ALL_PROXY=nowhere)
    assert outcome.code == 0, outcome.err


def test_the_services_token_is_not_used(ttdw):
    outcome = ttdw("demo", "--job-seconds", "0", WORKFLOWS_TTD_AUTH="mine", WORKFLOWS_SERVER_URL="http://127.0.0.1:1")
    assert outcome.code == 0, outcome.err


class _OneAnswer:
    """A server that hears one request and says what it was given to say."""

    def __init__(self, answer: bytes) -> None:
        self.heard = b""
        self._answer = answer
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}/result.json?signature=s"

    def __enter__(self):
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._thread.join()
        self._server.close()

    def _serve(self):
        connection, _ = self._server.accept()
        with connection:
            while b"\r\n\r\n" not in self.heard:
                self.heard += connection.recv(65536)
            connection.sendall(self._answer)


def test_a_download_sends_no_token_and_asks_for_no_coding(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKFLOWS_TTD_AUTH", "mine")
    with _OneAnswer(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello") as server:
        assert download(server.url, tmp_path / "file") == 5
    assert (tmp_path / "file").read_bytes() == b"hello"
    names = [line.partition(b":")[0].lower() for line in server.heard.splitlines()[1:]]
    assert b"ttd-auth" not in names
    assert b"authorization" not in names
    assert server.heard.startswith(b"GET /result.json?signature=s HTTP/1.1\r\n")
    assert b"accept-encoding: identity" in server.heard.lower()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\nConnection: close\r\n\r\nhello", "not read to its end"),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "answered 403"),
        (b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "answered 302"),
        (b"", "not read to its end"),
    ],
)
def test_a_download_that_is_not_whole_is_an_error(tmp_path, answer, said):
    with _OneAnswer(answer) as server, pytest.raises(NoResponseError, match=said):
        download(server.url, tmp_path / "file")


def test_plain_progress_is_a_line_when_the_status_changes_and_now_and_then(capsys, monkeypatch):
    now = [100.0]
    monkeypatch.setattr("ttd_workflows.cli.progress.monotonic", lambda: now[0])
    with progress("Job 1") as report:
        for passed, percentage, status in [(0, 0, "A"), (0.5, 10, "A"), (1.1, 20, "A"), (1.2, 21, "A"), (1.3, 30, "B")]:
            now[0] = 100 + passed
            report(percentage, status)
    assert capsys.readouterr().err == "Job 1    0 %  A\nJob 1   20 %  A\nJob 1   30 %  B\n"


def test_it_takes_about_as_long_as_its_job(ttdw):
    begin = time.monotonic()
    assert ttdw("demo", "--job-seconds", "1").code == 0
    assert 1 <= time.monotonic() - begin < 10
