"""Small tables on stdout."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ttd_workflows.cli.text import one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence


WIDEST = 100_000
"""Where nobody looks on, nothing is cut."""


def print_table(
    titles: Sequence[str], rows: Iterable[Sequence[str]], *, cut: Collection[int], right: Collection[int] = ()
) -> None:
    """Print ``rows`` under ``titles``. On a terminal, columns in ``cut`` give way. Those in ``right`` are numbers."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column, title in enumerate(titles):
        table.add_column(title, justify="right" if column in right else "left", no_wrap=column not in cut)
    for row in rows:
        table.add_row(*(Text(one_line(cell), no_wrap=True, overflow="ellipsis") for cell in row))
    console = Console(highlight=False)
    console.print(table, width=None if console.is_terminal or "COLUMNS" in os.environ else WIDEST)
