"""Small tables on stdout; where the terminal is too narrow for one, the rows one below the other."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ttd_workflows.cli.text import one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    Cells = Sequence[str]

WIDEST = 100_000
"""Where nobody looks on, nothing is cut."""
NARROWEST = 8
"""Letters that must be left of a column that gives way, if it has as many."""
BETWEEN = 3
"""Letters between two columns."""


def print_table(titles: Cells, rows: Iterable[Cells], *, cut: Collection[int], right: Collection[int] = ()) -> None:
    """Print ``rows`` under ``titles``. On a terminal, columns in ``cut`` give way. Those in ``right`` are numbers."""
    cells = [[one_line(cell) for cell in row] for row in rows]
    console = Console(highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = WIDEST
    if _least_width(titles, cells, cut) > console.width:
        print("\n\n".join("\n".join(_below_each_other(titles, row)) for row in cells))  # noqa: T201 - data
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column, title in enumerate(titles):
        table.add_column(
            Text(title, no_wrap=True, overflow="ellipsis"),
            justify="right" if column in right else "left",
            no_wrap=column not in cut,
        )
    for row in cells:
        table.add_row(*(Text(cell, no_wrap=True, overflow="ellipsis") for cell in row))
    console.print(table)


def _least_width(titles: Cells, rows: Iterable[Cells], cut: Collection[int]) -> int:
    """The letters that a table takes at least: whole columns, and something of those that give way."""
    widths = [max(map(cell_len, column)) for column in zip(titles, *rows, strict=True)]
    least = sum(min(width, NARROWEST) if column in cut else width for column, width in enumerate(widths))
    return least + BETWEEN * (len(widths) - 1)


def _below_each_other(titles: Cells, row: Cells) -> Iterator[str]:
    """The cells of a row that say something, a line each, behind their titles."""
    widest = max(map(cell_len, titles))
    yield from (
        f"{title}{' ' * (widest - cell_len(title))}  {cell}" for title, cell in zip(titles, row, strict=True) if cell
    )
