"""The course of a sheet: read it, show what it will do, ask, send, wait, and write the copy, whatever came of it."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ttd_workflows import errors, sheets
from ttd_workflows.cli import exits, voice
from ttd_workflows.cli.bulk import report
from ttd_workflows.cli.bulk.past import Past
from ttd_workflows.cli.bulk.plan import Ceilings, Plan
from ttd_workflows.cli.bulk.shares import Submission
from ttd_workflows.cli.calling import name_of_this_program
from ttd_workflows.cli.failures import Trouble
from ttd_workflows.cli.options import connect, edition

if TYPE_CHECKING:
    from datetime import timedelta
    from decimal import Decimal
    from pathlib import Path

    from ttd_workflows import Workflows
    from ttd_workflows.sheets import Kind, Outcome, Sheet


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
    timeout: timedelta | None
    poll: float
    batch_size: int
    copy: Path | None
    as_json: bool


def submit(kind: Kind, wishes: Wishes) -> int:
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
            past=Past.of(workflows, kind.operation),
        )
        for line in plan.lines():
            voice.say(line)
        plan.consent(Ceilings(wishes.again, wishes.ceiling, wishes.max_budget), is_given=wishes.yes)
        _send(submission, workflows, plan, wishes)
        if wishes.wait:
            submission.follow(workflows, timeout=wishes.timeout, poll=wishes.poll, back=_same_again())
        became = submission.outcomes()
    _tell(sheet, became, wishes, key=plan.key, submission=submission)
    if submission.trouble is not None:
        raise submission.trouble
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
    except KeyboardInterrupt as interrupt:
        interrupt.add_note(f"Some rows may have been taken on. To go on, or to see what came of it: {_same_again()}")
        raise
    except errors.KeyReused as error:
        if wishes.key is not None:
            raise
        raise Trouble(
            "These rows were submitted before, in other batches; nothing was sent.",
            error.message,
            "Give the --batch-size of then, and their outcome is looked at.",
            exits.USAGE,
        ) from error


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


def _same_again() -> str:
    return f"{name_of_this_program()} {shlex.join(sys.argv[1:])}"
