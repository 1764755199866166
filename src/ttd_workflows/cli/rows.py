"""``ttdw rows``: what jobs left, row by row."""

from __future__ import annotations

from itertools import chain

import click

from ttd_workflows.cli import exits, references
from ttd_workflows.cli.commands import command
from ttd_workflows.cli.options import connect, connection_options
from ttd_workflows.cli.output import limit_option, output_option, print_rows
from ttd_workflows.cli.references import jobs_argument, jobs_named

SHOWN = 20

EPILOG = f"""\b
Examples:
  ttdw rows 412651
  ttdw rows 412651 --output csv > segments.csv
  ttdw rows 3pd/p1/2026-11-24 --output parquet > segments.parquet
  ttdw rows graphql:2989826 --path data.partner.ours.nodes --flatten campaigns

{references.HELP}

In CSV, members of nested objects have dotted names, and text that a
spreadsheet would take for a formula has an apostrophe before it.
"""


@command(epilog=EPILOG)
@jobs_argument
@click.option("--path", metavar="NAMES", help="Where in the result the rows are: data.partner.ours.nodes.")
@click.option("--flatten", metavar="NAME", help="Rows of this connection within each row instead.")
@limit_option
@output_option()
@connection_options
def rows(jobs: tuple[str, ...], path: str | None, flatten: str | None, limit: int | None, output: str) -> int:
    """Print the rows that jobs left, one job after the other.

    A table shows 20 of them unless --limit says otherwise; the other forms have all.
    """
    with connect() as workflows:
        left = [job.result() for job in jobs_named(workflows, jobs)]
        print_rows(
            lambda: chain.from_iterable(result.rows(path, flatten=flatten or False) for result in left),
            output,
            limit=limit,
            of_table=SHOWN,
        )
    return exits.SUCCESS
