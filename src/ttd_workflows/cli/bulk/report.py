"""What is told of a sheet at the end: how many rows came to what, which went wrong, and where the copy is."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from ttd_workflows.cli import exits
from ttd_workflows.cli.output import print_document
from ttd_workflows.cli.text import one_line
from ttd_workflows.sheets import outcomes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from ttd_workflows.errors import Fault
    from ttd_workflows.jobs.job import Job
    from ttd_workflows.sheets import Outcome, Sheet

SHOWN = 20
"""Rows that are told of on the screen; the copy has all."""
_GOOD = {*outcomes.DONE, outcomes.VALID}


def as_document(sheet: Sheet, told: Mapping[int, Outcome], copy: Path, key: str | None, jobs: Sequence[Job]) -> None:
    """One JSON document of all that is known."""
    print_document(
        {
            "operation": sheet.kind.name,
            "key": key,
            "jobs": [str(job.reference) for job in jobs if job.reference],
            "copy": str(copy),
            "counts": _counted(told.values()),
            "rows": [
                {"row": number, "outcome": outcome.word, "id": outcome.id or None, "error": outcome.error or None}
                for number, outcome in told.items()
            ],
        }
    )


def as_text(told: Mapping[int, Outcome], copy: Path) -> None:
    """How many came to what on stdout; below, on stderr, the first rows that did not go well."""
    for word, number in _counted(told.values()).items():
        click.echo(f"{number:>7,}  {word}")
    click.echo(f"Each row with its outcome: {copy}")
    bad = [f"row {number}: {outcome.error}" for number, outcome in told.items() if outcome.error]
    _list(bad)


def faults(found: Iterable[tuple[int, Fault]]) -> None:
    """The faults of rows, a line each, on stderr."""
    _list([f"row {number}, {fault.path}: {fault.message}" for number, fault in found])


def code_of(told: Mapping[int, Outcome]) -> int:
    """The exit code that rows come to, where nothing else went wrong."""
    words = {outcome.word for outcome in told.values()}
    if outcomes.UNKNOWN in words:
        return exits.OUTCOME_UNKNOWN
    if words & {outcomes.REFUSED, outcomes.REFUSED_LOCALLY} or any(o.error and o.word in _GOOD for o in told.values()):
        return exits.PARTIAL_SUCCESS if words & _GOOD else exits.FAILURE
    return exits.SUCCESS


def _list(lines: Sequence[str]) -> None:
    for line in lines[:SHOWN]:
        click.echo(one_line(line), err=True)
    if len(lines) > SHOWN:
        click.echo(f"and {len(lines) - SHOWN:,} more", err=True)


def _counted(told: Iterable[Outcome]) -> dict[str, int]:
    counts = Counter(outcome.word for outcome in told)
    return {word: counts[word] for word in outcomes.WORDS if word in counts}
