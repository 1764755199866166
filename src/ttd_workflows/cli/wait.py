"""``ttdw wait``: until jobs have ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ttd_workflows.cli import documents, references, waiting
from ttd_workflows.cli.commands import command
from ttd_workflows.cli.options import connect, connection_options
from ttd_workflows.cli.output import Column, output_option, print_document, print_rows
from ttd_workflows.cli.references import jobs_argument, jobs_named
from ttd_workflows.cli.text import one_line

if TYPE_CHECKING:
    from datetime import timedelta

EPILOG = f"""\b
Examples:
  ttdw wait 412651
  ttdw wait 412651 graphql:2989826 --timeout 2h
  ttdw wait 3pd/p1/2026-11-24 --save 3pd.json
  ttdw wait 412651 412652 --save 'results/{{job}}.json' --json

{references.HELP}

All jobs share one budget of questions, four a second. Interrupted, or when the
time is over, it says with which command to come back; the jobs go on.

\b
The exit code is the worst of all jobs, from bad to good: 6 outcome unknown,
1 not found, 4 failed, 5 expired, 75 goes on, 3 partial success, 0 success.
"""

COLUMNS = (
    Column("job", lambda row: row["job"] or "done at once"),
    Column("state", lambda row: row["state"] or "not found"),
    Column("done", lambda row: "" if row["percent"] is None else f"{row['percent']:.0f} %", is_number=True),
    Column("key", lambda row: row["key"] or ""),
    Column("first error", lambda row: one_line(row["errors"][0]) if row["errors"] else "", is_cut=True),
)


@command(epilog=EPILOG, operations=("job_status.get_job_status", "job_status.get_graph_ql_bulk_job_status"))
@jobs_argument
@waiting.waiting_options
@waiting.save_option
@output_option("table", "json", "jsonl", "csv")
@connection_options
def wait(jobs: tuple[str, ...], timeout: timedelta | None, poll: float, save: str | None, output: str) -> int:
    """Wait until jobs have ended, and say what each came to.

    With --json, one job gives an object and several give an array.
    """
    with connect() as workflows:
        named = jobs_named(workflows, jobs)
        waiting.check_place(save, len(named))
        outcomes = waiting.wait(workflows, named, timeout=timeout, poll=poll)
        saved = waiting.save(outcomes, save) if save else {}
    rows: list[dict[str, Any]] = [
        {**documents.of_job(job), "code": code, "saved": saved.get(job)} for job, code, _ in outcomes
    ]
    if output == "json" and len(rows) == 1:
        print_document(rows[0])
    else:
        print_rows(lambda: rows, output, COLUMNS)
    return waiting.conclude(outcomes)
