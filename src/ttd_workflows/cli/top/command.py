"""The command itself: is there a terminal to draw on, and how it is left."""

from __future__ import annotations

import sys

import click

from ttd_workflows.cli import exits
from ttd_workflows.cli.commands import command
from ttd_workflows.cli.failures import Trouble
from ttd_workflows.cli.options import connect, connection_options
from ttd_workflows.cli.top.rows import SORTS

EPILOG = """\b
Examples:
  ttdw top
  ttdw top --sort expiry
  ttdw top --ask                ask the service too, as ttdw wait would

\b
Keys:
  / filter   s sort   enter details   up down page keys   q or Ctrl-C quit

It shows what every process on this machine records in the ledger, and writes nothing. Submissions whose outcome is
not known come first. With --ask, it asks the service about jobs that are under way, a few questions a second at most,
and the answers are recorded as those of any other command.
"""


@command(epilog=EPILOG, operations=("job_status.get_job_status", "job_status.get_graph_ql_bulk_job_status"))
@click.option(
    "--sort", type=click.Choice(SORTS), metavar="BY", default="state", show_default=True, help=f"{', '.join(SORTS)}."
)
@click.option("--ask", is_flag=True, help="Ask the service about jobs under way.")
@connection_options
def top(sort: str, *, ask: bool) -> int:
    """Watch the jobs of the ledger live in the terminal."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        raise Trouble(
            "This needs a terminal.",
            "stdin or stdout is none here.",
            "For a program, or in a log: ttdw jobs --json",
            exits.USAGE,
        )
    from ttd_workflows.cli.top.screen import Top  # noqa: PLC0415 - textual, which help does not need
    from ttd_workflows.jobs.ledger import default_path  # noqa: PLC0415

    path = default_path()
    if not ask:
        return Top(path, sort=sort).run() or exits.SUCCESS
    from ttd_workflows.cli.top.asking import Asking  # noqa: PLC0415

    with connect() as workflows, Asking(workflows, path) as asking:
        return Top(path, sort=sort, asking=asking).run() or exits.SUCCESS
