"""The four commands that take a sheet, and their options."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ttd_workflows.cli.asking import yes_option
from ttd_workflows.cli.bulk.course import Wishes, submit
from ttd_workflows.cli.commands import command
from ttd_workflows.cli.options import connection_options
from ttd_workflows.cli.output import json_option
from ttd_workflows.cli.waiting import waiting_options
from ttd_workflows.jobs.split import INPUTS_PER_JOB
from ttd_workflows.sheets import KINDS, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


CEILING = 500
"""Rows that are created or updated without a word more than --yes."""

HELP = """\
{Verb} the {noun} in a sheet, a row each.

FILE is CSV, Excel (.xlsx), JSON or JSON lines. Its columns are called as the members of {model} are, by their own
names or by whole paths. Nothing is sent while a row is wrong, unless you say --skip-invalid. At the end a copy
of the sheet says what became of each row.
"""

EPILOG = """\b
Examples:
  ttdw submit {command} {file}.csv --validate-only
  ttdw submit {command} {file}.csv
  ttdw submit {command} {file}.xlsx --sheet Spring --yes
  ttdw submit {command} {file}.csv --skip-invalid --yes --json

\b
Run again after a crash, it goes on where it stood: what the sheet says is its
key, and under one key nothing is done twice. A copy in which you mended the
rows that failed can be submitted too; rows that were {done} are left alone.

\b
Exit codes: 0 all rows went well, 2 nothing was sent, 3 some rows failed,
4 all rows failed, 6 of some it is not known, 75 timed out; the job goes on.
"""


def _bulk(name: str) -> click.Command:
    """The command for one kind of sheet."""
    kind = KINDS[name]

    def run(**typed: Any) -> int:
        return submit(kind, Wishes(**{"again": True, **typed}))  # an update may be repeated

    run.__name__ = name
    verb = "Create" if kind.creates else "Update"
    run.__doc__ = HELP.format(Verb=verb, noun=kind.nouns, model=kind.model_name)
    for option in reversed([*_options(kind), json_option, connection_options]):
        run = option(run)
    words = {"command": name.replace("_", "-"), "file": kind.nouns.replace(" ", "-"), "done": kind.done}
    return command(epilog=EPILOG.format(**words), operations=(kind.operation,))(run)


def _options(kind: Kind) -> Iterator[Callable[[Any], Any]]:
    """The argument and the options of a command, in the order of its help."""
    file = click.Path(path_type=Path, dir_okay=False)
    deed = "creates" if kind.creates else "updates"
    yield click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
    yield click.option("--sheet", "worksheet", metavar="NAME", help="The worksheet, where a workbook has several.")
    yield click.option("--validate-only", is_flag=True, help="Have the service check the rows, and do nothing.")
    yield click.option("--skip-invalid", is_flag=True, help="Leave out the rows that are wrong, and send the others.")
    yield yes_option
    yield click.option(
        f"--max-{deed}",
        "ceiling",
        type=click.IntRange(min=0),
        metavar="N",
        envvar=f"WORKFLOWS_MAX_{deed.upper()}",
        show_envvar=True,
        default=CEILING,
        show_default=True,
        help="Ask before more rows than this are sent, --yes or not.",
    )
    yield click.option(
        "--max-budget",
        type=_Amount(),
        envvar="WORKFLOWS_MAX_BUDGET",
        show_envvar=True,
        help="Ask before budgets of more than this are set, --yes or not.",
    )
    if kind.creates:
        yield click.option("--again", is_flag=True, help="Create anew what was submitted before, under another key.")
    yield click.option(
        "--key", metavar="KEY", help="The submission's name. By default it comes from what the rows say."
    )
    yield click.option("--wait/--no-wait", default=True, show_default=True, help="Wait until the job has ended.")
    yield waiting_options
    yield click.option(
        "--batch-size",
        type=click.IntRange(1, INPUTS_PER_JOB),
        metavar="N",
        default=INPUTS_PER_JOB,
        show_default=True,
        help="Rows in a job; more are several jobs.",
    )
    yield click.option(
        "--annotated", "copy", type=file, metavar="FILE", help="Where the copy goes; by default beside the sheet."
    )


class _Amount(click.ParamType[Decimal]):
    """An amount of money, in plain form."""

    name = "AMOUNT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """The amount that ``value`` spells."""
        text = str(value)
        if not (text.isascii() and text.replace(".", "", 1).isdecimal()):
            self.fail(f"{text!r} is no amount; write 10000 or 1234.50.", param, ctx)
        return Decimal(text)


create_campaigns = _bulk("create_campaigns")
update_campaigns = _bulk("update_campaigns")
create_ad_groups = _bulk("create_ad_groups")
update_ad_groups = _bulk("update_ad_groups")
