"""Every command of ``ttdw`` as its help has it: how it is typed, what it takes, examples, and what it calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import click

from generated.spelling import anchor
from ttd_workflows.cli.app import app
from ttd_workflows.cli.commands import needs_a_command

if TYPE_CHECKING:
    from collections.abc import Iterator

OPERATIONS = "operations.md"
_TITLES = "| | |\n| --- | --- |\n"
_KEEP = "\b\n"
"""What click reads as: do not fill this paragraph."""


class Typed(NamedTuple):
    """A command and where it stands in the tree."""

    command: click.Command
    context: click.Context

    @property
    def path(self) -> str:
        """What is typed: ``ttdw submit third-party``."""
        return self.context.command_path

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations of the service that it calls."""
        called: tuple[str, ...] = getattr(self.command, "operations", ())
        return called


def described() -> str:
    """The options that all take, then an entry for each command."""
    shared = _options(Typed(app, _context(app)))
    entries = "\n".join(_entry(each, {names for names, _ in shared}) for each in commands())
    return f"## Every command takes\n\n{_table(shared)}\n{entries}"


def commands(command: click.Command = app, above: click.Context | None = None) -> Iterator[Typed]:
    """Every command that does something, groups that only hold others aside, in the order of the lists in the help."""
    context = _context(command, above)
    if command.callback is not needs_a_command:
        yield Typed(command, context)
    if not isinstance(command, click.Group):
        return
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        if inner is not None:
            inner.name = name
            yield from commands(inner, context)


def _context(command: click.Command, above: click.Context | None = None) -> click.Context:
    settings = {"help_option_names": ["-h", "--help"]}
    return click.Context(command, parent=above, info_name=command.name if above else "ttdw", **settings)


def _entry(typed: Typed, shared: set[str]) -> str:
    usage = typed.command.get_usage(typed.context).removeprefix("Usage: ")
    own = [(names, said) for names, said in _options(typed) if names not in shared]
    parts = [
        f"## {typed.path}",
        _prose(typed.command.help or ""),
        f"```text\n{usage}\n```",
        _table(own).strip() if own else "",
        f"```text\n{_unmarked(typed.command.epilog)}\n```" if typed.command.epilog else "",
        f"Calls {', '.join(f'[`{name}`]({OPERATIONS}#{anchor(name)})' for name in typed.operations)}."
        if typed.operations
        else "",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _options(typed: Typed) -> list[tuple[str, str]]:
    records = (parameter.get_help_record(typed.context) for parameter in typed.command.get_params(typed.context))
    return [record for record in records if record and record[0].startswith("-")]


def _table(options: list[tuple[str, str]]) -> str:
    return _TITLES + "".join(f"| `{_escaped(names)}` | {_escaped(said)} |\n" for names, said in options)


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def _prose(text: str) -> str:
    """Paragraphs; one that is not to be filled is shown as it stands."""
    paragraphs = text.strip().split("\n\n")
    return "\n\n".join(
        f"```text\n{each.removeprefix(_KEEP)}\n```" if each.startswith(_KEEP) else " ".join(each.split())
        for each in paragraphs
    )


def _unmarked(text: str) -> str:
    return text.replace(_KEEP, "").strip()
