"""An emulator for the documentation's snippets, and the ``ttdw`` and ``python`` that they are run with."""

from __future__ import annotations

import os
import shlex
import sys
from typing import TYPE_CHECKING

import pytest
from docs_running import preamble

from ttd_workflows.emulator import Emulator

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator(job_seconds=0.2) as running:
        yield running


@pytest.fixture(scope="session")
def environment(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a reader has set up: the two variables, and ``ttdw`` on the path; a warning is an error."""
    programs = tmp_path_factory.mktemp("bin")
    start = "from ttd_workflows.cli import main; main()"
    _program(programs / "ttdw", f"{shlex.quote(sys.executable)} -c {shlex.quote(f'{preamble(emulator)}; {start}')}")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WORKFLOWS_")}
    return {
        **kept,
        "PATH": f"{programs}{os.pathsep}{kept['PATH']}",
        "PYTHONWARNINGS": "error",
        "WORKFLOWS_SERVER_URL": emulator.url,
        "WORKFLOWS_TTD_AUTH": emulator.token,
        "WORKFLOWS_LEDGER": str(tmp_path_factory.mktemp("ledger") / "ledger.sqlite3"),
        "WORKFLOWS_PROFILES": str(tmp_path_factory.mktemp("profiles")),
    }


def _program(file: Path, command: str) -> None:
    file.write_text(f'#!/bin/sh\nexec {command} "$@"\n', "utf-8")
    file.chmod(0o755)
