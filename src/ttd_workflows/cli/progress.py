"""Progress on stderr: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS_BETWEEN_LINES = 1.0
COMPLETE = 100.0


class Report(Protocol):
    """Where one piece of work tells how far it is."""

    def __call__(self, percentage: float, status: str) -> None:
        """Take the percentage done and the status in a word."""


@contextmanager
def progress(title: str) -> Iterator[Report]:
    """Show how far one piece of work is, while the block lasts."""
    if sys.stderr.isatty():
        with _bar(title) as report:
            yield report
    else:
        yield _Lines(title)


@contextmanager
def _bar(title: str) -> Iterator[Report]:
    from rich.console import Console  # noqa: PLC0415 - loaded when there is something to draw
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[status]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task(title, total=COMPLETE, status="")

        def report(percentage: float, status: str) -> None:
            shown.update(task, completed=percentage, status=status)

        yield report


class _Lines:
    """A line when the status changes, and now and then while it does not."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._status = ""
        self._last = 0.0

    def __call__(self, percentage: float, status: str) -> None:
        """See :class:`Report`."""
        now = monotonic()
        if status == self._status and now - self._last < SECONDS_BETWEEN_LINES:
            return
        self._status, self._last = status, now
        print(f"{self._title}  {percentage:3.0f} %  {status}", file=sys.stderr, flush=True)  # noqa: T201
