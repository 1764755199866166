"""Progress on stderr, made from events: a bar on a terminal, plain lines in logs and notebooks, nothing when asked."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib.util import find_spec
from time import monotonic
from typing import TYPE_CHECKING

from ttd_workflows.jobs.events import Delayed, Downloaded, Polled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ttd_workflows.jobs.events import Event

    Tell = Callable[[str, float, str], None]

SECONDS_BETWEEN_LINES = 1.0
COMPLETE = 100.0


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Callable[[Event], object]]:
    """Show how far jobs and downloads are while the block lasts.

    What it gives goes to ``on_event``::

        with progress() as show:
            job.wait(on_event=show).save("segments.json", on_event=show)
    """
    if quiet:
        yield lambda _event: None
    elif sys.stderr.isatty() and find_spec("rich"):
        with _bars() as tell:
            yield _reader(tell)
    else:
        yield _reader(_Lines().tell)


def _reader(tell: Tell) -> Callable[[Event], object]:
    """Read from an event whose progress it is, how far that is, and how it stands."""

    def show(event: Event) -> None:
        job = f"Job {event.reference.id}"
        match event:
            case Polled(snapshot=snapshot):
                tell(job, snapshot.percent or 0.0, snapshot.state)
            case Delayed(again_in=again_in):
                tell(job, -1.0, f"no answer; asked again in {again_in:.0f} s")
            case Downloaded(received=received, total=total):
                share = COMPLETE * received / total if total else 0.0
                tell(f"{job}, result", share, f"{received:,} bytes")

    return show


@contextmanager
def _bars() -> Iterator[Tell]:
    from rich.console import Console  # noqa: PLC0415 - loaded when there is something to draw
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[status]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as shown:
        tasks: dict[str, TaskID] = {}

        def tell(title: str, percentage: float, status: str) -> None:
            if title not in tasks:
                tasks[title] = shown.add_task(title, total=COMPLETE, status="")
            completed = None if percentage < 0 else percentage
            shown.update(tasks[title], completed=completed, status=status)

        yield tell


class _Lines:
    """A line when something's status changes, and now and then while it does not."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, float]] = {}

    def tell(self, title: str, percentage: float, status: str) -> None:
        """Write a line, unless the last one was about the same and just now."""
        now = monotonic()
        last_status, last_time = self._last.get(title, ("", 0.0))
        if status == last_status and now - last_time < SECONDS_BETWEEN_LINES:
            return
        self._last[title] = (status, now)
        share = "     " if percentage < 0 else f"{percentage:3.0f} %"
        print(f"{title}  {share}  {status}", file=sys.stderr, flush=True)  # noqa: T201
