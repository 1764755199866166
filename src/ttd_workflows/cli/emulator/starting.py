"""``ttdw emulator``: the local service, for as long as it is wanted; its commands talk to one that runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from ttd_workflows.cli import exits
from ttd_workflows.cli.commands import Commands, Room, Sections
from ttd_workflows.cli.emulator import DEFAULT_PORT
from ttd_workflows.cli.failures import Trouble

LARGEST_PORT = 65535

SECTIONS: Sections = {
    "Time and jobs": {
        "clock": Room("emulator.time:clock", "Tell its time, or move it."),
        "jobs": Room("emulator.jobs:jobs", "List its jobs."),
        "finish": Room("emulator.jobs:finish", "End a job now."),
        "fail": Room("emulator.jobs:fail", "Let a job fail now."),
        "cancel": Room("emulator.jobs:cancel", "Cancel a GraphQL bulk job."),
        "expire": Room("emulator.jobs:expire", "Let a job's result expire."),
        "plans": Room("emulator.plans:plans", "Say how jobs go that are yet to be submitted."),
    },
    "Trouble": {
        "faults": Room("emulator.faults:faults", "Let requests go wrong."),
        "journal": Room("emulator.journal:journal", "Show what was asked and answered."),
    },
    "All of it": {
        "apply": Room("emulator.world:apply", "Apply a scenario: plans, faults and the clock."),
        "reset": Room("emulator.world:reset", "Put it back to its beginning."),
        "export": Room("emulator.world:export", "Write all it knows into a file."),
        "import": Room("emulator.world:import_", "Read all it shall know from a file."),
    },
}

EPILOG = """\b
Examples:
  ttdw emulator                         at http://127.0.0.1:8917/workflows
  ttdw emulator --port 0                at a free port, which it tells
  ttdw emulator --job-seconds 0.2       jobs that end almost at once
  ttdw emulator --state world.state     with a world that outlives it
  ttdw emulator --scenario night.yaml   with plans and faults from a file
  ttdw emulator --set expired_token=403 --set page_size=100

\b
In another terminal:
  ttdw status 412651 --server emulator
  ttdw emulator clock --advance 1h
  ttdw emulator faults add get_job_status status=503 times=2
or, to let any program use it:
  export WORKFLOWS_SERVER_URL=http://127.0.0.1:8917/workflows
  export WORKFLOWS_TTD_AUTH=emulator

Its first line on stdout ends with its address, once it can be reached. Ctrl-C and SIGTERM are how it is meant to
end, so the exit code is 0 then; a second emulator on the same port ends with 1.
"""


@click.command(cls=Commands, sections=SECTIONS, epilog=EPILOG)
@click.option(
    "--port",
    type=click.IntRange(0, LARGEST_PORT),
    metavar="N",
    default=DEFAULT_PORT,
    show_default=True,
    help="Where to listen; 0 takes a free port.",
)
@click.option("--seed", type=int, metavar="N", help="The number its synthetic data grows from.  [default: 0]")
@click.option("--job-seconds", type=click.FloatRange(min=0), metavar="S", help="How long a job takes.  [default: 3]")
@click.option(
    "--scenario",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="Settings, job plans, faults and the clock, in YAML or JSON.",
)
@click.option(
    "--state",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Keep its world in this file, and go on from there the next time.",
)
@click.option("--set", "assigned", multiple=True, metavar="NAME=VALUE", help="Any setting; may be repeated.")
@click.pass_context
def emulator(
    context: click.Context, /, port: int, scenario: str | None, assigned: tuple[str, ...], **given: Any
) -> int:
    """Run a local service that behaves like the real one.

    It needs no account and no network: it invents partners, advertisers, campaigns and audience data, runs the jobs
    that are submitted to it and hands out their results. Job 412651 is finished from the start, 412652 never ends.

    With a command, it is not started: the command asks, moves or breaks an emulator that runs.
    """
    if context.invoked_subcommand is not None:
        _refuse_options_of_the_start(context)
        return exits.SUCCESS
    from ttd_workflows.emulator.server import PortTaken, serve  # noqa: PLC0415 - --help needs no server
    from ttd_workflows.emulator.world.state import StateError  # noqa: PLC0415

    try:
        serve(port, **_beginning(scenario, assigned), **given)
    except PortTaken as error:
        raise Trouble(
            f"The emulator cannot listen at port {port}.",
            error.strerror or str(error),
            "It may be running already; if not: ttdw emulator --port 0",
        ) from None
    except StateError as error:
        raise Trouble(
            "The emulator cannot keep its world in that file.",
            error.strerror or str(error),
            "Correct what is named, or let --state name another file; nothing was started.",
        ) from None
    return exits.SUCCESS


def _beginning(scenario: str | None, assigned: tuple[str, ...]) -> dict[str, Any]:
    """What an emulator is to begin with: a scenario, and settings that go before those in it."""
    if scenario is None and not assigned:
        return {}
    from ttd_workflows.emulator.given import WrongSetting, typed_setting  # noqa: PLC0415 - most have neither
    from ttd_workflows.emulator.scenario import Scenario, WrongScenario  # noqa: PLC0415

    try:
        beginning = Scenario.read(scenario or {})
        typed = dict(typed_setting(text) for text in assigned)
    except WrongSetting as wrong:
        raise click.UsageError(f"--set: {wrong}.") from None
    except WrongScenario as wrong:
        raise Trouble(
            f"{wrong.source} cannot be applied.",
            "; ".join(f"{path}: {message}" for path, message in wrong.mistakes),
            "Correct it and start again: nothing was started.",
            exits.USAGE,
        ) from None
    return {"scenario": replace(beginning, settings={**(beginning.settings or {}), **typed})}


def _refuse_options_of_the_start(context: click.Context) -> None:
    """An option that says how to start one, before a command that is for one that runs, is a misunderstanding."""
    for option in context.command.params:
        source = context.get_parameter_source(option.name or "")
        if option.expose_value and source is click.core.ParameterSource.COMMANDLINE:
            raise click.UsageError(
                f"{option.opts[0]} is for starting an emulator; {context.invoked_subcommand} asks one that runs: "
                "say where with --url behind it."
            )
