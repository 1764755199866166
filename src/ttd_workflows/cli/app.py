"""The commands by name. Each stands in a module of its own, which is imported when the command is typed."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

import click

from ttd_workflows.cli import exits
from ttd_workflows.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

DEBUG = "--debug"


class Room(NamedTuple):
    """Where a command is, and its line in the list of commands."""

    module: str
    help: str


ROOMS = {
    "demo": Room("ttd_workflows.cli.demo", "Watch a whole job happen on a local service."),
    "emulator": Room("ttd_workflows.cli.emulator", "Run a local service that behaves like the real one."),
    "status": Room("ttd_workflows.cli.status", "Ask the service what became of a job."),
}

EPILOG = """\b
Start here, no credentials needed:
  ttdw demo                                watch a job from start to result
  ttdw emulator                            a local service to work against
  ttdw status 412651 --server emulator     ask it about a job it has

\b
The token is read from WORKFLOWS_TTD_AUTH, the service's address from
WORKFLOWS_SERVER_URL; without one it is The Trade Desk's production service.

\b
Exit codes:
""" + "\n".join(f"  {code:<4} {meaning}" for code, meaning in exits.MEANINGS.items())


class Commands(click.Group):
    """A group that imports a command when it is asked for, and not to list it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names of the commands."""
        return list(ROOMS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """A command, imported now."""
        room = ROOMS.get(cmd_name)
        command: click.Command | None = import_module(room.module).command if room else None
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was typed; for a misspelt one, name the nearest."""
        if args and args[0] not in ROOMS and not args[0].startswith("-"):
            near = get_close_matches(args[0], ROOMS, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(ROOMS)}."
            raise click.UsageError(f"There is no command {args[0]!r}. {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands, from the table and not from their modules."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, room.help) for name, room in ROOMS.items()])


@click.command(
    cls=Commands,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=False,
    invoke_without_command=True,
)
@click.option(DEBUG, is_flag=True, expose_value=False, help="Show the traceback of an error.")
@click.version_option(__version__, "-V", "--version", message="ttdw %(version)s")
@click.pass_context
def app(context: click.Context) -> int:
    """Run jobs on The Trade Desk's Workflows API."""
    if context.invoked_subcommand is not None:
        return exits.SUCCESS
    click.echo(context.get_help(), err=True)
    return exits.USAGE


def debugging(arguments: Sequence[str]) -> bool:
    """Whether ``--debug`` was given, also where reading the command line went wrong before it got there."""
    return DEBUG in arguments
