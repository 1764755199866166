"""``ttdw emulator`` starting with settings and a scenario."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager

import pytest

from ttd_workflows import Workflows, errors

WITHIN_THIS_PROCESS = True


COMMAND = [sys.executable, "-m", "ttd_workflows", "emulator", "--port", "0"]


@contextmanager
def started(environment, *arguments):
    """A client of an emulator that the command started."""
    process = subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    try:
        first = process.stdout.readline()
        assert first, process.stderr.read()
        with Workflows(ttd_auth="emulator", server_url=first.split()[-1], retry_config=None) as workflows:
            yield workflows
    finally:
        process.kill()
        process.communicate()


def segments(workflows):
    query = '{ partner(id: "p1") { thirdPartyData(first: 100) { nodes { id } } } }'
    answer = workflows.graph_ql_request.submit_graph_ql_request(request={"request": query})
    return len(answer["data"]["partner"]["thirdPartyData"]["nodes"])


def test_any_setting(environment):
    with started(environment, "--set", "third_party_segments=7", "--set", "foreign-job=403") as workflows:
        assert segments(workflows) == 7


def test_a_scenario_and_settings_that_go_before_it(environment, tmp_path):
    file = tmp_path / "night.yaml"
    file.write_text(
        "settings: {third_party_segments: 3, job_seconds: 3600}\n"
        "faults:\n  - {operation: get_job_status, status: 503}\n"
    )
    arguments = ("--scenario", str(file), "--set", "third_party_segments=5")
    with started(environment, *arguments) as workflows:
        assert segments(workflows) == 5
        with pytest.raises(errors.ServerError):
            workflows.job_status.get_job_status(id=412651)


@pytest.mark.parametrize(
    ("assigned", "why"),
    [
        ("job_secs=1", "did you mean job_seconds?"),
        ("job_seconds=soon", "job_seconds cannot be 'soon'"),
        ("job_seconds", "say what job_seconds shall be: job_seconds=VALUE"),
        ("expired_token=402", "should be 401 or 403"),
        ("partners=-1", "must not be negative"),
    ],
)
def test_a_wrong_setting(ttdw, assigned, why):
    outcome = ttdw("emulator", "--port", "0", "--set", assigned)
    assert (outcome.code, outcome.out) == (2, "")
    assert why in outcome.told["why"]


def test_a_wrong_scenario_starts_nothing(ttdw, tmp_path):
    file = tmp_path / "night.yaml"
    file.write_text("fault: []\nsettings: {sed: 1}\n")
    outcome = ttdw("emulator", "--port", "0", "--scenario", str(file))
    assert (outcome.code, outcome.out, outcome.told["error"]) == (2, "", f"{file} cannot be applied.")
    assert "settings.sed" in outcome.told["why"]
    assert "did you mean faults?" in outcome.told["why"]


def test_a_world_that_outlives_the_emulator(environment, tmp_path):
    file = tmp_path / "world.state"
    with started(environment, "--state", str(file)) as workflows:
        job = workflows.dmp.get_third_party_data_job(request={"partner_id": "p1"}).id
    with started(environment, "--state", str(file)) as workflows:
        assert workflows.job_status.get_job_status(id=job).id == job


def test_a_file_that_is_no_world(ttdw, tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("milk, bread\n")
    outcome = ttdw("emulator", "--port", "0", "--state", str(file))
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.told["error"] == "The emulator cannot keep its world in that file."
    assert file.read_text() == "milk, bread\n"
