"""A sheet that was read: its rows, what can be sent of them, and its copy with what became of each."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from ttd_workflows.errors import Fault, InputError
from ttd_workflows.sheets import outcomes
from ttd_workflows.sheets.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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
    told_before: str = ""
    """The outcome that the sheet, the copy of an earlier run, has of a row that is to be sent."""


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

    def shown(self, row: Row) -> str:
        """What a row says, cell by cell, as its file has it."""
        cells = next(record.cells for record in self.form.records if record.number == row.number)
        return ", ".join(f"{self.form.headings[place]}: {cell}" for place, cell in cells.items())

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

    def all_outcomes(self, became: Mapping[int, Outcome]) -> dict[int, Outcome]:
        """What became of every row, by number: what is known without sending it, or what came of that."""
        return {row.number: row.outcome or became.get(row.number, Outcome(outcomes.NOT_SENT)) for row in self.rows}

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
        names = outcomes.headings(self.kind)
        added = {
            number: {"outcome": outcome.word, "id": outcome.id, "error": outcome.error}
            for number, outcome in self.all_outcomes(became).items()
        }
        _put_in_place(target, self.form.copy(added, names))
        return target

    def place_of_copy(self, became: Mapping[int, Outcome]) -> Path:
        """Where a copy goes unless told: beside the sheet, ``ad-groups.outcome.csv``.

        An earlier copy is replaced, but not one that has rows as carried out of which less is known now: it may be all
        that is left to tell their ids. Then, and for the copy of a copy, the name has a number.
        """
        told = self.all_outcomes(became)
        return next(place for place in self._places() if not place.exists() or not self._knows_more(place, told))

    def _places(self) -> Iterator[Path]:
        stem, mark, number = self.path.stem.rpartition(_MARK)
        if not mark:
            stem, first = self.path.stem, 1
        else:
            first = int(number[1:]) + 1 if number[1:].isdecimal() else 2
        for n in count(first):
            yield self.path.with_name(f"{stem}{_MARK}{f'-{n}' if n > 1 else ''}{self.path.suffix}")

    def _knows_more(self, place: Path, told: Mapping[int, Outcome]) -> bool:
        """Whether a file has rows as carried out that ``told`` has not, or is none of our copies at all."""
        from ttd_workflows.sheets.reading import read  # noqa: PLC0415 - which makes sheets

        try:
            earlier = read(place, self.kind.name, sheet=self.form.worksheet)
        except InputError:
            return True
        done = {row.number for row in earlier.rows if row.outcome is not None and row.outcome.word in outcomes.DONE}
        return any(number not in told or told[number].word not in outcomes.DONE for number in done)


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
