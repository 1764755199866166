"""``ttdw emulator``: the local service, for as long as it is wanted."""

from __future__ import annotations

import click

from ttd_workflows.cli import exits
from ttd_workflows.cli.commands import command
from ttd_workflows.cli.failures import Trouble

DEFAULT_PORT = 8917
LARGEST_PORT = 65535

EPILOG = """\b
Examples:
  ttdw emulator                         at http://127.0.0.1:8917/workflows
  ttdw emulator --port 0                at a free port, which it tells
  ttdw emulator --job-seconds 0.2       jobs that end almost at once

\b
In another terminal:
  ttdw status 412651 --server emulator
or, to let any program use it:
  export WORKFLOWS_SERVER_URL=http://127.0.0.1:8917/workflows
  export WORKFLOWS_TTD_AUTH=emulator

Its first line on stdout ends with its address, once it can be reached. Ctrl-C and SIGTERM are how it is meant to
end, so the exit code is 0 then; a second emulator on the same port ends with 1.
"""


@command(epilog=EPILOG)
@click.option(
    "--port",
    type=click.IntRange(0, LARGEST_PORT),
    metavar="N",
    default=DEFAULT_PORT,
    show_default=True,
    help="Where to listen; 0 takes a free port.",
)
@click.option(
    "--seed", type=int, metavar="N", default=0, show_default=True, help="The number its synthetic data grows from."
)
@click.option(
    "--job-seconds",
    type=click.FloatRange(min=0),
    metavar="S",
    default=3.0,
    show_default=True,
    help="How long a job takes.",
)
def emulator(port: int, seed: int, job_seconds: float) -> int:
    """Run a local service that behaves like the real one.

    It needs no account and no network: it invents partners, advertisers, campaigns and audience data, runs the jobs
    that are submitted to it and hands out their results. Job 412651 is finished from the start, 412652 never ends.
    """
    from ttd_workflows.emulator.server import PortTaken, serve  # noqa: PLC0415 - --help needs no server

    try:
        serve(port, seed=seed, job_seconds=job_seconds)
    except PortTaken as error:
        raise Trouble(
            f"The emulator cannot listen at port {port}.",
            error.strerror or str(error),
            "It may be running already; if not: ttdw emulator --port 0",
        ) from None
    return exits.SUCCESS
