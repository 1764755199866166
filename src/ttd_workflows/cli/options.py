"""Options that several commands share: where to ask, and the client that this makes."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import click

from ttd_workflows.cli import voice
from ttd_workflows.cli.text import one_line
from ttd_workflows.client import Workflows
from ttd_workflows.core.operation import EDITIONS, NEWEST_EDITION
from ttd_workflows.core.port import LOOPBACK_HOSTS
from ttd_workflows.identity import SERVERS
from ttd_workflows.types import UNSET

if TYPE_CHECKING:
    from collections.abc import Iterator

REPEATING = "%s: %s; again in %.2f s"
"""How :mod:`ttd_workflows.core.sending` tells its logger that it repeats a call."""
_CONNECTION = f"{__name__}.connection"

F = TypeVar("F", bound=Callable[..., Any])


def _keep(context: click.Context, option: click.Parameter, value: Any) -> None:
    """Put an option where :func:`connect` finds it, so that no command has to hand it on."""
    context.meta.setdefault(_CONNECTION, {})[option.name] = value


def connection_options(function: F) -> F:
    """Where to ask: ``--server``, ``--server-url``, ``--edition``. The token is never an argument: others see those."""
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
    ):
        function = option(function)
    return function


def connect() -> Workflows:
    """A client as the options and the environment say. A service on this machine is there or it is not: asked once."""
    given = click.get_current_context().meta[_CONNECTION]
    server, server_url = given["server"], given["server_url"]
    address = server_url or (SERVERS[server] if server else os.environ.get("WORKFLOWS_SERVER_URL", ""))
    local = urlsplit(address).hostname in LOOPBACK_HOSTS
    return Workflows(**given, retry_config=None if local else UNSET, debug_logger=_Notices())


class _Notices:
    """Tells a person who waits that a call is repeated; all else that a ``debug_logger`` is told is dropped."""

    def debug(self, msg: str, *args: Any, **_kwargs: Any) -> None:
        """See :meth:`ttd_workflows.utils.Logger.debug`."""
        if msg == REPEATING:
            _, outcome, seconds = args
            voice.say(f"{one_line(str(outcome))} Trying again in {seconds:.1f} s.")


def as_typed(*names: str) -> str:
    """The options among ``names`` that were given on the command line, and where to ask, as they can be typed again."""
    return "".join(f" {shlex.quote(word)}" for word in _words({*names, "server", "server_url", "edition"}))


def _words(names: set[str]) -> Iterator[str]:
    context = click.get_current_context()
    values = {**context.meta.get(_CONNECTION, {}), **context.params}
    for option in context.command.params:
        given = context.get_parameter_source(option.name or "") is click.core.ParameterSource.COMMANDLINE
        if option.name in names and given:
            yield from (option.opts[-1], str(values[option.name]))
