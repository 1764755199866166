"""``ttdw emulator faults``: rules by which requests to the emulator go wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ttd_workflows.cli import exits
from ttd_workflows.cli.commands import Room, command, group
from ttd_workflows.cli.emulator import rules
from ttd_workflows.cli.emulator.asking import ask, url_option, words
from ttd_workflows.cli.output import Column, json_option, output_option, print_rows

if TYPE_CHECKING:
    from ttd_workflows.cli.output import Row

EPILOG = """\b
Examples:
  ttdw emulator faults add get_job_status status=503 times=2
  ttdw emulator faults add download truncate
  ttdw emulator faults list
  ttdw emulator faults clear
"""
_ALWAYS = {"times": None, "every": 1, "probability": 1.0, "skip": 0, "enabled": True}


def _operations(row: Row) -> str:
    return row["operation"] if isinstance(row["operation"], str) else ", ".join(row["operation"])


def _shown(row: Row) -> str:
    """What it says that is not as always."""
    told = {name: value for name, value in row.items() if name not in _ALWAYS or value != _ALWAYS[name]}
    return rules.said(told, "id", "operation", "hits")


_COLUMNS = (
    Column("id", lambda row: str(row["id"]), is_number=True),
    Column("operation", _operations),
    Column("fault", _shown, is_cut=True),
    Column("hits", lambda row: str(row["hits"]), is_number=True),
)

faults = group(
    "Let requests to the emulator go wrong: by status, late, cut, broken off and more.",
    {
        "Commands": {
            "list": Room("emulator.faults:list_", "List the rules, and how often each met a request."),
            "kinds": Room("emulator.faults:kinds", "Tell what can go wrong, and what a rule may say."),
            "add": Room("emulator.faults:add", "Add a rule."),
            "enable": Room("emulator.faults:enable", "Put a rule in force again."),
            "disable": Room("emulator.faults:disable", "Keep a rule, and let it meet nothing."),
            "remove": Room("emulator.faults:remove", "Take a rule away."),
            "clear": Room("emulator.faults:clear", "Take all rules away."),
        }
    },
    epilog=EPILOG,
)


@command(epilog="\b\nExamples:\n  ttdw emulator faults list\n  ttdw emulator faults list --json\n")
@output_option()
@url_option
def list_(output: str) -> int:
    """List the rules, and how often each met a request."""
    return rules.show("faults", output, _COLUMNS)


@command(epilog="\b\nExamples:\n  ttdw emulator faults kinds\n  ttdw emulator faults kinds --json\n")
@output_option()
@url_option
def kinds(output: str) -> int:
    """Tell what can go wrong, and what a rule may say about it."""
    told = ask("GET", "faults/kinds")["kinds"]
    columns = (Column("kind", lambda row: row["kind"]), Column("meaning", lambda row: row["meaning"], is_cut=True))
    print_rows(lambda: told, output, columns)
    return exits.SUCCESS


@command(epilog=EPILOG)
@click.argument("operation")
@click.argument("said", metavar="KIND[=VALUE] [NAME=VALUE]...", nargs=-1, required=True)
@json_option
@url_option
def add(operation: str, said: tuple[str, ...], *, as_json: bool) -> int:
    """Add a rule, and print its id.

    OPERATION is one of the client's, such as get_job_status or campaign.create; download; callback; or "*". KIND is
    what happens: ttdw emulator faults kinds lists them. How often: times=N, every=N, probability=P, skip=N.
    """
    return rules.add("faults", {"operation": operation, **words(said)}, as_json=as_json)


@command(epilog="\b\nExample:\n  ttdw emulator faults enable 1\n")
@click.argument("id", type=int)
@url_option
def enable(id: int) -> int:  # noqa: A002 - its name on the screen
    """Put a rule in force again."""
    ask("PATCH", f"faults/{id}", {"enabled": True})
    return exits.SUCCESS


@command(epilog="\b\nExample:\n  ttdw emulator faults disable 1\n")
@click.argument("id", type=int)
@url_option
def disable(id: int) -> int:  # noqa: A002 - its name on the screen
    """Keep a rule, and let it meet nothing."""
    ask("PATCH", f"faults/{id}", {"enabled": False})
    return exits.SUCCESS


@command(epilog="\b\nExample:\n  ttdw emulator faults remove 1\n")
@click.argument("id", type=int)
@url_option
def remove(id: int) -> int:  # noqa: A002 - its name on the screen
    """Take a rule away."""
    return rules.take_away("faults", str(id))


@command(epilog="\b\nExample:\n  ttdw emulator faults clear\n")
@url_option
def clear() -> int:
    """Take all rules away."""
    return rules.take_away("faults")
