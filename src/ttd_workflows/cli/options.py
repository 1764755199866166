"""Options that several commands share, and the client they make."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import click

from ttd_workflows.cli.app import DEBUG
from ttd_workflows.cli.text import one_line
from ttd_workflows.client import SERVERS, Workflows
from ttd_workflows.core.operation import EDITIONS, NEWEST_EDITION
from ttd_workflows.core.port import LOOPBACK_HOSTS
from ttd_workflows.types import UNSET

if TYPE_CHECKING:
    from click.decorators import FC

REPEATING = "%s: %s; again in %.2f s"
"""How :mod:`ttd_workflows.core.sending` tells its logger that it repeats a call."""

F = TypeVar("F", bound=Callable[..., Any])


def debug_option(function: FC) -> FC:
    """``--debug`` after the command's name means what it means before it."""
    return click.option(DEBUG, is_flag=True, expose_value=False, help="Show the traceback of an error.")(function)


def connection_options(function: F) -> F:
    """Where to ask: ``--server``, ``--server-url``, ``--edition``. The token is never an argument: others see those."""
    for option in (
        click.option(
            "--edition",
            type=click.Choice(EDITIONS),
            default=NEWEST_EDITION,
            show_default=True,
            help="The edition of the API to speak.",
        ),
        click.option("--server-url", metavar="URL", help="The service's address; beats --server."),
        click.option(
            "--server",
            metavar="NAME",
            type=click.Choice(list(SERVERS)),
            help=f"The service by name: {', '.join(SERVERS)}.",
        ),
    ):
        function = option(function)
    return function


class _Notices:
    """Tells a person who waits that a call is repeated; all else that a ``debug_logger`` is told is dropped."""

    def debug(self, msg: str, *args: Any, **_kwargs: Any) -> None:
        """See :meth:`ttd_workflows.utils.Logger.debug`."""
        if msg == REPEATING:
            _, outcome, seconds = args
            click.echo(f"{one_line(str(outcome))} Trying again in {seconds:.1f} s.", err=True)


def connect(server: str | None, server_url: str | None, edition: str) -> Workflows:
    """A client as the options and the environment say. A service on this machine is there or it is not: asked once."""
    address = server_url or (SERVERS[server] if server else os.environ.get("WORKFLOWS_SERVER_URL", ""))
    local = urlsplit(address).hostname in LOOPBACK_HOSTS
    return Workflows(
        server=server,
        server_url=server_url,
        edition=edition,
        retry_config=None if local else UNSET,
        debug_logger=_Notices(),
    )
