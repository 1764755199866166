"""``ttdw emulator journal``: what the emulator was asked and what it answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ttd_workflows.cli import exits
from ttd_workflows.cli.commands import command
from ttd_workflows.cli.emulator.asking import ask, url_option
from ttd_workflows.cli.output import Column, output_option, print_document, print_rows
from ttd_workflows.cli.voice import say

if TYPE_CHECKING:
    from ttd_workflows.cli.output import Row

EPILOG = """\b
Examples:
  ttdw emulator journal
  ttdw emulator journal 17                       one entry, with bodies
  ttdw emulator journal --operation campaign.create --status 5xx
  ttdw emulator journal --status none            what got no answer
  ttdw emulator journal --clear
"""


def _remarks(row: Row) -> str:
    again = [] if row["duplicateOf"] is None else [f"again what {row['duplicateOf']} did"]
    return "; ".join([*again, *([row["note"]] if row["note"] else [])])


_COLUMNS = (
    Column("id", lambda row: str(row["id"]), is_number=True),
    Column("at", lambda row: row["at"][11:23]),
    Column("operation", lambda row: row["operation"] or f"{row['method']} {row['path']}", is_cut=True),
    Column("status", lambda row: str(row["status"] or "none"), is_number=True),
    Column("ms", lambda row: "" if row["milliseconds"] is None else f"{row['milliseconds']:.1f}", is_number=True),
    Column("remarks", _remarks, is_cut=True),
)


@command(epilog=EPILOG)
@click.argument("entry", type=int, required=False)
@click.option("--operation", metavar="NAME", help="Of this operation only, or of download.")
@click.option("--method", metavar="WORD", help="With this HTTP method only.")
@click.option("--status", metavar="N", help="With this status only: 503, 5xx, or none.")
@click.option("--text", metavar="TEXT", help="With this in the path or a body only.")
@click.option("--after", type=click.IntRange(0), metavar="ID", help="The first ones behind this entry.")
@click.option("--limit", type=click.IntRange(0), metavar="N", default=100, show_default=True, help="How many.")
@click.option("--clear", is_flag=True, help="Forget all entries.")
@output_option()
@url_option
def journal(entry: int | None, output: str, *, clear: bool, **chosen: str | int | None) -> int:
    """Show what the emulator was asked and answered, oldest first; secrets are masked.

    ENTRY is the id of one entry, which is shown whole. The last entries are shown unless --after says otherwise.
    """
    if clear:
        ask("DELETE", "journal")
        return exits.SUCCESS
    if entry is not None:
        print_document(ask("GET", f"journal/{entry}"))
        return exits.SUCCESS
    told = ask("GET", "journal", **chosen)
    print_rows(lambda: told["entries"], output, _COLUMNS)
    if told["duplicates"]:
        say(f"{told['duplicates']} of {told['total']} did once more what an equal request had done before.")
    return exits.SUCCESS
