"""Reading a sheet: headings into members, rows into inputs, and every fault of every row at once."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ttd_workflows.core.operation import NEWEST_EDITION
from ttd_workflows.errors import Fault, InputError
from ttd_workflows.models.base import Input, beyond_edition
from ttd_workflows.sheets import outcomes
from ttd_workflows.sheets.columns import Column, Columns, fold
from ttd_workflows.sheets.documents import JsonSheet
from ttd_workflows.sheets.excel import ExcelSheet
from ttd_workflows.sheets.forms import where
from ttd_workflows.sheets.kinds import kind_of
from ttd_workflows.sheets.outcomes import Outcome
from ttd_workflows.sheets.sheet import Row, Sheet
from ttd_workflows.sheets.text import TextSheet
from ttd_workflows.sheets.values import Misread, value

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Mapping

    from ttd_workflows.sheets.columns import Path as MemberPath
    from ttd_workflows.sheets.forms import Form, Place, Record
    from ttd_workflows.sheets.kinds import Kind

TEXT = (".csv", ".tsv", ".txt")
EXCEL = (".xlsx",)
JSON = (".json",)
JSON_LINES = (".jsonl", ".ndjson")


def read(
    path: str | os.PathLike[str], operation: str, *, sheet: str | None = None, edition: str = NEWEST_EDITION
) -> Sheet:
    """Read a sheet whose rows are the inputs of an operation. Rows that cannot be sent are there, with their faults.

    Args:
        path: A file of CSV, Excel (.xlsx), JSON or JSON lines; its name's ending says which.
        operation: ``create_campaigns``, ``update_campaigns``, ``create_ad_groups`` or ``update_ad_groups``.
        sheet: The worksheet of a workbook; left out, the only one with anything in it.
        edition: The edition of the API that the inputs are for.

    Raises:
        InputError: The file cannot be read as a table, has no rows, or has headings that mean no member.
        OSError: The file cannot be read at all.
    """
    file, kind = Path(path), kind_of(operation)
    form = _opened(file, sheet)
    if not form.records:
        raise InputError(f"{file.name} has no rows: there is nothing to send")
    reader = _Reader(file.name, kind, form, edition)
    return Sheet(file, kind, form, tuple(map(reader.row, form.records)))


def _opened(file: Path, worksheet: str | None) -> Form:
    ending = file.suffix.lower()
    if worksheet is not None and ending not in EXCEL:
        raise InputError(f"{file.name} has no worksheets: only workbooks do (.xlsx)")
    if ending not in (*TEXT, *EXCEL, *JSON, *JSON_LINES):
        known = "CSV (.csv, .tsv, .txt), Excel (.xlsx), JSON (.json) or JSON lines (.jsonl)"
        raise InputError(f"{file.name} is in no form that is read, going by its name: save it as {known}")
    content = file.read_bytes()
    if ending in TEXT:
        return TextSheet(file.name, content)
    if ending in EXCEL:
        return ExcelSheet(file.name, content, worksheet)
    return JsonSheet(file.name, content, in_lines=ending in JSON_LINES)


class _Reader:
    """Makes inputs of the records of one file."""

    def __init__(self, name: str, kind: Kind, form: Form, edition: str) -> None:
        self._kind = kind
        self._model = kind.model
        self._edition = edition
        self._headings = form.headings
        self._in_json = form.in_json
        self._columns = Columns(self._model, edition)
        ours = {fold(heading) for heading in outcomes.headings(kind)}
        is_copy = any(fold(heading) == "outcome" for heading in form.headings.values())
        self._told = {place: name for place, h in form.headings.items() if is_copy and (name := fold(h)) in ours}
        self._members, faults = self._resolved(form.headings)
        if faults:
            raise InputError.of(name, faults)
        self._places = {column.path: place for place, column in self._members.items()}
        self._order = {where(place, heading): number for number, (place, heading) in enumerate(form.headings.items())}

    def _resolved(self, headings: Mapping[Place, str]) -> tuple[dict[Place, Column], list[Fault]]:
        """The member of each column, and what is wrong with the headings."""
        members: dict[Place, Column] = {}
        faults: list[Fault] = []
        for place, heading in headings.items():
            if place in self._told:
                continue
            found = self._columns.find(heading)
            if isinstance(found, Column):
                members[place] = found
            else:
                faults.append(Fault(where(place, heading), found))
        if not self._in_json:  # there, each object has names of its own
            faults += self._clashes(members)
            lacking = [] if faults else self._columns.lacking({column.path for column in members.values()})
            faults += [Fault("", f"there is no column for {wire}, which is required") for wire in lacking]
        return members, faults

    def row(self, record: Record) -> Row:
        """The row of a record."""
        told = {name: str(record.cells.get(place) or "").strip() for place, name in self._told.items()}
        word = told.get("outcome", "").lower()
        if word in outcomes.DONE:
            return Row(record.number, outcome=Outcome(word, told.get("id", ""), told.get("error", "")))
        if record.hidden:
            return Row(record.number, outcome=Outcome(outcomes.NOT_SENT, error="the row is hidden"))
        if word in outcomes.OPEN:
            advice = f"look whether it was {self._kind.done}; then write {self._kind.done!r} here, or empty the cell"
            return self._wrong(record, [Fault("outcome", f"{word}: {advice}")])
        if word and word not in outcomes.WORDS:
            return self._wrong(
                record, [Fault("outcome", f"{word!r} is no outcome; rename the column, or leave it out")]
            )
        return self._input(record, word)

    def _input(self, record: Record, word: str) -> Row:
        members: dict[str, Any] = {}
        misread: list[MemberPath] = []
        given = {place: column for place, column in self._members.items() if place in record.cells}
        faults = self._clashes(given) if self._in_json else []
        faults += [
            Fault(where(place, ""), f"{str(cell)[:40]!r} stands below no heading")
            for place, cell in record.cells.items()
            if place not in self._headings
        ]
        for place, column in given.items():
            try:
                read = self._value(record.cells[place], column)
            except Misread as error:
                misread.append(column.path)
                faults.append(self._fault(place, column, str(error)))
            else:
                _put(members, column.path, read)
        made, found = self._made(members)
        faults += self._told_by_models(found, misread)
        return self._wrong(record, faults) if faults else Row(record.number, made, told_before=word)

    def _made(self, members: dict[str, Any]) -> tuple[Input | None, Iterable[Fault]]:
        """The input of these members, and what is wrong with it."""
        try:
            made = self._model(**members)
        except InputError as error:
            return None, error.faults
        return made, beyond_edition(made, self._edition)

    def _value(self, cell: Any, column: Column) -> Any:
        return cell if self._in_json else value(cell, column, clears=not self._kind.creates)

    def _wrong(self, record: Record, faults: list[Fault]) -> Row:
        faults.sort(key=lambda fault: self._order.get(fault.path, len(self._order)))  # from left to right
        said = "; ".join(f"{fault.path}: {fault.message}" if fault.path else fault.message for fault in faults)
        return Row(record.number, None, tuple(faults), Outcome(outcomes.REFUSED_LOCALLY, error=said))

    def _told_by_models(self, faults: Iterable[Fault], misread: list[MemberPath]) -> Iterator[Fault]:
        """Faults that models found, at their columns; not those that follow from a cell that could not be read."""
        for fault in faults:
            column = self._columns.at(fault.path)
            if column is None:
                yield fault
            elif not any(path[: len(column.path)] == column.path for path in misread):
                yield self._told_by_model(fault, column)

    def _told_by_model(self, fault: Fault, column: Column) -> Fault:
        place = self._places.get(column.path)
        if place is None:
            return Fault(column.wire, fault.message)
        inside = fault.path[fault.path.index("[") :] + ": " if "[" in fault.path else ""
        return self._fault(place, column, inside + fault.message)

    def _fault(self, place: Place, column: Column, message: str) -> Fault:
        return Fault(where(place, self._headings.get(place, column.wire)), message)

    def _clashes(self, members: Mapping[Place, Column]) -> list[Fault]:
        """Columns that say the same member, or a member and what it is in."""
        return [
            self._fault(place, column, f"this says {column.wire}, and so does {where(other, self._headings[other])}")
            for (other, before), (place, column) in combinations(members.items(), 2)
            if before.path[: len(column.path)] == column.path or column.path[: len(before.path)] == before.path
        ]


def _put(members: dict[str, Any], path: MemberPath, read: Any) -> None:
    for step in path[:-1]:
        members = members.setdefault(step, {})
    members[path[-1]] = read
