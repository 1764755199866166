"""A cell as its file has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ttd_workflows.results.cells import FORMULAS


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that has no value to read: a formula, an error of its program."""

    reason: str


Cell = str | bool | int | float | datetime | date | time | timedelta | Unreadable | None
"""What a file has in a cell. Text files have text only."""


def is_empty(cell: Cell) -> bool:
    """Whether a cell says nothing: its member is left out."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def unguarded(text: str) -> str:
    """Text without the apostrophe that :func:`ttd_workflows.results.cells.cell` puts before what may be a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULAS) else text


def letters(column: int) -> str:
    """A column's letters, as spreadsheet programs show them: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(ord("A") + letter) + name
    return name
