"""The pytest plugin: what its fixtures give, what its marks do, what is said about a mark that is wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ttd_workflows import Workflows
from ttd_workflows.emulator import Emulator

SAMPLE = Path(__file__).parent / "sample_project"


@pytest.fixture(scope="module", autouse=True)
def everything_is_loaded():
    """Each inner run forgets the modules that it was the first to load, and would load them anew."""
    with Emulator(in_process=True, job_seconds=0.0) as emulator:
        emulator.faults.add("get_version", status=503)
        with Workflows(**emulator.client_arguments(), ledger=None) as workflows:
            job = workflows.jobs.third_party_data(partner_id="p1", query_shape="nodes { id }")
            assert list(job.wait().rows())


@pytest.fixture
def run(pytester):
    """Runs a test module in a project of its own, and gives the outcome."""

    def with_(source, *arguments, ini=""):
        pytester.makeini(f"[pytest]\nfilterwarnings = error\n{ini}")
        pytester.makepyfile(source)
        return pytester.runpytest_inprocess(
            "-p", "no:randomly", "-p", "no:cacheprovider", "--strict-markers", *arguments
        )

    return with_


def test_a_project_is_tested_side_by_side(tmp_path):
    """The files are copied, so that nothing is left in the tree."""
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("PYTEST_ADDOPTS", None)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "ttdw", "-p", "xdist", "-n", "4", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, f"--basetemp={tmp_path / 'base'}", "-c", str(SAMPLE / "pyproject.toml"), "--rootdir", str(SAMPLE)],
        capture_output=True,
        text=True,
        check=False,
        cwd=SAMPLE,
        env=environment,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "33 passed" in done.stdout


def test_code_that_knows_of_no_emulator_finds_it(run):
    outcome = run(
        """
        from ttd_workflows import Workflows

        def test_it(emulator):
            with Workflows() as workflows:
                job = workflows.jobs.third_party_data(partner_id="p1", query_shape="nodes { id }", key="night")
                assert len(list(job.wait().rows())) == 200
            assert len(emulator.journal.requests("get_third_party_data_job")) == 1

        def test_again(emulator):
            test_it(emulator)
        """
    )
    outcome.assert_outcomes(passed=2)


def test_afterwards_the_environment_is_as_it_was(run, monkeypatch):
    monkeypatch.delenv("WORKFLOWS_SERVER_URL", raising=False)
    outcome = run(
        """
        import os

        def test_with(emulator):
            assert os.environ["WORKFLOWS_SERVER_URL"] == emulator.url

        def test_without():
            assert "WORKFLOWS_SERVER_URL" not in os.environ
        """
    )
    outcome.assert_outcomes(passed=2)


def test_marks_of_module_class_and_function_add_up(run):
    outcome = run(
        """
        import pytest

        pytestmark = [pytest.mark.faults("get_version", status=503), pytest.mark.emulator(partners=1, seed=5)]

        @pytest.mark.faults("get_version", status=409)
        class Test:
            @pytest.mark.faults("get_job_status", status=500)
            @pytest.mark.faults("get_job_status", status=502)
            @pytest.mark.emulator(partners=3)
            def test_it(self, emulator):
                assert [rule.operation for rule in emulator.faults] == ["get_version"] * 2 + ["get_job_status"] * 2
                assert [rule.effects[0].status for rule in emulator.faults] == [503, 409, 500, 502]
                assert (emulator.settings.partners, emulator.settings.seed) == (3, 5)
                assert len(emulator.world.partners) == 3
        """
    )
    outcome.assert_outcomes(passed=1)


def test_a_mark_alone_gives_the_test_an_emulator(run):
    outcome = run(
        """
        import pytest
        from ttd_workflows import Workflows
        from ttd_workflows.errors import NotFound

        @pytest.mark.faults("get_version", status=404)
        def test_it():
            with Workflows() as workflows, pytest.raises(NotFound):
                workflows.campaign.get_version(id="x")
        """
    )
    outcome.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        (
            'faults("get_job_staus", status=503)',
            "faults: there is no operation 'get_job_staus'; did you mean job_status.get_",
        ),
        ('faults("get_job_status", staus=503)', "faults: there is no 'staus'; did you mean status?"),
        ('faults("get_job_status", status="x")', "faults: status must be *, not 'x'"),
        ("faults(status=503)", "faults: *missing 1 required positional argument: 'operation'"),
        ('job_plan(outcom="Failure")', "job_plan: A plan has no 'outcom'; did you mean outcome?"),
        ('job_plan(outcome="Failed")', "job_plan: *not 'Failed'; did you mean Failure?"),
        ('job_plan("Failure")', "job_plan: it takes name=value only, not 'Failure'"),
        ("emulator(job_second=1)", "emulator: there is no setting 'job_second'; did you mean job_seconds?"),
        ('emulator(job_seconds="soon")', "emulator: job_seconds cannot be 'soon'*"),
        ("emulator(3)", "emulator: it takes name=value only, not 3"),
    ],
)
def test_a_mark_that_is_wrong_is_told_by_name_and_nothing_else(run, mark, said):
    outcome = run(f"import pytest\n\n@pytest.mark.{mark}\ndef test_it():\n    pass\n")
    outcome.assert_outcomes(errors=1)
    outcome.stdout.fnmatch_lines([f"@pytest.mark.{said}*"])
    outcome.stdout.no_fnmatch_line("*another exception*")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("job_seconds: 3", "emulator_settings: say what job_seconds: 3 shall be: job_seconds: 3=VALUE"),
        ("job_seconds = soon", "emulator_settings: job_seconds cannot be 'soon'*"),
        ("job_secnds = 3", "emulator_settings: there is no setting 'job_secnds'; did you mean job_seconds?"),
    ],
)
def test_a_setting_that_is_wrong_is_told(run, line, said):
    outcome = run("def test_it(emulator):\n    pass\n", ini=f"emulator_settings =\n    {line}\n")
    outcome.assert_outcomes(errors=1)
    outcome.stdout.fnmatch_lines([said])


def test_settings_of_the_project_hold_where_no_mark_says_otherwise(run):
    outcome = run(
        """
        import pytest

        def test_one(emulator):
            assert (emulator.settings.job_seconds, emulator.settings.token) == (0.25, "mine")

        @pytest.mark.emulator(job_seconds=5)
        def test_other(emulator):
            assert (emulator.settings.job_seconds, emulator.settings.token) == (5, "mine")
        """,
        ini="emulator_settings =\n    job_seconds = 0.25\n    token = mine\n",
    )
    outcome.assert_outcomes(passed=2)


FAILING = """
import pytest
from ttd_workflows import Workflows

@pytest.mark.faults("get_job_status", status=503, times=1)
def test_it(workflows):
    workflows.job_status.get_job_status(id=412651)
    for _ in range(2):
        workflows.campaign.create(request={"primary_input": {"advertiser_id": "0012345", "name": "Spring",
            "primary_channel": "Video", "primary_goal": {"maximize_reach": True}}})
    workflows.job_status.get_job_status(id=7)
"""


def test_a_failed_test_shows_what_was_asked(run):
    outcome = run(FAILING)
    outcome.assert_outcomes(failed=1)
    outcome.stdout.fnmatch_lines(
        [
            "*- requests to the emulator -*",
            "1: GET /workflows/standardjob/412651/status -> 503 in * ms (fault 1: status)",
            "2: GET /workflows/standardjob/412651/status -> 200 in * ms",
            "3: POST /workflows/campaign -> 201 in * ms",
            "4: POST /workflows/campaign -> 201 in * ms (the same as 3, carried out once more)",
            "5: GET /workflows/standardjob/7/status -> 404 in * ms",
            "*There is no job 7.*",
        ]
    )


def test_the_report_of_many_requests_has_the_latest(run):
    outcome = run(
        """
        def test_it(workflows):
            for _ in range(60):
                workflows.job_status.get_job_status(id=412651)
            assert False
        """
    )
    outcome.stdout.fnmatch_lines(["… 10 before these", "11: GET *", "60: GET *"])


def test_a_test_that_asked_nothing_says_so(run):
    run("def test_it(emulator):\n    assert False\n").stdout.fnmatch_lines(["none came"])


def test_a_test_that_passes_or_uses_no_emulator_shows_nothing(run):
    outcome = run("def test_one(emulator):\n    pass\n\ndef test_other():\n    assert False\n")
    outcome.assert_outcomes(passed=1, failed=1)
    outcome.stdout.no_fnmatch_line("*requests to the emulator*")


def test_marks_are_listed(run):
    outcome = run("", "--markers")
    outcome.stdout.fnmatch_lines([f"@pytest.mark.{name}(*" for name in ("emulator", "faults", "job_plan")])


def test_a_project_that_does_not_use_it_pays_nothing():
    code = "import sys, ttd_workflows.ext.pytest_plugin; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "ttd_workflows.ext.pytest_plugin" in loaded
    assert {"pydantic", "starlette", "uvicorn", "httpx2", "yaml", "asyncio"} & set(loaded) == set()
