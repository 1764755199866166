"""What every command shares: help, version, wrong usage, start-up, errors of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from statistics import median

import pytest
from click.testing import CliRunner

from ttd_workflows.cli import exits, main
from ttd_workflows.cli.app import app
from ttd_workflows.version import __version__

HEAVY = {
    "pydantic",
    "pydantic_core",
    "httpcore2",
    "httpx2",
    "rich",
    "starlette",
    "uvicorn",
    "graphql",
    "asyncio",
    "ssl",
}
COMMANDS = [(), *((name,) for name in app.rooms)]
CPU_ALLOWED = 0.150
PROJECT = Path(__file__).parents[2] / "pyproject.toml"


def test_the_version_is_the_packages(ttdw):
    outcome = ttdw("--version")
    assert (outcome.code, outcome.out, outcome.err) == (0, f"ttdw {__version__}\n", "")


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help_fits_80_columns_and_has_examples(ttdw, words):
    outcome = ttdw(*words, "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(f"Usage: {' '.join(['ttdw', *words])}")
    assert max(map(len, outcome.out.splitlines())) <= 80
    assert f"  ttdw {' '.join(words)}".rstrip() in outcome.out


def test_the_list_of_commands_says_what_each_command_says(ttdw):
    listed = dict(re.findall(r"^  ([\w-]+) +(\S.*\.)$", ttdw("--help").out.partition("Jobs:")[2], re.MULTILINE))
    assert list(listed) == list(app.rooms)
    for name, line in listed.items():
        command = app.get_command(None, name)
        assert command.help.partition("\n")[0] == line, name


def test_help_lists_every_exit_code(ttdw):
    told = ttdw("--help").out.partition("Exit codes:")[2]
    for code, meaning in exits.MEANINGS.items():
        assert re.search(rf"^ +{code} +{re.escape(meaning)}$", told, re.MULTILINE)


def test_the_exit_codes_are_those_of_the_design():
    assert sorted(exits.MEANINGS) == [0, 1, 2, 3, 4, 5, 6, 75, 130, 143]


def test_without_a_command_help_comes_and_counts_as_wrong_usage(ttdw):
    outcome = ttdw()
    assert (outcome.code, outcome.out) == (2, "")
    assert "Jobs:" in outcome.err


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("stauts", "1"), "There is no command 'stauts'. Did you mean 'status'?"),
        (("frobnicate",), f"There is no command 'frobnicate'. There are {', '.join(app.rooms)}."),
        (("status",), "Missing argument 'JOB...'."),
        (("status", "1", "--jsn"), "No such option '--jsn'. Did you mean '--json'?"),
        (("--nonsense",), "No such option '--nonsense'."),
        (("emulator", "--port", "99999"), "Invalid value for '--port': 99999 is not in the range 0<=x<=65535."),
        (("demo", "--job-seconds", "nan!"), "Invalid value for '--job-seconds': 'nan!' is not a valid float range."),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_told_in_three_lines(ttdw, words, why):
    outcome = ttdw(*words)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.told["why"] == why
    assert re.fullmatch(r"See: ttdw( \w+)? --help", outcome.told["next"])


@pytest.mark.parametrize("words", [("--help",), ("--version",)], ids=" ".join)
def test_help_and_version_import_nothing_heavy(environment, words):
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "ttd_workflows", *words],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "click" in imported
    assert not imported & HEAVY


def test_help_starts_within_its_budget(environment):
    bare = median(_cpu([sys.executable, "-c", "pass"], environment) for _ in range(5))
    helped = median(_cpu([sys.executable, "-m", "ttd_workflows", "--help"], environment) for _ in range(5))
    assert helped - bare <= CPU_ALLOWED


def _cpu(command: list[str], environment: dict[str, str]) -> float:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_utime + usage.ru_stime


@pytest.mark.parametrize(
    ("missing", "words", "extra"),
    [("click", "--help", "cli"), ("rich", "demo --job-seconds 0", "cli"), ("uvicorn", "emulator", "emulator")],
)
def test_a_missing_extra_is_told_with_the_command_that_installs_it(ttdw, missing, words, extra):
    without = f"import sys; sys.modules[{missing!r}] = None; from ttd_workflows.cli import main; main()"
    outcome = ttdw(*words.split(), command=(sys.executable, "-c", without))
    assert outcome.code == 1
    assert outcome.err.endswith(f'next:  Install it: pip install "ttdw[{extra}]"\n')


def test_a_bug_is_three_lines_and_a_traceback_only_when_asked_for(ttdw):
    broken = (
        "import ttd_workflows.cli.status as s; s.connect = lambda: 1 / 0; from ttd_workflows.cli import main; main()"
    )
    command = (sys.executable, "-c", broken)
    outcome = ttdw("status", "1", "--server", "emulator", command=command)
    assert outcome.code == 1
    assert "bug" in outcome.told["error"]
    assert outcome.told["why"] == "ZeroDivisionError: division by zero"
    for words in (("--debug", "status", "1"), ("status", "1", "--debug")):
        debugged = ttdw(*words, "--server", "emulator", command=command)
        assert debugged.code == 1
        assert "Traceback (most recent call last)" in debugged.err
        assert debugged.err.endswith(outcome.err)


def test_a_reader_that_has_enough_is_no_error_worth_a_traceback(environment):
    script = (
        f'"{sys.executable}" -c "import time; time.sleep(1)" | true; "{sys.executable}" -m ttd_workflows --help | true'
    )
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False, env=environment)
    assert done.stderr == ""


def test_the_console_scripts_lead_here():
    scripts = tomllib.loads(PROJECT.read_text("utf-8"))["project"]["scripts"]
    assert scripts["ttdw"] == scripts["ttd-workflows"] == f"{main.__module__}:{main.__name__}"


def test_the_app_can_be_driven_by_clicks_own_runner():
    assert CliRunner().invoke(app, ["--version"]).output == f"ttdw {__version__}\n"
