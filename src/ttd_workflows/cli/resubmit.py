"""``ttdw resubmit``: a recorded submission, sent once more on somebody's word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ttd_workflows.cli import exits, record, references, submitting, voice
from ttd_workflows.cli.asking import confirm, yes_option
from ttd_workflows.cli.commands import command
from ttd_workflows.cli.options import connect, connection_options
from ttd_workflows.cli.output import json_option, print_document
from ttd_workflows.cli.references import job_argument

if TYPE_CHECKING:
    from ttd_workflows.jobs.ledger import Entry

READING = frozenset({"third-party", "first-party", "graphql"})
"""What may be sent a second time without harm: the worst is the same result twice."""

EPILOG = f"""\b
Examples:
  ttdw resubmit 3pd/p1/2026-11-24
  ttdw resubmit submission:12
  ttdw resubmit 412651 --yes

{references.HELP}
submission:12 is the twelfth in the record.

For a job that failed, or whose results are gone, and for a submission of which
it is not known whether the service took it on: look in the platform first, as
what is created a second time is there twice. Jobs that only read are sent
without asking.
"""


@command(epilog=EPILOG)
@job_argument
@yes_option
@submitting.callback_options
@json_option
@connection_options
def resubmit(
    job: str, callback_url: str | None, callback_headers: tuple[tuple[str, str], ...], *, yes: bool, as_json: bool
) -> int:
    """Send a recorded submission once more, on your word.

    It is the next attempt under its key. A callback's headers are not recorded: give them again.
    """
    entry = _latest(record.named([job]))
    callback = submitting.callback(entry.operation, callback_url, callback_headers)
    if record.WISHES.get(entry.operation) not in READING:
        confirm(f"Send {entry.operation} again, of which the record says {_stands(entry)}?", yes=yes)
    with connect() as workflows:
        again = workflows.jobs.resubmit(entry, callback_input=callback)
    voice.say(f"The service took it on: {again.name}")
    if as_json:
        print_document(submitting.document(again))
    else:
        click.echo(again.name)
    return exits.SUCCESS


def _latest(entries: list[Entry]) -> Entry:
    """The last attempt. Parts of one that was split are sent one by one."""
    keys = {entry.key for entry in entries}
    if len(keys) > 1:
        parts: Any = ", ".join(sorted(key for key in keys if key))
        raise click.UsageError(f"That was split into {len(keys)} jobs; name one: {parts}.", click.get_current_context())
    return max(entries, key=lambda entry: entry.attempt)


def _stands(entry: Entry) -> str:
    state = entry.job_state or entry.state
    return f"{state} ({entry.outcome})" if entry.outcome else state
