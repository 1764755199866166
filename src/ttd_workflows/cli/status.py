"""``ttdw status``: one question about one job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ttd_workflows.cli import exits
from ttd_workflows.cli.commands import command
from ttd_workflows.cli.failures import Trouble
from ttd_workflows.cli.options import connect, connection_options
from ttd_workflows.cli.output import json_option, print_bytes
from ttd_workflows.cli.references import ReferenceType
from ttd_workflows.cli.text import duration, one_line

if TYPE_CHECKING:
    from datetime import datetime

    from ttd_workflows import Workflows
    from ttd_workflows.jobs.reference import Reference
    from ttd_workflows.models import GraphQlBulkJob, TypeBasedJobStatusResponse

EPILOG = """\b
Examples:
  ttdw status 412651
  ttdw status graphql:2989826
  ttdw status 412651 --json
  ttdw status 412651 --server emulator

\b
The exit code tells the job's status, so that a script need not read:
  0  under way, or ended in success      4  failed, or was cancelled
  3  ended with partial success          5  its results have expired
"""


@command(epilog=EPILOG, operations=("job_status.get_job_status", "job_status.get_graph_ql_bulk_job_status"))
@click.argument("job", type=ReferenceType())
@json_option
@connection_options
def status(job: Reference, *, as_json: bool) -> int:
    """Ask the service what became of a job.

    JOB is a job's number, or its reference: 412651 and standard:412651 are the same standard job; graphql:2989826 is
    a GraphQL bulk job, which is numbered apart.
    """
    with connect() as workflows:
        answer = _ask(workflows, job)
    if as_json:
        print_bytes(answer.model_dump_json(by_alias=True, exclude_unset=True).encode() + b"\n")
    else:
        for label, text in _lines(job, answer):
            click.echo(f"{label:<10} {text}")
    if not answer.status.known:
        click.echo(f"This version does not know the status {answer.status}; the job counts as not ended.", err=True)
    return exits.of_status(answer.status)


def _ask(workflows: Workflows, job: Reference) -> GraphQlBulkJob | TypeBasedJobStatusResponse:
    if job.kind == "standard":
        return workflows.job_status.get_job_status(id=job.id)
    answer = workflows.job_status.get_graph_ql_bulk_job_status(id=str(job.id))
    if answer.job is None:
        raise Trouble(
            f"The service gave no status of {job}.",
            answer.errors or "It gave no reason either.",
            "Check the number, and that the job was submitted with the same token.",
        )
    return answer.job


def _lines(job: Reference, answer: Any) -> list[tuple[str, str]]:
    """What is known of a job, whichever of the two kinds it is."""
    standard = job.kind == "standard"
    created = answer.created_at_utc if standard else answer.created_at
    completed = answer.completed_at_utc if standard else answer.completed_at
    problems = [answer.errors] if standard else [*(answer.runtime_errors or []), *(answer.query_gql_errors or [])]
    lines = [("job", str(job)), ("status", str(answer.status))]
    if answer.completion_percentage is not None:
        lines.append(("done", f"{answer.completion_percentage:g} %"))
    lines.append(("created", _moment(created)))
    if completed is not None:
        lines.append(("completed", f"{_moment(completed)} (after {duration(completed - created)})"))
    if answer.raw_result is not None:
        lines.append(("result", f"{len(answer.raw_result.encode()):,} bytes, in the answer itself: see --json"))
    if answer.url is not None:
        lines.append(("url", one_line(answer.url)))
    lines += [("error", one_line(problem)) for problem in problems if problem]
    return lines


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} {moment.tzname() or ''}".rstrip()
