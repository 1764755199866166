"""The command where nobody looks on: no terminal, no home, another locale, a proxy, streams closed, interrupted."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

THIRD_PARTY = ("submit", "third-party", "--partner", "p1", "--shape", "nodes { id name }")
QUIET_WAIT = ("--wait", "--poll", "0.05", "--quiet")


@pytest.fixture
def own(local, tmp_path):
    """The emulator, and a record of the test's own."""
    return {**local, "WORKFLOWS_LEDGER": str(tmp_path / "ledger.sqlite3")}


@pytest.fixture
def homeless(local, tmp_path):
    """A home that nothing can be written to, not by root either: a file stands in the way."""
    (tmp_path / "home").write_text("not a directory")
    home = str(tmp_path / "home")
    return {**local, "WORKFLOWS_LEDGER": "", "HOME": home, "XDG_STATE_HOME": home, "XDG_CONFIG_HOME": home}


def test_progress_is_lines_and_no_colours(ttdw, own):
    outcome = ttdw(*THIRD_PARTY, "--wait", "--poll", "0.05", **own)
    assert outcome.code == 0
    assert "\x1b" not in outcome.err + outcome.out
    assert "100 %  Success" in outcome.err


def test_quiet_leaves_the_data(ttdw, own):
    outcome = ttdw(*THIRD_PARTY, *QUIET_WAIT, **own)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("standard:")


def test_verbose_logs_each_call_and_no_token(ttdw, own):
    outcome = ttdw("status", "412651", "-v", **own)
    assert "job_status.get_job_status" in outcome.err
    assert "INFO" in outcome.err


def test_a_home_that_cannot_be_written_refuses_a_key_and_sends_nothing(ttdw, homeless):
    outcome = ttdw(*THIRD_PARTY, "--key", "night", **homeless)
    assert outcome.code == 1
    assert "nothing was sent" in outcome.told["error"]
    assert "WORKFLOWS_LEDGER" in outcome.told["next"]


def test_a_home_that_cannot_be_written_lets_go_on_without_a_key(ttdw, homeless):
    outcome = ttdw(*THIRD_PARTY, *QUIET_WAIT, **homeless)
    assert outcome.code == 0
    assert outcome.out.startswith("standard:")
    assert "going on without a record" in outcome.err


@pytest.mark.parametrize("variables", [{"LANG": "C"}, {"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii", "LANG": "C"}])
def test_another_locale_changes_no_data(ttdw, own, variables):
    query = '{ partner(id: "p1") { advertisers { nodes { name } } } }'
    done = subprocess.run(
        [sys.executable, "-m", "ttd_workflows", "graphql", "-"],
        input=query.encode(),
        capture_output=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", **own, **variables},
    )
    assert done.returncode == 0, done.stderr
    assert "東京ビール 4" in json.dumps(json.loads(done.stdout.decode("utf-8")), ensure_ascii=False)


def test_a_proxy_is_not_asked_for_this_machine(ttdw, own):
    dead = "http://127.0.0.1:1"
    outcome = ttdw("status", "412651", **own, HTTP_PROXY=dead, HTTPS_PROXY=dead, http_proxy=dead, ALL_PROXY=dead)
    assert outcome.code == 0


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_trouble(environment, own, closed):
    script = f'exec "{sys.executable}" -m ttd_workflows status 412651 {closed}'
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False, env={**environment, **own})
    assert (done.returncode, done.stderr) == (0, "")


def test_a_full_disk_behind_stdout_is_told(environment, own):
    script = f'exec "{sys.executable}" -m ttd_workflows status 412651 > /dev/full'
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False, env={**environment, **own})
    assert done.returncode == 1
    assert [line[:6] for line in done.stderr.splitlines()] == ["error:", "why:  ", "next: "]


def test_nobody_can_be_asked(ttdw, own):
    outcome = ttdw("campaign", "archive", "0391336", **own)
    assert (outcome.code, outcome.out) == (2, "")
    assert "--yes" in outcome.told["next"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_while_waiting_it_says_how_to_come_back(environment, own, number, code):
    command = [sys.executable, "-m", "ttd_workflows", "wait", "412652", "--timeout", "2h", "--save", "a b.json"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**environment, **own}) as process:
        first = process.stderr.readline()
        process.send_signal(number)
        rest = process.stderr.read()
    assert "InProgress" in first
    assert process.returncode == code
    assert rest.splitlines()[-1].endswith("-m ttd_workflows wait standard:412652 --timeout 2h --save 'a b.json'")
    assert "The job goes on. To come back: " in rest


def test_many_jobs_share_the_wait_and_the_worst_is_the_exit_code(ttdw, own):
    bad = ttdw("submit", "third-party", "--partner", "p1", "--shape", "nodes {", **own).out.strip()
    outcome = ttdw("wait", "412651", bad, "--poll", "0.05", "--json", "--quiet", **own)
    assert outcome.code == 4
    assert [row["code"] for row in json.loads(outcome.out)] == [0, 4]
    assert "1 of 2 jobs did not end in success" in outcome.told["error"]
