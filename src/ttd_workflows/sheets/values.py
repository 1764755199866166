"""What a cell says, as the value of its member. What could mean two things is refused, with how to write it."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, get_args, get_origin

from ttd_workflows.models.base import Model, OpenEnum, is_nullable
from ttd_workflows.sheets.cells import Unreadable, is_empty
from ttd_workflows.sheets.columns import bare

if TYPE_CHECKING:
    from collections.abc import Callable

    from ttd_workflows.sheets.cells import Cell
    from ttd_workflows.sheets.columns import Column

NULL = "null"
"""The word that clears a member."""
ID_DIGITS = 7
"""How many characters the id of a campaign, an ad group, an advertiser or a creative has."""

_ENTITY_IDS = {"id", "campaign_id", "advertiser_id", "creative_ids"}
_IDS = ("_id", "_ids")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_WHOLE = re.compile(r"[+-]?\d+")
_THOUSANDS_OR_DECIMALS = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|[\ud800-\udfff]")
_FLAGS = {"true": True, "yes": True, "false": False, "no": False}


class Misread(ValueError):
    """A cell does not say a value of its member."""


def value(cell: Cell, column: Column, *, clears: bool) -> Any:
    """The value of a cell that is not empty. ``clears``: the word ``null`` may clear a member.

    Raises:
        Misread: It says none, or one that is not sure.
    """
    if isinstance(cell, Unreadable):
        raise Misread(cell.reason)
    if isinstance(cell, str):
        if found := _UNPRINTABLE.search(cell):
            raise Misread(f"there is the control character U+{ord(found[0]):04X} in it; type the cell again")
        if cell.strip() == NULL:
            return _cleared(column, clears=clears)
    return _read(cell, column.type, column)


def _cleared(column: Column, *, clears: bool) -> None:
    if not clears:
        raise Misread(f"{NULL} clears a member, and what is created has nothing to clear: leave the cell empty")
    if not is_nullable(column.field):
        raise Misread("this member cannot be cleared; leave the cell empty to leave it as it is")


def _read(cell: Cell, kind: Any, column: Column) -> Any:
    if get_origin(kind) is list:
        return _list(cell, get_args(kind)[0], column)
    if issubclass(kind, Model):
        return _json(cell, "{")
    if issubclass(kind, OpenEnum):
        return _plain(cell, "a word")
    return _READERS.get(kind, _text)(cell, column)


def _text(cell: Cell, column: Column) -> str:
    is_id = column.name == "id" or column.name.endswith(_IDS)
    if not isinstance(cell, str):
        lost = "; as a number it may have lost its zeros" if is_id else ""
        raise Misread(f"text is expected, and this cell is {_kind(cell)}{lost}: {_AS_TEXT}")
    if not is_id:
        return cell
    text = cell.strip()
    if column.name in _ENTITY_IDS and text.isdecimal() and len(text) < ID_DIGITS:
        raise Misread(
            f"{text!r} may have lost its zeros: these ids have {ID_DIGITS} characters. {_AS_TEXT.capitalize()}"
        )
    return text


def _number(cell: Cell, column: Column) -> float:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        if not math.isfinite(cell):
            raise Misread("this is no finite number")
        return cell
    text = _plain(cell, "a number")
    if not (_NUMBER.fullmatch(text) and text.isascii()):
        raise Misread(
            f"{text!r} is not a number in plain form: write it like 1234.50, with nothing but digits and a point"
        )
    if column.wire.endswith("Currency") and _THOUSANDS_OR_DECIMALS.fullmatch(text):
        whole = text.replace(".", "")
        raise Misread(f"{text!r} may mean {whole} or {text}0: write one of these")
    return float(text)


def _integer(cell: Cell, _column: Column) -> int:
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, int) and not isinstance(cell, bool):
        return cell
    text = _plain(cell, "a whole number")
    if not (_WHOLE.fullmatch(text) and text.isascii()) or len(text) > _LONGEST_INTEGER:
        raise Misread(f"{text!r} is not a whole number in plain form: write it like 1234, with nothing but digits")
    return int(text)


def _flag(cell: Cell, _column: Column) -> bool:
    if isinstance(cell, bool):
        return cell
    text = _plain(cell, "yes or no")
    if text.lower() not in _FLAGS:
        raise Misread(f"{text!r} is neither yes nor no: write true, false, yes or no")
    return _FLAGS[text.lower()]


def _moment(cell: Cell, _column: Column) -> datetime:
    """A date and time; one without a zone is in UTC, as the names of all such members say."""
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=UTC)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day, tzinfo=UTC)
    text = _plain(cell, "a date")
    if not (_DATE.fullmatch(text) and text.isascii()):
        raise Misread(f"{text!r} is not a date in the form 2026-11-24 or 2026-11-24T18:30:00Z")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Misread(f"there is no such date as {text!r}: {error}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _list(cell: Cell, kind: Any, column: Column) -> list[Any]:
    kind = bare(kind)
    in_json = isinstance(cell, str) and cell.lstrip().startswith("[")
    if in_json or get_origin(kind) is list or issubclass(kind, Model):
        listed: list[Any] = _json(cell, "[")
        return listed
    parts: list[Cell] = [part.strip() for part in cell.split("|")] if isinstance(cell, str) else [cell]
    if any(is_empty(part) for part in parts):
        raise Misread(f"{cell!r} has an empty place between its bars: write a list like a|b")
    return [_read(part, kind, column) for part in parts]


def _json(cell: Cell, opening: str) -> Any:
    what = "a list" if opening == "[" else "an object"
    text = _plain(cell, f"{what} in JSON")
    if not text.startswith(opening):
        raise Misread(f"{what} in JSON is expected here, beginning with {opening}")
    try:
        return loads(text)
    except ValueError as error:
        raise Misread(f"this is not {what} in JSON: {error}") from None


def loads(text: str) -> Any:
    """JSON in which nothing is said twice, and each number is one. Raises ``ValueError``."""
    return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the member {twice!r} is given twice")
    return members


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is not a number that can be sent")


def _plain(cell: Cell, wanted: str) -> str:
    if not isinstance(cell, str):
        raise Misread(f"{wanted} is expected, and this cell is {_kind(cell)}")
    return cell.strip()


def _kind(cell: Cell) -> str:
    match cell:
        case bool():
            return f"the logical value {str(cell).upper()}"
        case int() | float():
            return f"the number {cell}"
        case datetime() | date():
            return f"the date {cell.isoformat()}"
        case _:
            return f"a {type(cell).__name__}"


_AS_TEXT = "format the column as text, and type or paste the value again"
_LONGEST_INTEGER = 19
_READERS: dict[Any, Callable[[Cell, Column], Any]] = {
    float: _number,
    int: _integer,
    bool: _flag,
    datetime: _moment,
}
