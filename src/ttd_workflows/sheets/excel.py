"""Excel's workbooks, read with openpyxl: values only, of one worksheet; the copy keeps the others and the formats."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from typing import TYPE_CHECKING, Any, ClassVar

from ttd_workflows.errors import Fault, InputError
from ttd_workflows.sheets.cells import Unreadable
from ttd_workflows.sheets.forms import Record, places_of, tabulated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from ttd_workflows.sheets.cells import Cell
    from ttd_workflows.sheets.forms import Added

_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LONGEST_CELL = 32_767


class ExcelSheet:
    """One worksheet of a workbook: the one that is named, or the only one with anything in it."""

    in_json: ClassVar = False

    def __init__(self, name: str, content: bytes, worksheet: str | None = None) -> None:
        self._name = name
        self._content = content
        sheet = _worksheet(name, _workbook(name, content), worksheet)
        self.worksheet = sheet.title
        _refuse_merged(name, sheet)
        self._table = tabulated(name, _lines(sheet))
        self.headings = self._table.headings
        hidden = {number for number, line in sheet.row_dimensions.items() if line.hidden}
        self.records = [Record(record.number, record.cells, record.number in hidden) for record in self._table.records]

    def copy(self, added: Mapping[int, Added], headings: Sequence[str]) -> bytes:
        """The whole workbook again; see :class:`~ttd_workflows.sheets.forms.Form`."""
        workbook = _workbook(self._name, self._content)
        sheet = workbook[self.worksheet]
        places = places_of(headings, self.headings, sheet.max_column)
        for record in self.records:
            for name, place in places.items():
                _set(sheet.cell(record.number, place + 1), added.get(record.number, {}).get(name, ""))
        for name, place in places.items():
            _set(sheet.cell(self._table.stands_in, place + 1), name)
        file = io.BytesIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            workbook.save(file)
        return file.getvalue()


def _workbook(name: str, content: bytes) -> Workbook:
    try:
        import openpyxl  # noqa: PLC0415 - an extra, and only for workbooks
    except ModuleNotFoundError:
        raise InputError(
            f'{name}: workbooks need the package openpyxl: pip install "ttdw[sheets]", or save the sheet as CSV'
        ) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what it does not know and leaves out: pictures, slicers
            return openpyxl.load_workbook(io.BytesIO(content))
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, SyntaxError, OSError) as error:
        raise InputError(
            f"{name} is not a workbook that can be read ({error}); open it and save it as .xlsx again, or as CSV"
        ) from None


def _worksheet(name: str, workbook: Workbook, wanted: str | None) -> Worksheet:
    sheets: dict[str, Worksheet] = {sheet.title: sheet for sheet in workbook.worksheets}
    if wanted is not None:
        if wanted in sheets:
            return sheets[wanted]
        raise InputError(f"{name} has no worksheet {wanted!r}; it has {', '.join(map(repr, sheets))}")
    filled = [sheet for sheet in sheets.values() if sheet.sheet_state == "visible" and _has_content(sheet)]
    if len(filled) == 1:
        return filled[0]
    if not filled:
        raise InputError(f"{name} is empty: it has no visible worksheet with anything in it")
    titles = ", ".join(repr(sheet.title) for sheet in filled)
    raise InputError(f"{name} has several worksheets, {titles}: say which one is meant (--sheet NAME)")


def _has_content(sheet: Worksheet) -> bool:
    return any(cell is not None for line in sheet.iter_rows(values_only=True) for cell in line)


def _refuse_merged(name: str, sheet: Worksheet) -> None:
    faults = [
        Fault(str(merged), "these cells are merged, so that most of them say nothing: split them, and fill each")
        for merged in sheet.merged_cells.ranges
    ]
    if faults:
        raise InputError.of(name, sorted(faults))


def _lines(sheet: Worksheet) -> Iterator[tuple[int, list[Cell]]]:
    for number, cells in enumerate(sheet.iter_rows(), 1):
        yield number, [_value(cell) for cell in cells]


def _value(cell: Any) -> Cell:
    value: Cell = cell.value
    if cell.data_type == "f":
        return Unreadable(f"{cell.coordinate} is a formula; copy the column and paste it as values")
    if cell.data_type == "e":
        return Unreadable(f"{cell.coordinate} is the error {value}")
    if cell.data_type == "n" and value is not None and "%" in cell.number_format:
        return Unreadable(
            f"{cell.coordinate} is the number {value} and is shown as a percentage, so that one of two is meant: "
            "format the column as number and write 5 for 5 %"
        )
    return value


def _set(cell: Any, text: str) -> None:
    """Put text into a cell, as text whatever it begins with."""
    cell.value = _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)[:_LONGEST_CELL] or None
    if text:
        cell.data_type = "s"
        cell.number_format = "@"
