"""The four commands that take a sheet: their options, and the course they run."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ttd_workflows import errors, sheets
from ttd_workflows.cli import exits, voice
from ttd_workflows.cli.bulk import report
from ttd_workflows.cli.bulk.past import Past
from ttd_workflows.cli.bulk.plan import Ceilings, Plan
from ttd_workflows.cli.bulk.shares import Submission
from ttd_workflows.cli.calling import name_of_this_program
from ttd_workflows.cli.commands import command
from ttd_workflows.cli.failures import Trouble
from ttd_workflows.cli.options import connect, connection_options, edition
from ttd_workflows.cli.output import json_option
from ttd_workflows.jobs.split import INPUTS_PER_JOB
from ttd_workflows.sheets import KINDS, Kind, Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ttd_workflows import Workflows
    from ttd_workflows.sheets import Outcome

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


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was typed."""

    file: Path
    worksheet: str | None
    skip_invalid: bool
    validate_only: bool
    yes: bool
    ceiling: int
    max_budget: Decimal | None
    again: bool
    key: str | None
    wait: bool
    timeout: float | None
    batch_size: int
    copy: Path | None
    as_json: bool


def _bulk(name: str) -> click.Command:
    """The command for one kind of sheet."""
    kind = KINDS[name]

    def run(**typed: Any) -> int:
        return _submit(kind, Wishes(**{"again": True, **typed}))  # an update may be repeated

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
    yield click.option("--yes", is_flag=True, help="Do not ask.")
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
    yield click.option(
        "--timeout", type=click.FloatRange(min=0), metavar="S", help="Seconds to wait at most; the job then goes on."
    )
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


def _submit(kind: Kind, wishes: Wishes) -> int:
    """Read, show, ask, send, wait, and write the copy, whatever came of it."""
    sheet = sheets.read(wishes.file, kind.name, sheet=wishes.worksheet, edition=edition())
    _check_place(sheet, wishes.copy or sheet.place_of_copy({}))
    if sheet.wrong and not wishes.skip_invalid:
        _refuse(sheet, wishes)
    if not sheet.to_send:
        _tell(sheet, {}, wishes, key=None, submission=None)
        voice.say("There was no row to send.")
        return report.code_of(sheet.all_outcomes({}))
    with connect() as workflows:
        submission = Submission(sheet, per_job=wishes.batch_size, only_check=wishes.validate_only)
        plan = Plan(
            sheet,
            key=wishes.key,
            only_check=wishes.validate_only,
            server=workflows.server_url,
            shares=len(submission.shares),
            past=Past(workflows.jobs.entries(), operation=kind.operation, server=workflows.server_url),
        )
        for line in plan.lines():
            voice.say(line)
        plan.consent(Ceilings(wishes.again, wishes.ceiling, wishes.max_budget), is_given=wishes.yes)
        _send(submission, workflows, plan, wishes)
        if wishes.wait:
            _follow(submission, workflows, wishes.timeout)
        became = submission.outcomes()
    _tell(sheet, became, wishes, key=plan.key, submission=submission)
    if submission.trouble is not None:
        raise _told_again(submission.trouble)
    return report.code_of(sheet.all_outcomes(became))


def _check_place(sheet: Sheet, copy: Path) -> None:
    """Refuse a place that the copy cannot be put into before anything is sent."""
    if copy.suffix.lower() != sheet.path.suffix.lower():
        fault = f"{copy} is to be a copy of {sheet.path.name}, so its name ends in {sheet.path.suffix}, too"
    elif copy.exists() and copy.samefile(sheet.path):
        fault = f"{copy} is the sheet itself"
    elif not os.access(copy.parent, os.W_OK):
        fault = f"the directory {copy.parent} is not there, or cannot be written to"
    else:
        return
    raise Trouble(
        "The copy of the sheet could not be written; nothing was sent.",
        fault,
        "Give it another place: --annotated FILE",
        exits.USAGE,
    )


def _refuse(sheet: Sheet, wishes: Wishes) -> None:
    """Say what is wrong with which rows, on the screen and in the copy."""
    report.faults((row.number, fault) for row in sheet.wrong for fault in row.faults)
    copy = sheet.save_copy(wishes.copy or sheet.place_of_copy({}), {})
    raise Trouble(
        "Nothing was sent: there are rows that are wrong.",
        f"{len(sheet.wrong):,} of {len(sheet.rows):,} rows cannot be sent; {copy} says what is wrong with each.",
        "Mend them, or leave them out with --skip-invalid.",
        exits.USAGE,
    )


def _send(submission: Submission, workflows: Workflows, plan: Plan, wishes: Wishes) -> None:
    try:
        submission.send(workflows, plan.key)
    except errors.KeyReused as error:
        if wishes.key is not None:
            raise
        raise Trouble(
            "These rows were submitted before, in other batches; nothing was sent.",
            error.message,
            "Give the --batch-size of then, and their outcome is looked at.",
            exits.USAGE,
        ) from error


def _follow(submission: Submission, workflows: Workflows, timeout: float | None) -> None:
    try:
        with voice.progress() as show:
            submission.follow(workflows, timeout, show)
    except KeyboardInterrupt:
        names = ", ".join(job.name for job in submission.jobs)
        click.echo(f"\n{names}: goes on. To have its outcome, run the same again:\n  {_same_again()}", err=True)
        raise


def _tell(
    sheet: Sheet,
    became: dict[int, Outcome],
    wishes: Wishes,
    *,
    key: str | None,
    submission: Submission | None,
) -> None:
    """Write the copy, then say what is in it."""
    told = sheet.all_outcomes(became)
    try:
        copy = sheet.save_copy(wishes.copy or sheet.place_of_copy(became), became)
    except OSError as error:
        raise Trouble(
            "The rows were sent, and the copy of the sheet could not be written.",
            str(error),
            f"Correct that and run the same again; nothing is done twice: {_same_again()}",
        ) from error
    if wishes.as_json:
        report.as_document(sheet, told, copy, key, submission.jobs if submission else [])
    else:
        report.as_text(told, copy)


def _told_again(trouble: errors.WorkflowsError) -> Exception:
    """What kept a submission from its end, with the way to go on where that is to run it again."""
    if isinstance(trouble, errors.WaitTimeout):
        what = "The time for waiting is over; the job goes on."
        return Trouble(what, trouble.message, f"To have its outcome: {_same_again()}", exits.TIMED_OUT)
    return trouble


def _same_again() -> str:
    return f"{name_of_this_program()} {shlex.join(sys.argv[1:])}"


create_campaigns = _bulk("create_campaigns")
update_campaigns = _bulk("update_campaigns")
create_ad_groups = _bulk("create_ad_groups")
update_ad_groups = _bulk("update_ad_groups")
