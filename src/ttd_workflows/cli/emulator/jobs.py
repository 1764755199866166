"""``ttdw emulator jobs``, ``finish``, ``fail``, ``cancel``, ``expire``: the emulator's jobs, seen and ended by hand."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import click

from ttd_workflows.cli import exits
from ttd_workflows.cli.commands import command
from ttd_workflows.cli.emulator.asking import ask, url_option
from ttd_workflows.cli.output import Column, json_option, output_option, print_document, print_rows

JOBS_EPILOG = """\b
Examples:
  ttdw emulator jobs
  ttdw emulator jobs --status InProgress --json
"""
_COLUMNS = (
    Column("job", lambda row: row["reference"]),
    Column("operation", lambda row: row["operation"], is_cut=True),
    Column("status", lambda row: row["status"]),
    Column("done", lambda row: "" if row["percentage"] is None else f"{row['percentage']:g} %", is_number=True),
    Column("created", lambda row: row["createdAt"][:19]),
)


@command(epilog=JOBS_EPILOG)
@click.option("--kind", type=click.Choice(["standard", "graphql"]), help="Of this kind only.")
@click.option("--status", metavar="WORD", help="With this status only, such as InProgress.")
@click.option("--limit", type=click.IntRange(1, 1000), metavar="N", default=100, show_default=True, help="How many.")
@output_option()
@url_option
def jobs(output: str, limit: int, **chosen: str | None) -> int:
    """List the emulator's jobs, the newest first."""
    found = ask("GET", "jobs", limit=limit, **chosen)["jobs"]
    print_rows(lambda: found, output, _COLUMNS)
    return exits.SUCCESS


def _epilog(action: str, more: str = "") -> str:
    return f"\b\nExamples:\n  ttdw emulator {action} 412652{more}\n  ttdw emulator {action} graphql:2989827\n"


def _act(action: str, job: str, *, as_json: bool, **more: Any) -> int:
    told = ask("POST", f"jobs/{quote(job, safe=':')}", {"action": action, **more})
    if as_json:
        print_document(told)
    else:
        click.echo(f"{told['reference']} {told['status']}")
    return exits.SUCCESS


@command(epilog=_epilog("finish"))
@click.argument("job")
@json_option
@url_option
def finish(job: str, *, as_json: bool) -> int:
    """End a job now, with the outcome that its work has."""
    return _act("finish", job, as_json=as_json)


@command(epilog=_epilog("fail", " --error 'the advertiser is archived'"))
@click.argument("job")
@click.option("--error", "errors", multiple=True, metavar="TEXT", help="What the job says; may be repeated.")
@json_option
@url_option
def fail(job: str, errors: tuple[str, ...], *, as_json: bool) -> int:
    """Let a job fail now."""
    return _act("fail", job, as_json=as_json, errors=list(errors))


@command(epilog="\b\nExample:\n  ttdw emulator cancel graphql:2989827\n")
@click.argument("job")
@json_option
@url_option
def cancel(job: str, *, as_json: bool) -> int:
    """Cancel a GraphQL bulk job; standard jobs cannot be cancelled."""
    return _act("cancel", job, as_json=as_json)


@command(epilog=_epilog("expire"))
@click.argument("job")
@json_option
@url_option
def expire(job: str, *, as_json: bool) -> int:
    """Let the result of a job that has ended expire now."""
    return _act("expire", job, as_json=as_json)
