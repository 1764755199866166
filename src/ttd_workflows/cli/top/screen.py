"""The screen: a line of summary, the table, a pane of details, a filter that is opened with ``/``."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from time import time
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import App
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Footer, Input, Static

from ttd_workflows.cli import exits
from ttd_workflows.cli.text import one_line
from ttd_workflows.cli.top.rows import SORTS, TITLES, Rates, Row, arranged, summary
from ttd_workflows.errors import WorkflowsError
from ttd_workflows.jobs import glance

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult

    from ttd_workflows.cli.top.asking import Asking
    from ttd_workflows.jobs.ledger import Entry

SECONDS_BETWEEN_LOOKS = 1.0
NEWEST = 500
"""Submissions; nobody reads more lines than that on a screen."""


class Top(App[int]):
    """The ledger, live. It reads, and asks nobody."""

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #summary { height: 1; padding: 0 1; text-style: bold; }
    DataTable { height: 1fr; }
    #details { height: auto; max-height: 60%; padding: 0 1; border-top: solid $primary; display: none; }
    #filter { display: none; height: 1; border: none; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", key_display="/"),
        Binding("s", "sort", "Sort"),
        Binding("enter", "details", "Details", priority=True),
        Binding("escape", "leave", "Back", priority=True),
        Binding("q", "quit", "Quit"),
        Binding("ctrl+c", "quit", "Quit", priority=True, show=False),
    ]

    def __init__(self, path: Path, *, sort: str = "state", asking: Asking | None = None) -> None:
        super().__init__()
        self._path = path
        self._sort = sort
        self._asking = asking
        self._rates = Rates()
        self._entries: list[Entry] = []
        self._trouble = ""
        self._shown: list[Row] = []

    def compose(self) -> ComposeResult:
        """What the screen consists of, from top to bottom."""
        # Kept by name: a message may still come when the screen has let go of them.
        self._summary = Static(id="summary", markup=False)
        self._table: DataTable[Text] = DataTable(cursor_type="row")
        self._pane = Static(id="details", markup=False)
        self._input = Input(placeholder="filter: any word of a line", id="filter")
        yield from (self._summary, self._table, self._pane, self._input, Footer())

    async def on_mount(self) -> None:
        """Begin to look, and end well when the system wants it: an exception out of nowhere would leave the screen."""
        with suppress(NotImplementedError, RuntimeError, ValueError):  # not on every system, nor beside the main thread
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.exit, exits.TERMINATED)
        self._table.add_columns(*TITLES)
        self._table.focus()
        await self.look()
        self.set_interval(SECONDS_BETWEEN_LOOKS, self.look)

    async def look(self) -> None:
        """Read the ledger, off the event loop, and show what has changed."""
        try:
            self._entries = await asyncio.to_thread(glance.entries, self._path, newest=NEWEST)
        except WorkflowsError as error:
            self._trouble = one_line(error.message)
        else:
            self._trouble = ""
        self._show()

    def on_input_changed(self) -> None:
        """Another filter."""
        self._show()

    def on_input_submitted(self) -> None:
        """The filter is as wanted: back to the table."""
        self._table.focus()

    def on_data_table_row_highlighted(self) -> None:
        """Another line was gone to."""
        self._show_details()

    def action_filter(self) -> None:
        """Open the filter."""
        self._input.display = True
        self._input.focus()

    def action_sort(self) -> None:
        """Sort by the next of the keys."""
        self._sort = SORTS[(SORTS.index(self._sort) + 1) % len(SORTS)]
        self._show()

    def action_details(self) -> None:
        """Open the pane of details, or close it; in the filter, be done with it."""
        if self._input.has_focus:
            self._table.focus()
            return
        self._pane.display = not self._pane.display
        self._show_details()

    def action_leave(self) -> None:
        """Take the filter away, else the details."""
        if self._input.display:
            self._input.value = ""
            self._input.display = False
            self._table.focus()
        else:
            self._pane.display = False

    def _show(self) -> None:
        rows = self._rates.rows(self._entries, time())
        self._show_table(arranged(rows, text=self._input.value, sort=self._sort))
        trouble = self._trouble or (self._asking.trouble if self._asking else "")
        told = trouble or (summary(rows) if rows else f"{self._path} has no submissions yet")
        self._summary.update(f"{told}  [by {self._sort}]")
        self._show_details()

    def _show_table(self, rows: list[Row]) -> None:
        """Change the cells that have changed; build the table anew only where its lines are others."""
        table, before = self._table, self._shown
        self._shown = rows
        if [row.entry.id for row in before] == [row.entry.id for row in rows]:
            for line, (old, new) in enumerate(zip(before, rows, strict=True)):
                for column, (was, now) in enumerate(zip(_cells(old), _cells(new), strict=True)):
                    if was != now:
                        table.update_cell_at((line, column), now, update_width=True)  # type: ignore[arg-type]
            return
        at = before[table.cursor_row].entry.id if table.cursor_row < len(before) else None
        table.clear()
        for row in rows:
            table.add_row(*_cells(row), key=str(row.entry.id))
        here = next((line for line, row in enumerate(rows) if row.entry.id == at), 0)
        table.move_cursor(row=here)

    def _show_details(self) -> None:
        line = self._table.cursor_row
        if self._pane.display and line < len(self._shown):
            self._pane.update("\n".join(f"{label:<10} {text}" for label, text in self._shown[line].details()))


def _cells(row: Row) -> list[Text]:
    """The cells in their colours: red for what nobody knows, green and yellow for how it ended."""
    colour = "bold red" if row.is_unknown else _COLOURS.get(row.state, "")
    return [Text(cell, style=colour if column == 1 else "") for column, cell in enumerate(row.cells())]


_COLOURS = {"Success": "green", "PartialSuccess": "yellow", "Failure": "red", "Cancelled": "red"}
