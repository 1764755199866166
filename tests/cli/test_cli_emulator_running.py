"""``ttdw emulator`` with a command: asking, moving and breaking an emulator that runs."""

from __future__ import annotations

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from ttd_workflows import Workflows
from ttd_workflows.cli.emulator.asking import usual_url
from ttd_workflows.emulator import Emulator

if TYPE_CHECKING:
    from collections.abc import Callable

WITHIN_THIS_PROCESS = True
STATUS = "get_job_status"


@pytest.fixture
def running():
    """An emulator of the test's own, whose clock stands still."""
    with Emulator() as emulator:
        emulator.clock.freeze()
        yield emulator


@pytest.fixture
def told(ttdw, running) -> Callable:
    """Run a command against it."""

    def run(*arguments):
        return ttdw("emulator", *arguments, "--url", running.url)

    return run


@pytest.fixture
def succeeds(told):
    def run(*arguments):
        outcome = told(*arguments)
        assert outcome.code == 0, outcome.err
        return outcome

    return run


@pytest.fixture
def client(running):
    with Workflows(ttd_auth=running.token, server_url=running.url, retry_config=None) as workflows:
        yield workflows


def test_the_clock_is_told_and_moved(succeeds, running):
    before = running.clock.now()
    assert "it stands still" in succeeds("clock").out
    moved = json.loads(succeeds("clock", "--advance", "1h30m", "--json").out)
    assert moved["frozen"] is True
    assert running.clock.now() == before + 5400
    assert ", speed 60" in succeeds("clock", "--resume", "--speed", "60").out


@pytest.mark.parametrize(
    ("span", "seconds"), [("90", 90), ("1.5s", 1.5), ("15m", 900), ("2d", 172_800), ("1d2h3m4s", 93_784)]
)
def test_a_span_of_time(succeeds, running, span, seconds):
    before = running.clock.now()
    succeeds("clock", "--advance", span)
    assert running.clock.now() == pytest.approx(before + seconds)


@pytest.mark.parametrize("span", ["", "soon", "1x", "1h ", "-5", "h"])
def test_what_is_no_span_of_time_is_said(told, span):
    outcome = told("clock", "--advance", span)
    assert outcome.code == 2
    assert "is no span of time" in outcome.told["why"]


def test_a_move_that_cannot_be(told):
    outcome = told("clock", "--speed", "0")
    assert (outcome.code, outcome.told["error"]) == (1, "The emulator refuses.")
    assert "freeze stops it" in outcome.told["why"]


def test_jobs_are_listed_and_ended(succeeds, told, client):
    job = client.dmp.get_third_party_data_job(request={"partner_id": "p1"}).id
    rows = json.loads(succeeds("jobs", "--status", "InProgress", "--json").out)
    assert {row["reference"] for row in rows} == {"standard:412652", f"standard:{job}"}
    table = succeeds("jobs").out
    assert f"standard:{job}" in table
    assert "InProgress" in table
    assert succeeds("finish", str(job)).out == f"standard:{job} Success\n"
    assert client.job_status.get_job_status(id=job).status == "Success"
    assert succeeds("expire", f"standard:{job}").out == f"standard:{job} ResultsExpired\n"
    failed = json.loads(succeeds("fail", "412652", "--error", "no budget", "--error", "no time", "--json").out)
    assert (failed["status"], failed["errors"]) == ("Failure", ["no budget", "no time"])
    refused = told("cancel", "412652")
    assert (refused.code, "only GraphQL bulk jobs can be cancelled" in refused.told["why"]) == (1, True)
    for unknown in ("7", "graphql:7", "a b?x", "ü"):
        assert "there is no job " in told("finish", unknown).told["why"]


def test_plans_are_added_listed_and_taken_back(succeeds, told, client):
    outcome = succeeds(
        "plans", "add", "operation=get_third_party_data_job", "outcome=Failure", "errors=[no, budget]", "times=3"
    )
    plan = outcome.out.strip()
    job = client.dmp.get_third_party_data_job(request={"partner_id": "p1"}).id
    succeeds("finish", str(job))
    assert "budget" in client.job_status.get_job_status(id=job).errors
    (row,) = json.loads(succeeds("plans", "list", "--json").out)
    assert (row["id"], row["errors"], row["used"]) == (plan, ["no", "budget"], 1)
    assert "outcome=Failure" in succeeds("plans", "list").out
    succeeds("plans", "remove", plan)
    assert json.loads(succeeds("plans", "list", "--json").out) == []
    assert told("plans", "remove", plan).code == 1
    wrong = told("plans", "add", "outcom=Failure")
    assert "did you mean outcome?" in wrong.told["why"]
    assert json.loads(succeeds("plans", "add", "stall_at=40", "--json").out)["stall_at"] == 40
    succeeds("plans", "clear")
    assert json.loads(succeeds("plans", "list", "--json").out) == []


def test_faults_are_added_listed_and_taken_away(succeeds, told, running):
    assert succeeds("faults", "add", STATUS, "status=503", "times=2", "retry_after=1").out == "1\n"
    assert json.loads(succeeds("faults", "add", "*", "reset", "--json").out)["reset"] is True
    assert [rule.kinds for rule in running.faults] == ["status", "reset"]
    table = succeeds("faults", "list").out
    assert "status=503 retry_after=1 times=2" in table
    succeeds("faults", "disable", "2")
    assert [row["enabled"] for row in json.loads(succeeds("faults", "list", "--json").out)] == [True, False]
    succeeds("faults", "enable", "2")
    succeeds("faults", "remove", "1")
    assert [rule.id for rule in running.faults] == [2]
    succeeds("faults", "clear")
    assert len(running.faults) == 0
    assert told("faults", "remove", "1").told["why"] == "There is no fault rule 1."


def test_the_kinds_of_faults_are_told(succeeds):
    kinds = json.loads(succeeds("faults", "kinds", "--json").out)
    assert {"status", "truncate", "rate_limit"} <= {kind["kind"] for kind in kinds}
    assert "Content-Length" in succeeds("faults", "kinds", "--output", "jsonl").out


@pytest.mark.parametrize(
    ("said", "code", "why"),
    [
        ((STATUS, "stauts=503"), 1, "did you mean status?"),
        ((STATUS, "status=503", "status=504"), 2, "status is there twice"),
        ((STATUS, "=503"), 2, "'=503' is no NAME=VALUE"),
        ((STATUS, "status=["), 1, "status must be a whole number"),
        (("get_jobs_status", "reset"), 1, "did you mean job_status.get_job_status?"),
        ((STATUS,), 2, "Missing argument"),
    ],
)
def test_a_wrong_rule_is_refused(told, running, said, code, why):
    outcome = told("faults", "add", *said)
    assert (outcome.code, why in outcome.told["why"]) == (code, True), outcome.err
    assert len(running.faults) == 0


def test_the_journal_is_shown(succeeds, running, client):
    for _ in range(2):
        client.campaign.create(
            request={
                "primary_input": {
                    "advertiser_id": next(iter(running.world.advertisers)),
                    "name": "Twice",
                    "primary_channel": "Display",
                    "primary_goal": {"maximize_reach": True},
                }
            }
        )
    outcome = succeeds("journal")
    assert "campaign.create" in outcome.out
    assert "again what 1 did" in outcome.out
    assert outcome.err == "1 of 2 did once more what an equal request had done before.\n"
    assert succeeds("journal", "--quiet").err == ""
    rows = json.loads(succeeds("journal", "--operation", "campaign.create", "--after", "1", "--json").out)
    assert [row["id"] for row in rows] == [2]
    assert json.loads(succeeds("journal", "--text", "nobody said so", "--json").out) == []
    entry = json.loads(succeeds("journal", "1").out)
    assert json.loads(entry["requestBody"])["primaryInput"]["name"] == "Twice"
    assert entry["requestHeaders"]["ttd-auth"] == "***"
    succeeds("journal", "--clear")
    assert len(running.journal) == 0


def test_a_scenario_is_applied(succeeds, told, running, tmp_path):
    file = tmp_path / "night.yaml"
    file.write_text("faults:\n  - {operation: '*', status: 503}\nplans:\n  - {seconds: 1}\nclock: {advance: 60}\n")
    assert "It has 1 plans and 1 fault rules now" in succeeds("apply", str(file)).err
    assert [rule.kinds for rule in running.faults] == ["status"]
    assert json.loads(succeeds("apply", str(file), "--json").out)["faults"][0]["status"] == 503
    file.write_text("faults:\n  - {operation: '*', stat: 503}\n")
    refused = told("apply", str(file))
    assert (refused.code, refused.told["why"]) == (1, "faults[0].stat: there is no 'stat'; did you mean status?")
    assert [rule.kinds for rule in running.faults] == ["status"]
    missing = told("apply", str(tmp_path / "nowhere.yaml"))
    assert (missing.code, "does not exist" in missing.told["why"]) == (2, True)


def test_a_world_is_written_read_and_begun_again(succeeds, told, running, client, tmp_path):
    file = tmp_path / "world.json"
    client.dmp.get_third_party_data_job(request={"partner_id": "p1"})
    before = len(running.world.jobs["standard"])
    running.faults.add("download", reset=True)
    succeeds("export", str(file))
    assert json.loads(succeeds("export").out).keys() == json.loads(file.read_text("utf-8")).keys()
    succeeds("reset")
    assert (len(running.world.jobs["standard"]), len(running.faults), len(running.journal)) == (before - 1, 0, 0)
    succeeds("import", str(file))
    assert len(running.world.jobs["standard"]) == before
    file.write_text("{}")
    assert told("import", str(file)).code == 1
    assert len(running.world.jobs["standard"]) == before
    unwritable = told("export", str(tmp_path / "no" / "folder.json"))
    assert (unwritable.code, "cannot be written" in unwritable.told["error"]) == (1, True)


def test_nobody_answers(ttdw):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    outcome = ttdw("emulator", "clock", "--url", f"http://127.0.0.1:{port}")
    assert (outcome.code, outcome.told["error"]) == (1, f"No emulator answers at http://127.0.0.1:{port}.")
    assert "ttdw emulator" in outcome.told["next"]


def test_left_out_it_is_the_one_that_clients_are_led_to(ttdw, running):
    assert ttdw("emulator", "clock", WORKFLOWS_SERVER_URL=running.url).code == 0


@pytest.mark.parametrize(
    "elsewhere", ["", "https://api.example/workflows", "https://127.0.0.1:1/workflows", "http://["]
)
def test_a_service_elsewhere_is_no_emulator(elsewhere, monkeypatch):
    monkeypatch.setenv("WORKFLOWS_SERVER_URL", elsewhere)
    assert usual_url() == "http://127.0.0.1:8917"


@pytest.mark.parametrize("url", ["https://127.0.0.1:8917", "127.0.0.1:x", "", "http://127.0.0.1:99999", "ftp://x"])
def test_what_is_no_address_is_said(ttdw, url):
    outcome = ttdw("emulator", "clock", "--url", url)
    assert (outcome.code, "is no address of an emulator" in outcome.told["why"]) == (2, True)


class _Stranger(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path.endswith("clock") else 404)
        self.end_headers()
        self.wfile.write(b"<html>welcome</html>")

    def log_message(self, *_):
        pass


@pytest.mark.parametrize("command", ["clock", "journal"])
def test_something_else_answers(ttdw, command):
    with HTTPServer(("127.0.0.1", 0), _Stranger) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        outcome = ttdw("emulator", command, "--url", f"http://127.0.0.1:{server.server_port}")
    assert (outcome.code, "is no emulator" in outcome.told["error"]) == (1, True)


def test_a_proxy_of_the_environment_is_not_asked(ttdw, running):
    outcome = ttdw("emulator", "clock", "--url", running.url, http_proxy="http://127.0.0.1:1")
    assert outcome.code == 0


def test_an_option_of_the_start_before_a_command_is_a_misunderstanding(ttdw):
    outcome = ttdw("emulator", "--port", "9000", "clock")
    assert outcome.code == 2
    assert outcome.told["why"].startswith("--port is for starting an emulator; clock asks one that runs")


def test_a_misspelt_command_names_the_nearest(ttdw):
    assert "Did you mean 'clock'?" in ttdw("emulator", "clok").told["why"]
    assert "Did you mean 'remove'?" in ttdw("emulator", "faults", "remov", "1").told["why"]
