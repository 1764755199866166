"""``ttdw save``: a job's result into a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ttd_workflows.cli import exits, references, voice
from ttd_workflows.cli.commands import command
from ttd_workflows.cli.options import connect, connection_options
from ttd_workflows.cli.output import json_option, print_document, write_rows
from ttd_workflows.cli.references import job_argument, job_named
from ttd_workflows.cli.waiting import ARRIVED

if TYPE_CHECKING:
    from ttd_workflows.jobs.result import Result

FORMS = ("json", "jsonl", "csv", "parquet")

EPILOG = f"""\b
Examples:
  ttdw save 412651
  ttdw save 412651 segments.json
  ttdw save 3pd/p1/2026-11-24 segments.parquet
  ttdw save 412651 s3://bucket/segments.jsonl

{references.HELP}

The file appears whole or not at all. A download goes on where an earlier one
stood, and a file that is there already and as it was is not fetched again.
"""


@command(epilog=EPILOG)
@job_argument
@click.argument("file", required=False)
@click.option("--output", type=click.Choice(FORMS), help="The form of the file; left out, FILE's ending says it.")
@json_option
@connection_options
def save(job: str, file: str | None, output: str | None, *, as_json: bool) -> int:
    """Save what a job left, and print where.

    FILE is a path or a URL; left out, it is named after the job. Without a form it is the result's document as it
    came; .jsonl, .csv and .parquet have its rows.
    """
    with connect() as workflows:
        named = job_named(workflows, job)
        form = output or _form(file)
        place = file or f"{named.name.replace(':', '-')}.{form}"
        result = named.result()
        try:
            _save(result, place, form)
        except KeyboardInterrupt as interrupt:
            interrupt.add_note(f"{ARRIVED} The same command goes on from there.")
            raise
    if as_json:
        print_document({"job": named.name, "saved": place, "output": form, "partial": result.partial})
    else:
        click.echo(place)
    return exits.PARTIAL_SUCCESS if result.partial else exits.SUCCESS


def _form(file: str | None) -> str:
    ending = Path(file or "").suffix.removeprefix(".").lower()
    return ending if ending in FORMS else "json"


def _save(result: Result, place: str, form: str) -> None:
    match form:
        case "json":
            with voice.progress() as show:
                result.save(place, on_event=show)
        case "jsonl":
            result.to_jsonl(place)
        case "parquet":
            result.to_parquet(place)
        case _:
            from ttd_workflows.results.targets import written  # noqa: PLC0415 - for this form only

            with written(place) as beside, beside.open("wb") as out:
                write_rows(result.rows, form, out)
