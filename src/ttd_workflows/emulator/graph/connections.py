"""Connections of the graph: rows seen page by page, none of them made before it is read."""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

from ttd_workflows.emulator.graph.filters import Value, chosen, ordered


class Rows(Sequence[Any]):
    """Some rows of a larger sequence, in order."""

    def __init__(self, base: Sequence[Any], places: Sequence[int]) -> None:
        self._base = base
        self._places = places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> "Rows": ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return Rows(self._base, self._places[index])
        return self._base[self._places[index]]


@dataclass(frozen=True)
class Connection:
    """A page of rows: those from ``start`` up to ``end``."""

    rows: Sequence[Any]
    start: int
    end: int

    @property
    def nodes(self) -> Sequence[Any]:
        """The rows of this page."""
        return Rows(self.rows, range(self.start, self.end))

    @property
    def edges(self) -> "Edges":
        """The same with their cursors."""
        return Edges(self)

    @property
    def page_info(self) -> dict[str, Any]:
        """Where this page stands among all."""
        some = self.end > self.start
        return {
            "hasNextPage": self.end < len(self.rows),
            "hasPreviousPage": self.start > 0,
            "startCursor": _cursor(self.start) if some else None,
            "endCursor": _cursor(self.end - 1) if some else None,
        }


@dataclass(frozen=True)
class Edges(Sequence[Any]):
    """The edges of a page."""

    connection: Connection

    def __len__(self) -> int:
        return self.connection.end - self.connection.start

    def __getitem__(self, index: Any) -> Any:
        place = range(self.connection.start, self.connection.end)[index]
        return {"cursor": _cursor(place), "node": self.connection.rows[place]}


def connect(
    rows: Sequence[Any], arguments: Mapping[str, Any], value: Value, *, page_size: int | None, ignoring_case: bool
) -> Connection:
    """The page of ``rows`` that a connection field's arguments ask for; ``page_size`` of ``None`` means all rows."""
    if where := arguments.get("where"):
        rows = Rows(rows, chosen(rows, where, value, ignoring_case=ignoring_case))
    if order := arguments.get("order"):
        rows = Rows(rows, ordered(rows, order, value))
    if page_size is None:
        return Connection(rows, 0, len(rows))
    start, end = 0, len(rows)
    if after := arguments.get("after"):
        start = min(max(_place(after, "after") + 1, 0), end)
    if before := arguments.get("before"):
        end = min(max(_place(before, "before"), start), end)
    if (last := arguments.get("last")) is not None:
        return Connection(rows, max(start, end - _count(last, "last")), end)
    first = arguments.get("first")
    return Connection(rows, start, min(end, start + (page_size if first is None else _count(first, "first"))))


def _cursor(place: int) -> str:
    return b64encode(f"row:{place}".encode()).decode()


def _place(cursor: str, argument: str) -> int:
    try:
        return int(b64decode(cursor, validate=True).decode().removeprefix("row:"))
    except ValueError:
        raise ValueError(f"The value of '{argument}' is not a cursor of this connection.") from None


def _count(number: int, argument: str) -> int:
    if number < 0:
        raise ValueError(f"The value of '{argument}' must not be negative.")
    return number
