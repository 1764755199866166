"""A sheet that was read: its rows, what can be sent of them, and its copy with what became of each."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ttd_workflows.errors import Fault, InputError
from ttd_workflows.sheets import outcomes
from ttd_workflows.sheets.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ttd_workflows.models.base import Input
    from ttd_workflows.results import Item
    from ttd_workflows.sheets.forms import Form
    from ttd_workflows.sheets.kinds import Kind

_MARK = ".outcome"


@dataclass(frozen=True, slots=True)
class Row:
    """A row: the input that it is, or what became of it already."""

    number: int
    """As a spreadsheet program counts; in JSON the object's place, from 1 on."""
    input: Input | None = None
    """What to send. ``None`` where the row is wrong, hidden, or was carried out by an earlier run."""
    faults: tuple[Fault, ...] = ()
    """What is wrong with it, and in which columns."""
    outcome: Outcome | None = None
    """What became of a row that is not to be sent."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a file, in order."""

    path: Path
    kind: Kind
    form: Form
    rows: tuple[Row, ...]

    @property
    def to_send(self) -> list[Row]:
        """The rows that can be sent."""
        return [row for row in self.rows if row.input is not None]

    @property
    def inputs(self) -> list[Input]:
        """What to submit: the inputs of :attr:`to_send`."""
        return [row.input for row in self.rows if row.input is not None]

    @property
    def wrong(self) -> list[Row]:
        """The rows that cannot be sent as they are."""
        return [row for row in self.rows if row.faults]

    def check(self) -> None:
        """Raise :class:`InputError` with every fault of every row, if there is any."""
        faults = [Fault(f"row {row.number}, {f.path}", f.message) for row in self.rows for f in row.faults]
        if faults:
            raise InputError.of(self.path.name, faults)

    def outcomes_of(self, items: Iterable[Item], *, only_checked: bool = False) -> dict[int, Outcome]:
        """What became of each row that was sent, by its number, from the items of the job that took :attr:`inputs`."""
        return {
            row.number: outcomes.of_item(item, self.kind, only_checked=only_checked)
            for row, item in zip(self.to_send, items, strict=True)
        }

    def save_copy(self, path: str | os.PathLike[str], became: Mapping[int, Outcome]) -> Path:
        """Write the sheet again with what became of its rows: all columns and rows as they are, and the outcome.

        The file is there whole or not at all; one of that name is replaced.

        Args:
            path: Where to. Another file than the sheet's own.
            became: What became of the rows that were sent, by number. Those left out were not sent.
        """
        target = Path(path)
        if target.exists() and target.samefile(self.path):
            raise InputError(f"{target} is the sheet itself; give its copy another name")
        told = {row.number: row.outcome or became.get(row.number, Outcome(outcomes.NOT_SENT)) for row in self.rows}
        names = outcomes.headings(self.kind)
        added = {
            number: {"outcome": outcome.word, "id": outcome.id, "error": outcome.error}
            for number, outcome in told.items()
        }
        _put_in_place(target, self.form.copy(added, names))
        return target

    @property
    def place_of_copy(self) -> Path:
        """Where a copy goes unless told: beside the sheet, ``ad-groups.outcome.csv``; a copy's copy is numbered."""
        stem, mark, number = self.path.stem.rpartition(_MARK)
        if not mark:
            return self.path.with_name(f"{self.path.stem}{_MARK}{self.path.suffix}")
        following = int(number[1:]) + 1 if number[1:].isdecimal() else 2
        return self.path.with_name(f"{stem}{_MARK}-{following}{self.path.suffix}")


def _put_in_place(target: Path, content: bytes) -> None:
    new = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        with new.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(target)
    except BaseException:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise
