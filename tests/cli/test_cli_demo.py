"""``ttdw demo``: what a newcomer sees, on a pipe and on a terminal; and that nothing is left behind."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from ttd_workflows.cli.demo import SNIPPET
from ttd_workflows.jobs.events import Polled
from ttd_workflows.jobs.progress import progress
from ttd_workflows.jobs.reference import JobKind, Reference
from ttd_workflows.jobs.snapshot import Snapshot

pty = pytest.importorskip("pty", reason="terminals are POSIX")
COMMAND = [sys.executable, "-m", "ttd_workflows", "demo"]


def test_on_a_pipe_it_is_plain_and_leaves_nothing_behind(ttdw, tmp_path):
    outcome = ttdw("demo", "--job-seconds", "1.2", TMPDIR=str(tmp_path))
    assert outcome.code == 0
    told = re.sub(r"\d+(,\d+)*", "N", outcome.err).splitlines()
    assert told[0].startswith("A local service answers at http://")
    assert told[1] == "Submitted a job for the third-party data of partner pN: its number is N"
    assert told[-1] == "Downloaded its result: N bytes, and no token was sent for it"
    collected = told.index("Job N  N %  Success") + 1
    assert told[2] == "Job N    N %  InProgress"
    assert all(re.fullmatch(r"Job N +N %  InProgress", line) for line in told[2 : collected - 1])
    assert told[-2] == "Job N, result  N %  N bytes"
    assert all(re.fullmatch(r"Job N, result +N %  N bytes", line) for line in told[collected:-1])
    assert "\x1b" not in outcome.err + outcome.out
    assert list(tmp_path.iterdir()) == []


def test_stdout_has_the_data_and_what_to_do_next(ttdw):
    outcome = ttdw("demo", "--job-seconds", "0")
    assert re.search(r"^segment +name +buyable +households *$", outcome.out, re.MULTILINE)
    assert len(re.findall(r"^10000\d\d\|\w+ ", outcome.out, re.MULTILINE)) == 8
    assert "The first 8 of 200 segments." in outcome.out
    assert SNIPPET in outcome.out
    assert re.search(r"^    \S+ -m ttd_workflows status 412651 --server emulator$", outcome.out, re.MULTILINE)
    assert max(map(len, outcome.out.splitlines())) <= 80
    assert "Submitted" not in outcome.out


def test_the_code_it_shows_runs(environment, emulator, tmp_path):
    run = "import sys, ttd_workflows.identity as i; i.SERVERS['emulator'] = sys.argv[1]; exec(sys.stdin.read())"
    done = subprocess.run(
        [sys.executable, "-c", run, emulator.url],
        input=SNIPPET,
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=environment,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "200 segments\n"
    saved = json.loads((tmp_path / "segments.json").read_bytes())
    assert len(saved["data"]["partner"]["thirdPartyData"]["nodes"]) == 200


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


def test_no_variable_leads_it_elsewhere(ttdw):
    nowhere = "http://127.0.0.1:1"
    proxies = dict.fromkeys(("HTTP_PROXY", "http_proxy", "ALL_PROXY"), nowhere)
    outcome = ttdw("demo", "--job-seconds", "0", WORKFLOWS_TTD_AUTH="mine", WORKFLOWS_SERVER_URL=nowhere, **proxies)
    assert outcome.code == 0, outcome.err


NOW = datetime(2026, 11, 24, tzinfo=UTC)


def polled(percent, state):
    snapshot = Snapshot(Reference(JobKind.STANDARD, 1), state, percent, NOW, None, (), NOW)
    return Polled(snapshot.reference, snapshot, 1.0)


def test_plain_progress_is_a_line_when_the_status_changes_and_now_and_then(capsys, monkeypatch):
    now = [100.0]
    monkeypatch.setattr("ttd_workflows.jobs.progress.monotonic", lambda: now[0])
    with progress() as show:
        for passed, percentage, status in [(0, 0, "A"), (0.5, 10, "A"), (1.1, 20, "A"), (1.2, 21, "A"), (1.3, 30, "B")]:
            now[0] = 100 + passed
            show(polled(percentage, status))
    assert capsys.readouterr().err == "Job 1    0 %  A\nJob 1   20 %  A\nJob 1   30 %  B\n"


def test_progress_is_silent_when_asked(capsys):
    with progress(quiet=True) as show:
        show(polled(10, "InProgress"))
    assert capsys.readouterr().err == ""
