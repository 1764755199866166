"""``ttdw demo``: the whole life of a job in a few seconds, on a local service that ends with the command."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ttd_workflows.cli import exits
from ttd_workflows.cli.options import debug_option

if TYPE_CHECKING:
    from ttd_workflows import Workflows
    from ttd_workflows.models import TypeBasedJobStatusResponse

PARTNER = "p1"
QUERY_SHAPE = "nodes { id name providerId buyable activeUniques { householdCount } }"
ROWS_SHOWN = 8
SECONDS_BETWEEN_QUESTIONS = 0.2

SNIPPET = """\
from time import sleep
from ttd_workflows import Workflows

with Workflows(server="emulator") as workflows:
    job = workflows.dmp.get_third_party_data_job(request={"partner_id": "p1"})
    ask = workflows.job_status.get_job_status
    while (answer := ask(id=job.id)).status == "InProgress":
        sleep(0.5)
    print(answer.status, answer.url)
"""

EPILOG = """\b
Examples:
  ttdw demo
  ttdw demo --job-seconds 10     a job that takes its time
"""


@click.command(epilog=EPILOG)
@click.option(
    "--job-seconds",
    type=click.FloatRange(min=0, max=3600),
    metavar="S",
    default=3.0,
    show_default=True,
    help="How long the job takes.",
)
@debug_option
def command(job_seconds: float) -> int:
    """Watch a whole job happen on a local service.

    Starts an emulator, submits a job that pulls a partner's third-party data, follows it to its end, downloads the
    result, shows some of it and cleans up. No account and no network is needed, and nothing is left behind.
    """
    from ttd_workflows import Workflows  # noqa: PLC0415 - --help needs neither
    from ttd_workflows.emulator import Emulator  # noqa: PLC0415

    with Emulator(job_seconds=job_seconds) as emulator:
        _say(f"A local service answers at {emulator.url}")
        with Workflows(ttd_auth=emulator.token, server_url=emulator.url) as workflows:
            answer = _run_job(workflows)
        with tempfile.TemporaryDirectory(prefix="ttdw-demo-") as directory:
            file = Path(directory) / "segments.json"
            size = _download(answer, file)
            _say(f"Downloaded its result: {size:,} bytes, and no token was sent for it")
            segments = json.loads(file.read_bytes())["data"]["partner"]["thirdPartyData"]["nodes"]
    _show(segments)
    _explain()
    return exits.SUCCESS


def _run_job(workflows: Workflows) -> TypeBasedJobStatusResponse:
    from ttd_workflows.cli.progress import progress  # noqa: PLC0415

    job = workflows.dmp.get_third_party_data_job(request={"partner_id": PARTNER, "query_shape": QUERY_SHAPE})
    _say(f"Submitted a job for the third-party data of partner {PARTNER}: its number is {job.id}")
    with progress(f"Job {job.id}") as report:
        while True:
            answer = workflows.job_status.get_job_status(id=job.id)
            report(answer.completion_percentage or 0.0, answer.status)
            if answer.status != "InProgress":
                return answer
            time.sleep(SECONDS_BETWEEN_QUESTIONS)


def _download(answer: TypeBasedJobStatusResponse, file: Path) -> int:
    from ttd_workflows.cli.downloading import download  # noqa: PLC0415

    if answer.url is None:
        raise RuntimeError(f"the emulator's job ended as {answer.status} without a result: {answer.errors}")
    return download(answer.url, file)


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
    print_table(("segment", "name", "buyable", "households"), rows, cut=1, right=(3,))
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


def _say(text: str) -> None:
    click.echo(text, err=True)
