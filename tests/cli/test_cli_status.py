"""``ttdw status`` against an emulator, and against worse."""

from __future__ import annotations

import inspect
import json
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from ttd_workflows.cli import options
from ttd_workflows.cli.app import app
from ttd_workflows.cli.status import _lines
from ttd_workflows.core import sending
from ttd_workflows.emulator import Emulator
from ttd_workflows.jobs.reference import JobKind, Reference
from ttd_workflows.jobs.snapshot import Snapshot
from ttd_workflows.models import GraphQLBulkJobRetrievalResponse, TypeBasedJobStatusResponse

WITHIN_THIS_PROCESS = True
SECRET = "a-token-nobody-must-see"
CREATED = "2026-11-24T10:00:00Z"


def _ended(workflows, job):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        answer = workflows.job_status.get_job_status(id=job.id)
        if answer.status != "InProgress":
            return answer
        time.sleep(0.02)
    raise AssertionError("the job does not end")


def test_success(ttdw, local):
    outcome = ttdw("status", "412651", **local)
    assert (outcome.code, outcome.err) == (0, "")
    lines = dict(line.split(maxsplit=1) for line in outcome.out.splitlines())
    assert lines["job"] == "standard:412651"
    assert lines["status"] == "Success"
    assert lines["done"] == "100 %"
    assert lines["completed"].endswith("UTC (after 2 min 0 s)")
    assert lines["url"].startswith(local["WORKFLOWS_SERVER_URL"].removesuffix("/workflows"))
    assert list(lines) == ["job", "status", "done", "created", "completed", "result", "url"]


def test_under_way_is_no_error(ttdw, local):
    outcome = ttdw("status", "standard:412652", **local)
    assert (outcome.code, outcome.err) == (0, "")
    assert "InProgress" in outcome.out
    assert "url" not in outcome.out


def test_json_is_one_document_in_the_wires_names(ttdw, local):
    outcome = ttdw("status", "412651", "--json", **local)
    assert (outcome.code, outcome.err) == (0, "")
    document = json.loads(outcome.out)
    assert (document["id"], document["status"]) == (412651, "Success")
    assert {"createdAtUtc", "completedAtUtc", "completionPercentage", "url", "rawResult"} <= set(document)
    json.loads(document["rawResult"])


def test_a_graphql_job(ttdw, local, workflows):
    query = '{ partner(id: "p1") { thirdPartyData { nodes { id } } } }'
    answer = workflows.graph_ql_request.submit_graph_ql_bulk_query_job(request={"query": query})
    reference = f"graphql:{answer.payload.data.id}"
    outcome = ttdw("status", reference, **local)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(f"job        {reference}\nstatus     ")
    document = json.loads(ttdw("status", reference, "--json", **local).out)
    assert (document["id"], "createdAt" in document) == (answer.payload.data.id, True)


def test_a_failed_job_is_exit_code_4(ttdw, local, workflows):
    job = workflows.dmp.get_third_party_data_job(request={"partner_id": "p1", "query_shape": "nodes {"})
    assert _ended(workflows, job).status == "Failure"
    outcome = ttdw("status", str(job.id), **local)
    assert outcome.code == 4
    assert "\nerror  " in outcome.out
    assert ttdw("status", str(job.id), "--json", **local).code == 4


def test_partial_success_is_exit_code_3(ttdw, local, workflows):
    primary = {"name": "A", "channel": "Display", "funnelLocation": "Awareness"}
    inputs = [{"campaignId": campaign, "primaryInput": primary} for campaign in (_a_campaign(workflows), "nowhere")]
    job = workflows.ad_group.create_ad_groups_job(request={"input": inputs})
    assert _ended(workflows, job).status == "PartialSuccess"
    assert ttdw("status", str(job.id), **local).code == 3


def _a_campaign(workflows):
    primary = {
        "advertiser_id": "adv0001",
        "name": "C",
        "primary_channel": "Display",
        "primary_goal": {"maximize_reach": True},
    }
    return workflows.campaign.create(request={"primary_input": primary}).campaign.id


def test_expired_results_are_exit_code_5(ttdw):
    with Emulator() as emulator:
        emulator.clock.advance(25 * 3600)
        outcome = ttdw("status", "412651", "--server-url", emulator.url, WORKFLOWS_TTD_AUTH=emulator.token)
    assert outcome.code == 5
    assert "ResultsExpired" in outcome.out


@pytest.mark.parametrize("job", ["7", "graphql:7", str(2**63 - 1)])
def test_a_job_that_is_not_there(ttdw, local, job):
    outcome = ttdw("status", job, **local)
    assert (outcome.code, outcome.out) == (1, "")
    assert "no such" in outcome.told["error"]
    assert "numbered apart" in outcome.told["next"]


@pytest.mark.parametrize("job", ["", "x", "0", "-1", "1.5", "٤", "cube:1", "standard:", ":", "1:2", str(2**63)])
def test_what_is_no_job_is_refused_before_any_request(ttdw, job):
    outcome = ttdw("status", "--", job, WORKFLOWS_SERVER_URL="http://127.0.0.1:1", WORKFLOWS_TTD_AUTH="x")
    assert (outcome.code, outcome.out) == (2, "")
    assert "412651, standard:412651 or graphql:2989826" in outcome.told["why"]


def test_an_edition_without_graphql_jobs_says_so(ttdw, local):
    outcome = ttdw("status", "graphql:1", "--edition", "0.7.2", **local)
    assert outcome.code == 2
    assert "0.13.2 only" in outcome.told["why"]


def test_the_seed_edition_is_spoken(ttdw, local):
    assert ttdw("status", "412651", "--edition", "0.7.2", **local).code == 0


def test_no_token(ttdw, local):
    outcome = ttdw("status", "1", **{**local, "WORKFLOWS_TTD_AUTH": ""})
    assert outcome.code == 1
    assert "WORKFLOWS_TTD_AUTH" in outcome.told["next"]


def test_a_wrong_token_is_told_and_not_shown(ttdw, local):
    outcome = ttdw("--debug", "status", "1", **{**local, "WORKFLOWS_TTD_AUTH": SECRET})
    assert outcome.code == 1
    assert "does not know this token" in outcome.err
    assert SECRET not in outcome.err + outcome.out


def test_there_is_no_option_for_a_token(ttdw):
    assert "--token" not in ttdw("status", "--help").out
    assert ttdw("status", "1", "--ttd-auth", SECRET).code == 2


def test_the_emulator_by_name_is_never_sent_the_services_token(environment):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = (
            f"import ttd_workflows.identity as i; i.SERVERS['emulator'] = 'http://127.0.0.1:{port}/workflows';"
            "from ttd_workflows.cli import main; main()"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", code, "status", "1", "--server", "emulator"],
            stderr=subprocess.PIPE,
            env={**environment, "WORKFLOWS_TTD_AUTH": SECRET},
        )
        connection, _ = server.accept()
        with connection:
            heard = connection.recv(65536)
        process.communicate(timeout=30)
    assert b"TTD-Auth: emulator\r\n" in heard
    assert SECRET.encode() not in heard


def test_a_local_service_that_is_not_there_is_asked_once(ttdw):
    begin = time.monotonic()
    outcome = ttdw("status", "1", "--server-url", "http://127.0.0.1:1/workflows", WORKFLOWS_TTD_AUTH="x")
    assert time.monotonic() - begin < 5
    assert outcome.code == 1
    assert "nothing was sent" in outcome.told["error"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted(environment, number, code):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/workflows"
        process = subprocess.Popen(
            [sys.executable, "-m", "ttd_workflows", "status", "1", "--server-url", url],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**environment, "WORKFLOWS_TTD_AUTH": SECRET},
        )
        connection, _ = server.accept()
        with connection:
            connection.recv(65536)  # it waits for the answer now
            process.send_signal(number)
            out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err.strip()) == (code, b"", b"")


@pytest.mark.parametrize(("words", "told"), [((), "no connection. Trying again in 1.2 s.\n"), (("--quiet",), "")])
def test_a_repetition_is_told_to_who_waits_unless_they_want_quiet(capsys, words, told):
    notices = options._Notices()
    with app.make_context("ttdw", [*words, "status", "1"]):
        notices.debug("> %s %s headers=%s body=%s", "GET", "x", {}, SECRET)
        assert capsys.readouterr().err == ""
        notices.debug(options.REPEATING, "job_status.get_job_status", "no connection.", 1.25)
        assert capsys.readouterr().err == told


def test_the_notice_is_what_sending_says():
    assert f'"{options.REPEATING}"' in inspect.getsource(sending)


def test_an_unknown_status_counts_as_under_way_and_is_told(process):
    code = (
        "from datetime import datetime as d; from ttd_workflows.jobs.job import Job, Snapshot;"
        f"created = d.fromisoformat('{CREATED}');"
        "Job.status = lambda job: Snapshot(job.reference, 'Paused', None, created, None, (), created);"
        "from ttd_workflows.cli import main; main()"
    )
    outcome = process("status", "1", "--server", "emulator", command=(sys.executable, "-c", code))
    assert outcome.code == 0
    assert "status     Paused\n" in outcome.out
    assert "does not know the status Paused" in outcome.err


def _snapshot(kind, model, **members):
    of = {"standard": Snapshot.of_standard, "graphql": Snapshot.of_graphql}[kind]
    return of(Reference(JobKind(kind), 1), model.model_validate({"id": 1, **members}), datetime.now(UTC))


def test_what_a_service_says_cannot_move_the_cursor():
    members = {"createdAtUtc": CREATED, "status": "Failure", "errors": "bad\x1b[2J thing\u2028end"}
    assert ("error", "bad [2J thing") in _lines(_snapshot("standard", TypeBasedJobStatusResponse, **members))


def test_both_kinds_of_a_graphql_jobs_errors_are_shown():
    job = {"id": 1, "createdAt": CREATED, "status": "Failure", "runtimeErrors": ["a"], "queryGqlErrors": ["b", "c"]}
    lines = _lines(_snapshot("graphql", GraphQLBulkJobRetrievalResponse, job=job))
    assert [text for label, text in lines if label == "error"] == ["a", "b", "c"]
