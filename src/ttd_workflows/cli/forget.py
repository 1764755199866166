"""``ttdw forget``: submissions out of the record."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from ttd_workflows.cli import exits, record, references, voice
from ttd_workflows.cli.asking import confirm, yes_option
from ttd_workflows.cli.commands import command
from ttd_workflows.cli.durations import DurationType
from ttd_workflows.cli.jobs import is_within
from ttd_workflows.cli.output import json_option, print_document
from ttd_workflows.cli.references import JobType
from ttd_workflows.jobs.ledger import ledger_at
from ttd_workflows.types import UNSET

if TYPE_CHECKING:
    from datetime import timedelta

    from ttd_workflows.jobs.ledger import Entry

EPILOG = f"""\b
Examples:
  ttdw forget 3pd/p1/2026-11-24
  ttdw forget --older 90d --yes

{references.HELP}
submission:12 is the twelfth in the record.

A key that is forgotten is free: the same wish submitted under it starts another
job, and creates a second time what it creates. Jobs at the service go on.
--older leaves alone what is being sent, and what is of unknown outcome.
"""


@command(epilog=EPILOG)
@click.argument("jobs", type=JobType(), nargs=-1, metavar="[JOB...]")
@click.option("--older", type=DurationType(), metavar="TIME", help="All that were submitted before: 30d, 12h.")
@yes_option
@json_option
def forget(jobs: tuple[str, ...], older: timedelta | None, *, yes: bool, as_json: bool) -> int:
    """Take submissions out of the record; their keys are free again."""
    if bool(jobs) == (older is not None):
        raise click.UsageError("Name jobs, or an age with --older; one of the two.", click.get_current_context())
    doomed = record.named(jobs) if jobs else _settled_before(record.entries(), older)
    if doomed and (ledger := ledger_at(UNSET)) is not None:
        confirm(f"Forget {_counted(doomed)} ({_some(doomed)})?", yes=yes)
        ledger.forget(entry.id for entry in doomed)
    if as_json:
        print_document({"forgotten": [entry.id for entry in doomed]})
    else:
        voice.say(f"Forgot {_counted(doomed)}.")
    return exits.SUCCESS


def _settled_before(entries: list[Entry], older: timedelta | None) -> list[Entry]:
    now = datetime.now(UTC)
    settled = (entry for entry in entries if entry.is_settled and entry.state != "unknown")
    return [entry for entry in settled if is_within(entry, now, newer=None, older=older)]


def _counted(entries: list[Entry]) -> str:
    return f"{len(entries):,} submission{'' if len(entries) == 1 else 's'}"


def _some(entries: list[Entry]) -> str:
    names = [entry.key or record.name(entry) for entry in entries]
    return ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")  # noqa: PLR2004
