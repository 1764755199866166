"""``ttdw show``: all that the record has of a submission."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from ttd_workflows.cli import exits, record, references
from ttd_workflows.cli.commands import command
from ttd_workflows.cli.output import json_option, print_document
from ttd_workflows.cli.references import job_argument
from ttd_workflows.cli.text import one_line
from ttd_workflows.results.cells import text

EPILOG = f"""\b
Examples:
  ttdw show 412651
  ttdw show 3pd/p1/2026-11-24 --json
  ttdw show submission:12

{references.HELP}
submission:12 is the twelfth in that record, whatever became of it.

The values of callback headers are not recorded. For what the service says of a
job now: ttdw status
"""


@command(epilog=EPILOG)
@job_argument
@json_option
def show(job: str, *, as_json: bool) -> int:
    """Show what was submitted, when, and what came of it.

    All of it is read from the record on this machine; the latest attempt is shown, and how many there were.
    """
    now = datetime.now(UTC)
    found = record.named([job])
    entry = max(found, key=lambda one: (one.attempt, -one.id))
    document = {**record.document(entry, now), "labels": json.loads(entry.labels), "body": json.loads(entry.body)}
    if as_json:
        print_document(document)
        return exits.SUCCESS
    for name, value in document.items():
        if value not in (None, {}) and name != "body":
            click.echo(f"{name:<12} {one_line(text(value))}")
    click.echo(f"{'body':<12} {json.dumps(document['body'], ensure_ascii=False, indent=2)}")
    return exits.SUCCESS
