"""Every command is shown: its help, a success, a failure and its JSON, each as ``golden`` has it to the letter."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
import pytest

from support import sessions
from support.sessions import SECTIONS
from ttd_workflows.cli.commands import Commands

EVERYTHING = list(sessions.paths())
COMMANDS = [words for words, command in EVERYTHING if not isinstance(command, Commands)]
FILES = sorted(sessions.GOLDEN.glob("*.txt"))
HERE = Path(__file__).parent


def test_every_command_has_its_file_and_every_file_its_command():
    assert {file.name for file in FILES} == {sessions.file_of(words).name for words, _ in EVERYTHING}


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_is_shown_in_all_its_sections(words):
    sections = sessions.read(sessions.file_of(words))
    assert set(SECTIONS) <= set(sections)
    for section in sections.values():
        if section.remark.startswith(sessions.ELSEWHERE):
            file, _, name = section.remark.removeprefix(sessions.ELSEWHERE).partition("::")
            assert re.search(rf"^(async )?def {name}\(", (HERE / file).read_text("utf-8"), re.MULTILINE), section.remark
        elif section.remark:
            assert section.remark.startswith(sessions.NOTHING)
            assert section.title in {"failure", "json"}
        else:
            assert section.steps
            asked = " ".join(("ttdw", *words))
            assert any(step.typed.startswith(asked) for step in section.steps)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_is_typed_says_what_is_written(file, tmp_path):
    with sessions.place(tmp_path):
        for section in sessions.read(file).values():
            for step in section.steps:
                said = sessions.run(step.typed)
                if sessions.differs(step.said, said):
                    assert said == step.said, f"$ {step.typed}\npython tools/golden.py renews the help"
                if section.title == "json" and step is section.steps[-1]:
                    _is_one_document([line for line in said if not line.startswith(("! ", "exit "))])
                if section.title == "failure" and step is section.steps[-1]:
                    assert said[-1].startswith("exit ")


def _is_one_document(lines: list[str]) -> None:
    json.loads("\n".join(lines))


@pytest.mark.parametrize(
    ("words", "command"), EVERYTHING, ids=lambda item: " ".join(item) if isinstance(item, tuple) else ""
)
def test_help_can_be_read(words: tuple[str, ...], command: click.Command):
    help_text = sessions.read(sessions.file_of(words))["help"].steps[0].said
    assert max(map(len, help_text)) <= 80
    assert any(line.strip().startswith(" ".join(("ttdw", *words))) for line in help_text), "an example"
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, option.name
            assert option.help.endswith((".", "…", "]")), f"--{option.name}: {option.help}"
