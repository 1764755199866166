"""CSV as spreadsheet programs write it: with commas, semicolons or tabs, in UTF-8, UTF-16 or Windows' encoding."""

from __future__ import annotations

import codecs
import csv
import io
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from ttd_workflows.errors import Fault, InputError
from ttd_workflows.results.cells import cell
from ttd_workflows.sheets.cells import unguarded
from ttd_workflows.sheets.forms import places_of, tabulated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ttd_workflows.sheets.forms import Added

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_MARKED = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class TextSheet:
    """A CSV file. Its copy has the same delimiter and ends of lines, and is in UTF-8."""

    in_json: ClassVar = False
    worksheet = None

    def __init__(self, name: str, content: bytes) -> None:
        text, self._encoding = decoded(name, content)
        self._delimiter = _delimiter(name, text)
        self._line_end = "\r\n" if "\r\n" in text else "\n"
        self._lines = list(_lines(name, text, self._delimiter))
        read = ((number, [unguarded(text) for text in cells]) for number, cells in enumerate(self._lines, 1))
        self._table = tabulated(name, read)
        self.headings, self.records = self._table.headings, self._table.records

    def copy(self, added: Mapping[int, Added], headings: Sequence[str]) -> bytes:
        """The whole file again; see :class:`~ttd_workflows.sheets.forms.Form`."""
        widest = max(map(len, self._lines))
        places = places_of(headings, self.headings, widest)
        width = max(widest, *(place + 1 for place in places.values()))
        file = []
        for number, cells in enumerate(self._lines, 1):
            line = [cell(text) for text in cells] + [""] * (width - len(cells))
            told = added.get(number, {}) if number != self._table.stands_in else {name: name for name in headings}
            for name, place in places.items():
                line[place] = cell(told.get(name, ""))
            file.append(self._delimiter.join(map(self._quoted, line)) + self._line_end)
        return "".join(file).encode("utf-8" if self._encoding == "utf-8" else "utf-8-sig")

    def _quoted(self, text: str) -> str:
        """A cell as it stands in a line. (``csv`` leaves a lone carriage return bare, and then reads two lines.)."""
        if not any(mark in text for mark in (self._delimiter, '"', "\r", "\n")):
            return text
        quotes = text.replace('"', '""')
        return f'"{quotes}"'


def decoded(name: str, content: bytes) -> tuple[str, str]:
    """The text of a file, and the encoding that it is in. Raises :class:`InputError`."""
    marked = next((encoding for mark, encoding in _MARKED.items() if content.startswith(mark)), None)
    encodings = (marked,) if marked else ("utf-8", "cp1252")
    for encoding in encodings[:-1]:
        with suppress(UnicodeDecodeError):
            return content.decode(encoding), encoding
    try:
        return content.decode(encodings[-1]), encodings[-1]
    except UnicodeDecodeError as error:
        raise _no_text(name, content, error.start) from None


def _no_text(name: str, content: bytes, at: int) -> InputError:
    line = content.count(b"\n", 0, at) + 1
    byte = f"0x{content[at]:02x}"
    return InputError(
        f"{name} is not text in UTF-8, nor in Windows-1252: line {line} has the byte {byte}. Save it again, in UTF-8"
    )


def _delimiter(name: str, text: str) -> str:
    """The delimiter that cuts the first line into the most cells."""
    widths = {delimiter: _width(text.lstrip("\r\n"), delimiter) for delimiter in DELIMITERS}
    widest = [delimiter for delimiter, width in widths.items() if width == max(widths.values())]
    if len(widest) > 1 and max(widths.values()) > 1:
        which = " and ".join(DELIMITERS[delimiter] for delimiter in widest)
        raise InputError(f"{name}: its headings are cut into equally many by {which}; leave one of these out of them")
    return widest[0]


def _width(text: str, delimiter: str) -> int:
    """Into how many cells a delimiter cuts the first line; quotation marks that fit another one do not matter."""
    try:
        return len(next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), ()))
    except csv.Error:
        return 0


def _lines(name: str, text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        why = f"it cannot be cut into cells ({error}): is there a quotation mark too many, or too few?"
        raise InputError.of(name, [Fault(f"line {reader.line_num}", why)]) from None
