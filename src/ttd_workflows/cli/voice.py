"""What a command tells people, on stderr: notes, progress, and a log when asked for. Data is in ``output``."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ttd_workflows.jobs.events import Event

_QUIET = f"{__name__}.quiet"
LOG = "%(asctime)s %(levelname)-7s %(message)s"
LOG_LEVELS = ("WARNING", "INFO", "DEBUG")


def hush(context: click.Context, _option: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's signature
    """``--quiet``: no notes and no progress; results, warnings and errors are not affected."""
    if wanted:
        context.meta[_QUIET] = True


def speak_up(_context: click.Context, _option: click.Parameter, times: int) -> None:
    """``--verbose``: the library's log on stderr, a line for each call; given twice, with bodies, secrets masked."""
    if times:
        import logging  # noqa: PLC0415 - loaded when somebody wants to read it

        logger = logging.getLogger("ttd_workflows")
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter(LOG))
        logger.handlers = [handler]
        logger.setLevel(LOG_LEVELS[min(times, len(LOG_LEVELS) - 1)])


def is_quiet() -> bool:
    """Whether ``--quiet`` was given, before the command's name or after it."""
    return bool(click.get_current_context().meta.get(_QUIET, False))


def say(text: str) -> None:
    """Tell people something that is no data, unless they asked for quiet."""
    if not is_quiet():
        click.echo(text, err=True)


def warn(text: str) -> None:
    """Tell people something that they must know, quiet or not."""
    click.echo(text, err=True)


@contextmanager
def progress() -> Iterator[Callable[[Event], object]]:
    """Show how far jobs and downloads are: a bar on a terminal, a line now and then elsewhere."""
    from ttd_workflows.jobs.progress import progress as shown  # noqa: PLC0415 - for commands that wait

    with shown(quiet=is_quiet()) as show:
        yield show


def is_coloured(stream: TextIO | Any) -> bool:
    """Whether colours are wanted: on a terminal, unless NO_COLOR is set to something."""
    return stream.isatty() and not os.environ.get("NO_COLOR")


def can_ask() -> bool:
    """Whether there is somebody to ask: both what they read and where they type is a terminal."""
    return bool(sys.stdin and sys.stdin.isatty() and sys.stderr and sys.stderr.isatty())
