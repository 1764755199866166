"""``ttdw demo``: the whole life of a job in a few seconds, on a local service that ends with the command."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ttd_workflows.cli import exits, voice
from ttd_workflows.cli.commands import command

if TYPE_CHECKING:
    from ttd_workflows import Workflows

PARTNER = "p1"
QUERY_SHAPE = "nodes { id name providerId buyable activeUniques { householdCount } }"
ROWS_SHOWN = 8
SECONDS_BETWEEN_QUESTIONS = 0.2
INLINE_UP_TO = 1_000
"""Bytes; so that the demo has something to download."""

SNIPPET = """\
from ttd_workflows import Workflows

with Workflows(server="emulator") as workflows:
    job = workflows.jobs.third_party_data(
        partner_id="p1", query_shape="nodes { id name }"
    )
    result = job.wait()
    result.save("segments.json")
    print(len(list(result.rows())), "segments")
"""

EPILOG = """\b
Examples:
  ttdw demo
  ttdw demo --job-seconds 10     a job that takes its time
"""


@command(epilog=EPILOG)
@click.option(
    "--job-seconds",
    type=click.FloatRange(min=0, max=3600),
    metavar="S",
    default=3.0,
    show_default=True,
    help="How long the job takes.",
)
def demo(job_seconds: float) -> int:
    """Watch a whole job happen on a local service.

    Starts an emulator, submits a job that pulls a partner's third-party data, follows it to its end, downloads the
    result, shows some of it and cleans up. No account and no network is needed, and nothing is left behind.
    """
    from ttd_workflows import Workflows  # noqa: PLC0415 - --help needs neither
    from ttd_workflows.emulator import Emulator, Settings  # noqa: PLC0415

    with (
        Emulator(settings=Settings(raw_result_limit=INLINE_UP_TO), job_seconds=job_seconds) as emulator,
        Workflows(ttd_auth=emulator.token, server_url=emulator.url, ledger=None) as workflows,
        tempfile.TemporaryDirectory(prefix="ttdw-demo-") as directory,
    ):
        voice.say(f"A local service answers at {emulator.url}")
        segments = _run_job(workflows, Path(directory) / "segments.json")
    _show(segments)
    _explain()
    return exits.SUCCESS


def _run_job(workflows: Workflows, file: Path) -> list[dict[str, Any]]:
    from ttd_workflows.jobs.pace import Polling  # noqa: PLC0415

    job = workflows.jobs.third_party_data(partner_id=PARTNER, query_shape=QUERY_SHAPE)
    voice.say(f"Submitted a job for the third-party data of partner {PARTNER}: its number is {job.id}")
    with voice.progress() as show:
        result = job.wait(on_event=show, poll=Polling(floor=SECONDS_BETWEEN_QUESTIONS))
        result.save(file, on_event=show)
    voice.say(f"Downloaded its result: {file.stat().st_size:,} bytes, and no token was sent for it")
    return list(result.rows())


def _show(segments: list[dict[str, Any]]) -> None:
    from ttd_workflows.cli.tables import print_table  # noqa: PLC0415

    rows = [
        (
            segment["id"],
            segment["name"],
            "yes" if segment["buyable"] else "no",
            f"{households:,}" if (households := (segment["activeUniques"] or {}).get("householdCount")) else "",
        )
        for segment in segments[:ROWS_SHOWN]
    ]
    click.echo()
    print_table(("segment", "name", "buyable", "households"), rows, cut={1}, right={3})
    click.echo(f"The first {len(rows)} of {len(segments):,} segments.")


def _explain() -> None:
    from ttd_workflows.cli.calling import name_of_this_program, name_of_this_python  # noqa: PLC0415

    program = name_of_this_program()
    click.echo(f"\nTo do the same yourself, start a service in one terminal:\n\n    {program} emulator\n")
    click.echo(f"and run this with {name_of_this_python()} in another:\n\n{SNIPPET}")
    click.echo("Or ask it about a job that it has had from the start:\n")
    click.echo(f"    {program} status 412651 --server emulator\n")
    click.echo(
        "With the real service, put your token into WORKFLOWS_TTD_AUTH and leave out the\n"
        "emulator: that is all that changes."
    )
