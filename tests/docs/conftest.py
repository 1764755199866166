"""An emulator for the documentation's snippets, and the ``ttdw`` and ``python`` that they are run with."""

from __future__ import annotations

import os
import shlex
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from docs_running import follow, preamble

from ttd_workflows.emulator import Emulator

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from docs_pages import Snippet

AT_ONCE = 4
"""How many snippets run at the same time: most of them wait for a job."""


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
        "WORKFLOWS_PROFILES": str(tmp_path_factory.mktemp("profiles")),
    }


@pytest.fixture(scope="session", autouse=True)
def followed(request: pytest.FixtureRequest) -> Iterator[dict[Snippet, Future[None]]]:
    """What comes of each snippet that this run has a test of. They are run beside each other and beside other tests."""
    chosen = [item.callspec.params["example"] for item in request.session.items if "example" in item.fixturenames]
    if not chosen:
        yield {}
        return
    environment, emulator, folders = map(request.getfixturevalue, ("environment", "emulator", "tmp_path_factory"))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {each: pool.submit(follow, each, folders.mktemp("snippet"), environment, emulator) for each in chosen}
        pool.shutdown(cancel_futures=True)


def _program(file: Path, command: str) -> None:
    file.write_text(f'#!/bin/sh\nexec {command} "$@"\n', "utf-8")
    file.chmod(0o755)
