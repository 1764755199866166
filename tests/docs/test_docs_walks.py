"""Pages that are followed word for word: every file is written, every line is typed, in one folder."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from docs_pages import ROOT, WALKED, blocks
from docs_running import DOCUMENTED_ADDRESS, pattern

if TYPE_CHECKING:
    from pathlib import Path

SET_UP = re.compile(
    r"make demo$|mkdir |cd |python3 -m venv |pip install |\. \S+/activate$|\S*ttdw emulator( --state \S+)?$"
)
"""Lines that make the reader's folder and environment, or start the service: here they are there already."""


@dataclass
class Terminal:
    """What the reader types into: a folder, and the variables that were set so far."""

    folder: Path
    environment: dict[str, str]
    said: str = ""
    typed: list[str] = field(default_factory=list)

    def type(self, line: str) -> None:
        """Run a line after all those that set variables; keep what it prints."""
        if re.match(r"export |unset |set |\. \./|\w+=", line):
            self.typed.append(line)
            return
        script = "\n".join(["set -e", *self.typed, line])
        done = subprocess.run(
            ["sh", "-c", script],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        silent = not line.startswith("ttdw")  # which tells on stderr how far it is
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        assert not (silent and done.stderr), f"{line}\n{done.stderr}"
        self.said += done.stdout


@pytest.mark.parametrize("page", WALKED, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_can_be_followed_word_for_word(page, emulator, environment, tmp_path):
    origin = emulator.url.removesuffix("/workflows")
    _programs(tmp_path / ".venv" / "bin", environment)
    kept = {name: value for name, value in environment.items() if not name.startswith("WORKFLOWS_")}
    path = f"{tmp_path / '.venv' / 'bin'}:{kept['PATH']}"
    terminal = Terminal(tmp_path, {**kept, "PATH": path, "HOME": str(tmp_path)})
    for line, language, name, text in blocks(page):
        here = text.replace(DOCUMENTED_ADDRESS, origin)
        if name:
            (tmp_path / name).write_text(here, "utf-8")
        elif language == "sh":
            terminal.said = ""
            for typed in here.splitlines():
                if not SET_UP.match(typed):
                    terminal.type(typed)
        elif language == "text" and not text.startswith("15 "):
            assert re.fullmatch(pattern(text), terminal.said, re.DOTALL), f"line {line}: {terminal.said}"


def _programs(folder: Path, environment: dict[str, str]) -> None:
    """The environment that the page has had made: this one's Python, and the tests' ``ttdw``."""
    folder.mkdir(parents=True)
    tests_own = environment["PATH"].partition(":")[0]
    for name, program in (("python", sys.executable), ("ttdw", f"{tests_own}/ttdw")):
        (folder / name).write_text(f'#!/bin/sh\nexec "{program}" "$@"\n', "utf-8")
        (folder / name).chmod(0o755)


def test_the_line_for_cron_has_five_times_and_the_script_that_the_page_has_made():
    [line] = [text for _, language, _, text in blocks(WALKED[1]) if language == "text" and text.startswith("15 ")]
    *times, script = line.split()
    assert [bool(re.fullmatch(r"[\d,*]+", time)) for time in times] == [True] * 5
    assert script.rpartition("/")[2] in {name for _, _, name, _ in blocks(WALKED[1])}
