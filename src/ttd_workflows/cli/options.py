"""Options that several commands share: where to ask, and the client that this makes."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import click
from click.core import ParameterSource

from ttd_workflows.cli import voice
from ttd_workflows.cli.completing import offer_profiles
from ttd_workflows.cli.text import one_line
from ttd_workflows.client import Workflows
from ttd_workflows.core.operation import EDITIONS, NEWEST_EDITION
from ttd_workflows.core.port import LOOPBACK_HOSTS
from ttd_workflows.identity import SERVERS, address_given, settle
from ttd_workflows.types import UNSET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ttd_workflows.identity import Identity

REPEATING = "%s: %s; again in %.2f s"
"""How :mod:`ttd_workflows.core.sending` tells its logger that it repeats a call."""
_CONNECTION = f"{__name__}.connection"

F = TypeVar("F", bound=Callable[..., Any])


def _keep(context: click.Context, option: click.Parameter, value: Any) -> None:
    """Put an option where :func:`connect` finds it, so that no command has to hand it on."""
    context.meta.setdefault(_CONNECTION, {})[option.name] = value


def connection_options(function: F) -> F:
    """Where to ask, and whose token: ``--profile``, ``--server``, ``--server-url``, ``--edition``.

    The token itself is never an argument: others see those.
    """
    for option in (
        click.option(
            "--edition",
            type=click.Choice(EDITIONS),
            default=NEWEST_EDITION,
            show_default=True,
            expose_value=False,
            callback=_keep,
            help="The edition of the API to speak.",
        ),
        click.option(
            "--server-url",
            metavar="URL",
            expose_value=False,
            callback=_keep,
            help="The service's address; beats --server.",
        ),
        click.option(
            "--server",
            metavar="NAME",
            type=click.Choice(list(SERVERS)),
            expose_value=False,
            callback=_keep,
            help=f"The service by name: {', '.join(SERVERS)}.",
        ),
        click.option(
            "--profile",
            metavar="NAME",
            shell_complete=offer_profiles,
            expose_value=False,
            callback=_keep,
            help="The token that ttdw login keeps under a name, and its server.",
        ),
    ):
        function = option(function)
    return function


def who() -> Identity:
    """The token and the address that the options and the environment come to."""
    chosen = given()
    return settle(None, chosen["profile"], address_given(chosen["server"], chosen["server_url"]))


def given() -> dict[str, Any]:
    """The options as they were given, by the names that :class:`Workflows` has for them."""
    options: dict[str, Any] = click.get_current_context().meta[_CONNECTION]
    return options


def connect() -> Workflows:
    """A client as the options and the environment say. A service on this machine is there or it is not: asked once."""
    local = urlsplit(who().address).hostname in LOOPBACK_HOSTS
    return Workflows(**given(), retry_config=None if local else UNSET, debug_logger=_Notices())


class _Notices:
    """Tells a person who waits that a call is repeated; all else that a ``debug_logger`` is told is dropped."""

    def debug(self, msg: str, *args: Any, **_kwargs: Any) -> None:
        """See :meth:`ttd_workflows.utils.Logger.debug`."""
        if msg == REPEATING:
            _, outcome, seconds = args
            voice.say(f"{one_line(str(outcome))} Trying again in {seconds:.1f} s.")


def edition() -> str:
    """The edition that was asked for, where it is needed before there is a client."""
    chosen: str = click.get_current_context().meta[_CONNECTION]["edition"]
    return chosen


def as_typed(*names: str) -> str:
    """The options among ``names`` that were given on the command line, and where to ask, as they can be typed again."""
    return "".join(f" {shlex.quote(word)}" for word in _words({*names, "profile", "server", "server_url", "edition"}))


def _words(names: set[str]) -> Iterator[str]:
    context = click.get_current_context()
    values = {**context.meta.get(_CONNECTION, {}), **context.params}
    given = {name for name in names if context.get_parameter_source(name) is ParameterSource.COMMANDLINE}
    for option in context.command.params:
        if not isinstance(option, click.Option) or option.name not in given:
            continue
        if not option.is_flag:
            yield from (option.opts[-1], str(values[option.name]))
        elif values[option.name] is True:
            yield option.opts[-1]
