"""The command as people run it: a process of its own, against an emulator."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from unittest.mock import patch

import pytest

from support.sessions import call
from ttd_workflows import Workflows
from ttd_workflows.emulator import Emulator

COMMAND = (sys.executable, "-m", "ttd_workflows")
UNWANTED = ("WORKFLOWS_", "COV_", "NO_COLOR", "FORCE_COLOR", "TTY_", "COLORTERM", "COLUMNS", "LINES")
Run = Callable[..., "Outcome"]


@dataclass(frozen=True)
class Outcome:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> dict[str, str]:
        """The three lines of an error, by their labels; there must be these three and nothing else."""
        lines = self.err.splitlines()
        assert [line.partition(":")[0] for line in lines] == ["error", "why", "next"], self.err
        return {label: text.strip() for label, _, text in (line.partition(":") for line in lines)}


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment without what leads a command to a service or decides on colours; a warning is an error."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(UNWANTED)}
    folder = tmp_path_factory.mktemp("kept")
    own = {"WORKFLOWS_LEDGER": str(folder / "ledger.sqlite3"), "WORKFLOWS_PROFILES": str(folder / "profiles")}
    return {**kept, "PYTHONWARNINGS": "error", "COLUMNS": "80", **own}


@pytest.fixture(scope="session")
def process(environment: dict[str, str]) -> Run:
    """Run the command to its end, in a process of its own."""

    def run(*arguments: str, command: tuple[str, ...] = COMMAND, **variables: str) -> Outcome:
        done = subprocess.run(
            [*command, *arguments],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=60,
            env={**environment, **variables},
        )
        assert "Traceback" not in done.stderr or "--debug" in arguments, done.stderr
        return Outcome(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def within(environment: dict[str, str]) -> Run:
    """Run the command to its end in this process, in a fifth of the time."""

    def run(*arguments: str, **variables: str) -> Outcome:
        with patch.dict(os.environ, {**environment, **variables}, clear=True):
            code, out, err = call(arguments)
        return Outcome(code, out.decode(), err.decode())

    return run


@pytest.fixture(scope="module")
def ttdw(request: pytest.FixtureRequest, process: Run, within: Run) -> Run:
    """Run the command to its end. A file that is about what is said and done, and not about how a process begins and
    ends, says ``WITHIN_THIS_PROCESS = True``."""
    return within if getattr(request.module, "WITHIN_THIS_PROCESS", False) else process


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator(job_seconds=0.05) as running:
        yield running


@pytest.fixture(scope="session")
def local(emulator: Emulator) -> dict[str, str]:
    """The variables that lead a command to the emulator."""
    return {"WORKFLOWS_SERVER_URL": emulator.url, "WORKFLOWS_TTD_AUTH": emulator.token}


@pytest.fixture
def workflows(emulator: Emulator) -> Iterator[Workflows]:
    with Workflows(ttd_auth=emulator.token, server_url=emulator.url) as client:
        yield client
