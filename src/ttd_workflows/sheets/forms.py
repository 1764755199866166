"""What every form of file gives, whichever it is: headings, records, and a copy of itself with columns set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from ttd_workflows.errors import InputError
from ttd_workflows.sheets.cells import is_empty, letters

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ttd_workflows.sheets.cells import Cell

Place = int | str
"""A column: its number from 0 on, or the name of a JSON member."""
Added = dict[str, str]
"""What a copy says of one record, by heading."""


@dataclass(frozen=True, slots=True)
class Record:
    """One line of a file that is not blank."""

    number: int
    """As the file's own program counts: a spreadsheet's first record stands in row 2, below the headings."""
    cells: Mapping[Place, Any]
    hidden: bool = False


class Form(Protocol):
    """A file that was read, and can be written again."""

    in_json: ClassVar[bool]
    """Whether cells are JSON's values already, and nothing is to be read out of text."""

    @property
    def worksheet(self) -> str | None:
        """The name of the one worksheet that was read, where the file has worksheets."""
        ...

    @property
    def headings(self) -> Mapping[Place, str]:
        """What the columns are called."""
        ...

    @property
    def records(self) -> Sequence[Record]:
        """The lines that are not blank, in order."""
        ...

    def copy(self, added: Mapping[int, Added], headings: Sequence[str]) -> bytes:
        """The whole file again, with these columns set for the records of these numbers, and empty elsewhere."""
        ...


def where(place: Place, heading: str) -> str:
    """A column as people find it."""
    if not isinstance(place, int):
        return place
    return f"column {letters(place)}{f' ({heading})' if heading else ''}"


@dataclass(frozen=True, slots=True)
class Table:
    """The lines of a file that are not blank: the headings, and the records below them."""

    headings: dict[Place, str]
    stands_in: int
    """The number of the line with the headings."""
    records: list[Record]


def tabulated(name: str, lines: Iterable[tuple[int, Sequence[Cell]]]) -> Table:
    """The table of a file's lines.

    Raises:
        InputError: There are no headings.
    """
    filled = ((number, cells) for number, cells in lines if not all(map(is_empty, cells)))
    stands_in, first = next(filled, (0, ()))
    if not first:
        raise InputError(f"{name} is empty: its first row has the names of the members, each row below it one input")
    headings: dict[Place, str] = {
        place: heading for place, cell in enumerate(first) if (heading := str("" if cell is None else cell).strip())
    }
    records = [
        Record(number, {place: cell for place, cell in enumerate(cells) if not is_empty(cell)})
        for number, cells in filled
    ]
    return Table(headings, stands_in, records)


def places_of(added: Sequence[str], headings: Mapping[Place, str], width: int) -> dict[str, int]:
    """The columns that a copy sets: those that an earlier copy has, and new ones to the right of all others."""
    present = {heading.strip().casefold(): place for place, heading in headings.items() if isinstance(place, int)}
    new = iter(range(width, width + len(added)))
    return {name: present[name] if name in present else next(new) for name in added}
