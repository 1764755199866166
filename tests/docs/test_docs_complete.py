"""The pages have everything the code has, and say of it what the code says."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys

import click
import pytest
from docs_pages import ROOT
from pydantic.alias_generators import to_camel

from ttd_workflows import Workflows, downloads, errors, models, results
from ttd_workflows.cli import exits
from ttd_workflows.cli.app import app
from ttd_workflows.cli.commands import needs_a_command
from ttd_workflows.core.operation import EDITIONS, CallOptions, Operation
from ttd_workflows.core.retry import Repeat, after_answer, after_silence
from ttd_workflows.downloads import errors as download_errors
from ttd_workflows.emulator import Settings
from ttd_workflows.jobs import ledger
from ttd_workflows.operations import RESOURCES
from ttd_workflows.results import errors as result_errors
from ttd_workflows.version import __version__

DOCS = ROOT / "docs"
SOURCES = sorted((ROOT / "src").rglob("*.py"))
VERDICT = {"again": "again", "done": "done", "outcome unknown": "unknown"}


def _rows(page, *, after=""):
    """The cells of a page's tables, row by row."""
    text = page.read_text("utf-8").partition(after)[2] if after else page.read_text("utf-8")
    rows = [line.strip("|") for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row.split(" | ")] for row in rows]


def _drawn_states():
    return re.search(r"::\n\n(.*?)\n\n``intent``", ledger.__doc__, re.DOTALL)[1]


def _first_cells(page):
    return {name for row in _rows(page) for name in re.findall(r"`([^`]+)`", row[0])}


def test_every_argument_of_the_client_is_a_row_of_settings():
    named = _first_cells(DOCS / "settings.md")
    arguments = list(inspect.signature(Workflows.__init__).parameters)[1:]
    assert set(arguments) <= named
    assert set(CallOptions.__annotations__) <= named


def test_settings_names_no_argument_that_is_not_there():
    known = {*inspect.signature(Workflows.__init__).parameters, *CallOptions.__annotations__}
    assert {name for name in _first_cells(DOCS / "settings.md") if name.islower()} <= known


def test_every_variable_that_is_read_is_a_row_of_settings():
    asked = re.compile(r"""(?:environ(?:\.get\(|\[)|getenv\()["'](\w+)["']""")
    read = {name for file in SOURCES for name in asked.findall(file.read_text("utf-8"))}
    assert {"WORKFLOWS_TTD_AUTH", "WORKFLOWS_SERVER_URL"} <= read
    assert read <= _first_cells(DOCS / "settings.md")


@pytest.mark.parametrize("module", [errors, download_errors, result_errors], ids=lambda module: module.__name__)
def test_the_tree_of_errors_is_the_codes(module):
    drawn = inspect.cleandoc(module.__doc__).partition("::\n\n")[2].partition("\n\n")[0]
    tree = "\n".join(line.removeprefix("    ") for line in drawn.splitlines())
    assert f"```text\n{tree}\n```" in (DOCS / "errors.md").read_text("utf-8")


def test_every_error_is_a_row_of_errors():
    named = [(module, name) for module in (errors, downloads, results) for name in module.__all__]
    kinds = {name for module, name in named if _is_error(getattr(module, name))}
    rows = {row[0].strip("`") for row in _rows(DOCS / "errors.md") if re.match(r"`[A-Z]", row[0])}
    assert rows == kinds


def _is_error(thing):
    return isinstance(thing, type) and issubclass(thing, errors.WorkflowsError)


def test_every_attribute_that_errors_names_is_there():
    page = (DOCS / "errors.md").read_text("utf-8").partition("What each carries")[2].partition("Errors survive")[0]
    for name in re.findall(r"^\| (`.*?`) \|", page, re.MULTILINE):
        for attribute in re.findall(r"`(\w+)`", name):
            assert hasattr(errors.WorkflowsError("x"), attribute), attribute


def test_the_exit_codes_are_the_codes():
    told = {int(row[0]): row[1] for row in _rows(DOCS / "errors.md", after="On the command line") if row[0].isdigit()}
    assert list(told) == list(exits.MEANINGS)
    for code, meaning in exits.MEANINGS.items():
        assert told[code].startswith(meaning)


def test_the_table_of_repeating_is_what_the_code_decides():
    rows = {row[0]: row[1:] for row in _rows(DOCS / "repeating.md", after="What follows depends")}
    decided = {
        "never sent": lambda repeat: after_silence(repeat, sent=False),
        "429": lambda repeat: after_answer(repeat, 429),
        "sent, but no answer": lambda repeat: after_silence(repeat, sent=True),
        "408, 5XX, with Retry-After or not": lambda repeat: after_answer(repeat, 503),
        "3XX": lambda repeat: after_answer(repeat, 303),
        "any other answer": lambda repeat: after_answer(repeat, 404),
    }
    assert set(rows) == {"what happened", *decided, "---"}
    for name, decide in decided.items():
        assert [VERDICT[cell] for cell in rows[name]] == [decide(r).value for r in (Repeat.SAFE, Repeat.ONCE)], name


def test_every_switch_of_the_emulator_is_a_row():
    rows = _rows(DOCS / "emulator" / "differences.md", after="## Every setting")
    named = [row[0].strip("`") for row in rows if row[0].startswith("`")]
    assert named == list(Settings.__dataclass_fields__)


def test_what_is_made_from_the_code_is_fresh():
    done = subprocess.run(
        [sys.executable, DOCS / "generate.py", "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_every_operation_is_an_entry_with_its_paths():
    page = (DOCS / "reference" / "operations.md").read_text("utf-8")
    declared = [item for resource in RESOURCES for item in vars(resource).values() if isinstance(item, Operation)]
    assert re.findall(r"^### (.+)$", page, re.MULTILINE) == [str(operation) for operation in declared]
    for operation in declared:
        entry = page.partition(f"### {operation}\n")[2].partition("\n### ")[0]
        for edition in EDITIONS:
            if path := operation.path(edition):
                assert f"`{operation.method} {path}`" in entry


def test_every_model_is_an_entry_or_another_name_of_one_with_all_its_members():
    page = (DOCS / "reference" / "models.md").read_text("utf-8")
    entries = dict(re.findall(r"^### (\w+)\n(.*?)(?=^#|\Z)", page, re.MULTILINE | re.DOTALL))
    for name in models.__all__:
        value = getattr(models, name)
        if not isinstance(value, type) or issubclass(value, Exception):
            continue  # a union is said of the operation, an error on its own page
        entry = entries[value.__name__]
        assert name == value.__name__ or f"`{name}`" in entry
        for member, field in getattr(value, "model_fields", {}).items():
            row = re.search(rf"^\| `{member}` \|.*$", entry, re.MULTILINE)[0]
            assert field.alias == to_camel(member) or f"`{field.alias}` on the wire" in row


def test_every_command_and_option_is_told_of():
    page = (DOCS / "reference" / "commands.md").read_text("utf-8")
    shared, *entries = re.split(r"^## ", page.partition("## Every command takes\n")[2], flags=re.MULTILINE)
    told = {entry.partition("\n")[0]: entry for entry in entries}
    settings = _first_cells(DOCS / "settings.md")
    found = dict(_commands(app, click.Context(app, info_name="ttdw")))
    assert list(told) == list(found)
    for path, command in found.items():
        for option in command.params:
            if isinstance(option, click.Option) and not option.hidden:
                for name in (*option.opts, *option.secondary_opts):
                    assert name in told[path] or name in shared, f"{path} {name}"
                assert option.envvar is None or option.envvar in settings, f"{path} reads {option.envvar}"


def _commands(command, context):
    if command.callback is not needs_a_command:
        yield context.command_path, command
    if not isinstance(command, click.Group):
        return
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        yield from _commands(inner, click.Context(inner, parent=context, info_name=name))


def test_the_picture_of_a_job_has_every_state():
    picture = (DOCS / "pictures" / "job.svg").read_text("utf-8")
    states = re.findall(r"(?:──► |^ *)(\w+)", _drawn_states(), re.MULTILINE)
    for word in (*states, *models.WorkflowStatus, *models.BulkJobStatus):
        assert word in picture


def test_the_first_change_for_newcomers_is_exceptions():
    for heading in ("## What changes", "## Every method"):
        assert "exceptions" in _rows(DOCS / "coming-from-the-official-sdk.md", after=heading)[2][0]


def test_the_changelog_has_this_version():
    assert __version__ in (ROOT / "CHANGELOG.md").read_text("utf-8")


@pytest.mark.parametrize("page", sorted((DOCS / "decisions").glob("[0-9]*.md")), ids=lambda page: page.name)
def test_a_decision_has_its_number_its_question_and_its_measurement(page):
    text = page.read_text("utf-8")
    assert text.startswith(f"# {int(page.name[:4])}. ")
    for heading in ("## Question", "## Measured", "## Decision"):
        assert heading in text


def test_the_figures_of_polling_are_what_the_simulation_prints():
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "polling.py"], capture_output=True, text=True, check=True
    )
    printed = re.findall(r"^(.+?)  +([\d,]+) +([\d.]+)((?: +[\d.]+%){5})$", done.stdout, re.MULTILINE)
    figures = [[name, *rest, *shares.replace("%", " %").split("  ")] for name, *rest, shares in printed]
    told = [row for row in _rows(DOCS / "jobs.md", after="### How often") if row[0] in {name for name, *_ in printed}]
    assert len(told) == 4
    assert [" ".join(row).split() for row in told] == [" ".join(row).split() for row in figures]
    page = (DOCS / "jobs.md").read_text("utf-8")
    fewer, late = re.search(r"held +([\d.]+) times", done.stdout)[1], re.search(r"at most ([\d.]+ s) ", done.stdout)[1]
    assert f"{fewer} times fewer questions than every 5 s" in page
    assert f"late by at most {late}" in page


def test_the_states_of_a_submission_are_the_codes():
    boxes = re.findall(r"(?:──► |^ *)(\w+)", _drawn_states(), re.MULTILINE)
    page = re.search(r"```text\n(intent.*?)```", (DOCS / "jobs.md").read_text("utf-8"), re.DOTALL)[1]
    assert re.findall(r"(?:──► |^ *)(\w+)", page, re.MULTILINE) == boxes
