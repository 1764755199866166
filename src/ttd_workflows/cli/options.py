"""Options that several commands share, and the client they make."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ttd_workflows.cli.app import DEBUG
from ttd_workflows.client import SERVERS, Workflows
from ttd_workflows.core.operation import EDITIONS, NEWEST_EDITION

if TYPE_CHECKING:
    from click.decorators import FC

F = TypeVar("F", bound=Callable[..., Any])


def debug_option(function: FC) -> FC:
    """``--debug`` after the command's name means what it means before it."""
    return click.option(DEBUG, is_flag=True, expose_value=False, help="Show the traceback of an error.")(function)


def connection_options(function: F) -> F:
    """Where to ask: ``--server``, ``--server-url`` and ``--edition``. The token is never an argument: others see those."""
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
            type=click.Choice(list(SERVERS)),
            help="The service by name; the emulator brings its own token.",
        ),
    ):
        function = option(function)
    return function


def connect(server: str | None, server_url: str | None, edition: str) -> Workflows:
    """A client as the options and the environment say."""
    return Workflows(server=server, server_url=server_url, edition=edition)
