"""``ttdw status``: one question about each job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ttd_workflows.cli import exits, references, voice
from ttd_workflows.cli.commands import command
from ttd_workflows.cli.options import connect, connection_options
from ttd_workflows.cli.output import json_option, print_document
from ttd_workflows.cli.references import jobs_argument, jobs_named
from ttd_workflows.cli.text import duration, one_line

if TYPE_CHECKING:
    from datetime import datetime

    from ttd_workflows.jobs.snapshot import Snapshot

EPILOG = f"""\b
Examples:
  ttdw status 412651
  ttdw status graphql:2989826
  ttdw status 412651 --json
  ttdw status 412651 --server emulator

{references.HELP}

\b
The exit code tells the job's status, so that a script need not read; that of
several jobs is the worst:
  0  under way, or ended in success      4  failed, or was cancelled
  3  ended with partial success          5  its results have expired
"""


@command(epilog=EPILOG, operations=("job_status.get_job_status", "job_status.get_graph_ql_bulk_job_status"))
@jobs_argument
@json_option
@connection_options
def status(jobs: tuple[str, ...], *, as_json: bool) -> int:
    """Ask the service what became of jobs.

    With --json it is the service's own answer: for one job an object, for several an array.
    """
    with connect() as workflows:
        heard = [job.status() for job in jobs_named(workflows, jobs)]
    if as_json:
        answers = [_answer(snapshot) for snapshot in heard]
        print_document(answers[0] if len(answers) == 1 else answers)
    else:
        click.echo("\n\n".join(_text(snapshot) for snapshot in heard))
    for snapshot in heard:
        if not snapshot.known:
            voice.warn(f"This version does not know the status {snapshot.state}; the job counts as not ended.")
    return exits.worst(exits.of_status(snapshot.state) for snapshot in heard)


def _answer(snapshot: Snapshot) -> Any:
    answer = snapshot.answer
    return None if answer is None else answer.model_dump(mode="json", by_alias=True, exclude_unset=True)


def _text(snapshot: Snapshot) -> str:
    return "\n".join(f"{label:<10} {text}" for label, text in _lines(snapshot))


def _lines(snapshot: Snapshot) -> list[tuple[str, str]]:
    """What is known of a job, whichever of the two kinds it is."""
    lines = [("job", str(snapshot.reference)), ("status", snapshot.state)]
    if snapshot.percent is not None:
        lines.append(("done", f"{snapshot.percent:g} %"))
    lines.append(("created", _moment(snapshot.created_at)))
    if snapshot.completed_at is not None:
        took = duration(snapshot.completed_at - snapshot.created_at)
        lines.append(("completed", f"{_moment(snapshot.completed_at)} (after {took})"))
    if snapshot.raw_result is not None:
        lines.append(("result", f"{len(snapshot.raw_result.encode()):,} bytes, in the answer itself: see --json"))
    if snapshot.url is not None:
        lines.append(("url", one_line(snapshot.url)))
    return lines + [("error", one_line(error)) for error in snapshot.errors]


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} {moment.tzname() or ''}".rstrip()
