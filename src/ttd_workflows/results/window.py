"""A document as a stream of bytes seen through a window: what was read and not yet consumed, and where that stands."""

from __future__ import annotations

from io import BytesIO
from os import PathLike, fspath
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

from ttd_workflows.results.errors import DamagedResult, ResultError, UnknownResultShape

if TYPE_CHECKING:
    from types import TracebackType

Source = str | bytes | PathLike[str] | IO[bytes] | IO[str]
"""A document: its text (which begins with ``{`` or ``[``), its bytes, the path of a file, or an open file."""

CHUNK = 1 << 16
LONGEST = 64 << 20
"""The longest single row, in bytes. A row is in memory whole, several times over: within 300 MiB stay rows of up
to 16 MiB read as rows or written as JSON Lines, and of up to 8 MiB written as Parquet; 64 MiB takes 400 and 900."""
_BOM = b"\xef\xbb\xbf"
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")


class Window:
    """``data[pos:]`` is what comes next; ``read`` appends to it. Nothing before ``pos`` is kept."""

    def __init__(self, source: Source, chunk: int | None = None) -> None:
        self._file, self._close = _opened(source)
        self.chunk = chunk or CHUNK
        self.data = b""
        self.pos = 0
        self._base = 0
        self.ended = False
        while len(self.data) < len(_BOM) and self.read():
            pass
        if self.data.startswith(_WIDE_BOMS):
            raise UnknownResultShape(
                "The result is UTF-16, and the service writes UTF-8, so something has re-encoded it. "
                "Nothing was read; convert it to UTF-8, or save the result again."
            )
        if self.data.startswith(_BOM):
            self.pos = len(_BOM)

    @property
    def place(self) -> int:
        """The byte of the document that comes next, counted from 0."""
        return self._base + self.pos

    def read(self, size: int = 0) -> bool:
        """Widen the window by a chunk, or by about ``size`` bytes; false at the end of the document."""
        if self.ended:
            return False
        more = self._file.read(max(size, self.chunk))
        piece = more.encode() if isinstance(more, str) else more
        if not piece:
            self.ended = True
            return False
        self._base += self.pos
        self.data = self.data[self.pos :] + piece if self.pos < len(self.data) else piece
        self.pos = 0
        return True

    def read_on(self, row: int | None = None) -> bool:
        """Widen the window until what is being read fits, twice as far each time, up to a limit."""
        waiting = len(self.data) - self.pos
        if waiting > LONGEST:
            raise self.too_long(row)
        return self.read(waiting)

    def too_long(self, row: int | None) -> ResultError:
        """The error for a value that would not fit into the memory promised."""
        what = f"Row {row:,}, counted from 1," if row is not None else "A value"
        error = UnknownResultShape(
            f"{what} at byte {self.place:,} is longer than {LONGEST >> 20} MiB, which is not read in one piece. Rows "
            "before it were delivered. If the rows stand deeper in the document, name them with path=."
        )
        error.byte, error.row = self.place, row
        return error

    def unread(self, pieces: bytes) -> None:
        """Put back what was cut off last."""
        self._base += self.pos - len(pieces)
        self.data = pieces + self.data[self.pos :]
        self.pos = 0

    def close(self) -> None:
        """Close the file, if it was opened here."""
        if self._close:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _opened(source: Source) -> tuple[IO[bytes] | IO[str], bool]:
    """A file to read from, and whether it is ours to close."""
    if isinstance(source, str):
        text = source.lstrip("\ufeff \t\r\n")
        if not text or text.startswith(("{", "[")):
            return BytesIO(_encoded(source)), True
    if isinstance(source, (bytes, bytearray, memoryview)):
        return BytesIO(source), True
    if isinstance(source, (str, PathLike)):
        return Path(fspath(source)).open("rb"), True
    return source, False


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise DamagedResult.at(error.start, "the text holds half a character (a lone surrogate)") from None
