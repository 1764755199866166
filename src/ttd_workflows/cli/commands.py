"""What commands and groups of commands are made of: the options that all share, and rooms that are imported late."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from ttd_workflows.cli import exits, voice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from click.shell_completion import CompletionItem

DEBUG = "--debug"


class Room(NamedTuple):
    """Where a command, or a group of them, is below ``ttd_workflows.cli`` (``module:name``); its line in the list."""

    place: str
    help: str

    def enter(self) -> click.Command:
        """The command, imported now."""
        module, _, name = self.place.partition(":")
        command: click.Command = getattr(import_module(f"ttd_workflows.cli.{module}"), name)
        return command


Sections = dict[str, dict[str, Room]]
"""The commands of a group by name, under the titles that its help lists them by."""


def _shared_options() -> list[click.Parameter]:
    """What may stand after the name of any command, and before it."""
    return [
        click.Option(
            ["-q", "--quiet"], is_flag=True, expose_value=False, callback=voice.hush, help="No progress, no notes."
        ),
        click.Option(
            ["-v", "--verbose"],
            count=True,
            expose_value=False,
            callback=voice.speak_up,
            help="Log each call on stderr; twice: with bodies.",
        ),
        click.Option([DEBUG], is_flag=True, expose_value=False, help="Show the traceback of an error."),
    ]


class Command(click.Command):
    """A command with the options that all share. Its help names the operations of the service that it calls."""

    def __init__(self, name: str | None = None, *, operations: tuple[str, ...] = (), **settings: Any) -> None:
        super().__init__(name, **settings)
        self.operations = operations
        self.params = [*self.params, *_shared_options()]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What the command is for, and what it calls."""
        super().format_help_text(ctx, formatter)
        if self.operations:
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(f"Calls {', '.join(self.operations)}.")


class Commands(click.Group):
    """A group that imports a command when it is asked for, and not to list it. Without one it shows its help."""

    def __init__(self, name: str | None = None, *, sections: Sections, **settings: Any) -> None:
        super().__init__(name, no_args_is_help=False, invoke_without_command=True, **settings)
        self.sections = sections
        self.params = [*self.params, *_shared_options()]

    @property
    def rooms(self) -> Mapping[str, Room]:
        """Every command of the group, in the order of its list."""
        return {name: room for rooms in self.sections.values() for name, room in rooms.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names of the commands."""
        return list(self.rooms)

    def get_command(self, ctx: click.Context | None, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """A command, imported now."""
        room = self.rooms.get(cmd_name)
        return room.enter() if room else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was typed; for a misspelt one, name the nearest."""
        is_known = not args or args[0] in self.rooms or args[0].startswith("-")
        if not is_known and not ctx.resilient_parsing:  # whose word is completed has not finished it
            near = get_close_matches(args[0], self.rooms, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(self.rooms)}."
            raise click.UsageError(f"There is no command {args[0]!r}. {hint}", ctx)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """What a shell offers: the commands from the table, and not from their modules; the group's options."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - when somebody presses that key

        fitting = [(name, room.help) for name, room in self.rooms.items() if name.startswith(incomplete)]
        offered = [CompletionItem(name, help=text) for name, text in fitting]
        return offered + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands, from the table and not from their modules."""
        for title, rooms in self.sections.items():
            with formatter.section(title):
                formatter.write_dl([(name, room.help) for name, room in rooms.items()], col_max=20)


def command(*, epilog: str, operations: tuple[str, ...] = ()) -> Callable[[Callable[..., int]], click.Command]:
    """Make a command of a function that returns its exit code."""
    return click.command(cls=Command, epilog=epilog, operations=operations)


def group(help: str, sections: Sections, *, epilog: str) -> Commands:  # noqa: A002 - click's word
    """A group that has commands and does nothing itself."""
    return Commands(help=help, epilog=epilog, sections=sections, callback=needs_a_command)


@click.pass_context
def needs_a_command(context: click.Context) -> int:
    """Show the help of a group that was called without a command; that is wrong usage."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
    return exits.USAGE
