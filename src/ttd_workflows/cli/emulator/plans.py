"""``ttdw emulator plans``: how jobs go that are yet to be submitted."""

from __future__ import annotations

import click

from ttd_workflows.cli.commands import Room, command, group
from ttd_workflows.cli.emulator import rules
from ttd_workflows.cli.emulator.asking import url_option, words
from ttd_workflows.cli.output import Column, json_option, output_option

EPILOG = """\b
Examples:
  ttdw emulator plans add operation=get_third_party_data_job outcome=Failure
  ttdw emulator plans add operation=graphql polls=3 times=1
  ttdw emulator plans add stall_at=40
  ttdw emulator plans list
"""
_COLUMNS = (
    Column("id", lambda row: row["id"]),
    Column("operation", lambda row: row.get("operation") or "any"),
    Column("plan", lambda row: rules.said(row, "id", "operation", "used"), is_cut=True),
    Column("used", lambda row: str(row.get("used", 0)), is_number=True),
)

plans = group(
    "Say how jobs go that are yet to be submitted: how long they take, how they end, what they leave.",
    {
        "Commands": {
            "list": Room("emulator.plans:list_", "List the plans, and how often each was used."),
            "add": Room("emulator.plans:add", "Add a plan."),
            "remove": Room("emulator.plans:remove", "Take a plan back."),
            "clear": Room("emulator.plans:clear", "Take all plans back."),
        }
    },
    epilog=EPILOG,
)


@command(epilog="\b\nExamples:\n  ttdw emulator plans list\n  ttdw emulator plans list --json\n")
@output_option()
@url_option
def list_(output: str) -> int:
    """List the plans, and how often each was used."""
    return rules.show("plans", output, _COLUMNS)


@command(epilog=EPILOG)
@click.argument("said", metavar="NAME=VALUE...", nargs=-1, required=True)
@json_option
@url_option
def add(said: tuple[str, ...], *, as_json: bool) -> int:
    """Add a plan, and print its id.

    Which jobs: operation=standard, graphql, or one operation; times=N for the next N only. How they go: seconds=S or
    polls=N, stall_at=PERCENT, outcome=WORD, errors=[…], failing_items=[…], rows=N, bytes=N.
    """
    return rules.add("plans", words(said), as_json=as_json)


@command(epilog="\b\nExample:\n  ttdw emulator plans remove plan-1\n")
@click.argument("id")
@url_option
def remove(id: str) -> int:  # noqa: A002 - its name on the screen
    """Take a plan back; jobs that were submitted by it go on by it."""
    return rules.take_away("plans", id)


@command(epilog="\b\nExample:\n  ttdw emulator plans clear\n")
@url_option
def clear() -> int:
    """Take all plans back."""
    return rules.take_away("plans")
