"""Sessions with the command line, as files: what is typed, what comes back, and how it ends.

A file has a section for each thing that is shown, ``== help``, ``== success``, ``== failure`` and ``== json``::

    == failure
    $ ttdw status x
    ! error: The command cannot be read that way.
    ! …
    exit 2

Lines of stderr have a ``!`` before them, ``…`` stands for what differs each time, and ``exit 0`` is left out. Instead
of a session, a section may say which test shows it (``shown by test_cli_top.py::test_keys``), or why there is nothing
to be shown (``none: …``).
"""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from ttd_workflows import cli
from ttd_workflows.cli.app import app
from ttd_workflows.cli.commands import Commands
from ttd_workflows.emulator import Emulator

if TYPE_CHECKING:
    from collections.abc import Sequence

    import click

GOLDEN = Path(__file__).parents[1] / "cli" / "golden"
SECTIONS = ("help", "success", "failure", "json")
ELSEWHERE, NOTHING = "shown by ", "none: "


@dataclass
class Step:
    """One command, and what it says."""

    typed: str
    said: list[str] = field(default_factory=list)

    def __str__(self):
        return "\n".join([f"$ {self.typed}", *self.said])


@dataclass
class Section:
    """What is shown of a command."""

    title: str
    steps: list[Step] = field(default_factory=list)
    remark: str = ""

    def __str__(self):
        return "\n".join([f"== {self.title}", *([self.remark] if self.remark else map(str, self.steps))])


def paths(command: click.Command = app, words: tuple[str, ...] = ()):
    """Every command and group, by the words after ``ttdw``."""
    yield words, command
    if isinstance(command, Commands):
        for name in command.rooms:
            yield from paths(command.get_command(None, name), (*words, name))


def file_of(words: tuple[str, ...]) -> Path:
    """Where the sessions of a command are."""
    return GOLDEN / f"{'_'.join(words) or 'ttdw'}.txt"


def read(file: Path) -> dict[str, Section]:
    """The sections of a file."""
    sections: dict[str, Section] = {}
    for line in file.read_text("utf-8").splitlines():
        section = list(sections.values())[-1] if sections else None
        if line.startswith("== "):
            sections[line[3:]] = Section(line[3:])
        elif line.startswith("$ "):
            section.steps.append(Step(line[2:]))
        elif section.steps:
            section.steps[-1].said.append(line)
        else:
            section.remark = line
    return sections


def write(file: Path, sections: dict[str, Section]) -> None:
    """Write the sections of a file."""
    file.write_text("\n".join(map(str, sections.values())) + "\n", "utf-8")


def run(typed: str) -> list[str]:
    """What a line of shell says, in the form of a file. ``< FILE`` and ``> FILE`` lead it from and to files, and
    ``$EMULATOR`` is the service's address."""
    words = [os.path.expandvars(word) for word in shlex.split(typed)]
    source, target = _after(words, "<"), _after(words, ">")
    assert words.pop(0) == "ttdw", typed
    code, data, notes = call(words, Path(source).read_bytes() if source else b"")
    if target:
        Path(target).write_bytes(data)
        data = b""
    said = [*_lines(data), *(f"! {line}".rstrip() for line in _lines(notes))]
    return said + ([f"exit {code}"] if code else [])


def call(words: Sequence[str], stdin: bytes = b"") -> tuple[int, bytes, bytes]:
    """Run a command in this process: its exit code, and what it wrote to stdout and to stderr."""
    stdout, stderr = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with (
        patch.object(sys, "argv", ["ttdw", *words]),
        patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8")),
        patch.object(sys, "stdout", stdout),
        patch.object(sys, "stderr", stderr),
    ):
        with pytest.raises(SystemExit) as end:
            cli.main()
        return end.value.code, stdout.buffer.getvalue(), stderr.buffer.getvalue()


def _lines(data: bytes) -> list[str]:
    return [line.rstrip() for line in data.decode().splitlines()]


def differs(expected: list[str], said: list[str]) -> bool:
    """Whether something else was said than is written."""
    pattern = re.escape("\n".join(expected)).replace("…", ".*?")
    return re.fullmatch(pattern, "\n".join(said), re.DOTALL) is None


def _after(words: list[str], sign: str) -> str | None:
    if sign not in words:
        return None
    at = words.index(sign)
    words.pop(at)
    return words.pop(at)


@contextmanager
def place(directory: Path):
    """Where a file's sessions run: with the sample files, 80 columns, a record, a home and a service of their own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WORKFLOWS_", "NO_COLOR"))}
    own = {"COLUMNS": "80", "HOME": str(directory), "WORKFLOWS_LEDGER": str(directory / "ledger.sqlite3")}
    for file in (GOLDEN / "files").iterdir():
        shutil.copy(file, directory)
    before = Path.cwd()
    with Emulator(job_seconds=0.05) as emulator:
        origin = emulator.url.removesuffix("/workflows")
        service = {"WORKFLOWS_SERVER_URL": emulator.url, "WORKFLOWS_TTD_AUTH": emulator.token, "EMULATOR": origin}
        with patch.dict(os.environ, {**kept, **own, **service}, clear=True):
            os.chdir(directory)
            try:
                yield
            finally:
                os.chdir(before)
