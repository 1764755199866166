"""The ``where`` and ``order`` of connections: which rows, and in which order, as places in a sequence.

A row's value is read by whoever knows the row: a function of the row and the field's name.
"""

from array import array
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from operator import ge, gt, le, lt
from typing import Any

Value = Callable[[Any, str], Any]
_COMPARISONS = {"gt": gt, "gte": ge, "lt": lt, "lte": le}


def chosen(rows: Sequence[Any], where: Mapping[str, Any], value: Value, *, ignoring_case: bool) -> Sequence[int]:
    """The places of the rows that match."""
    return array("q", (i for i, row in enumerate(rows) if _matches(row, where, value, ignoring_case)))


def ordered(rows: Sequence[Any], order: Sequence[Mapping[str, Any]], value: Value) -> Sequence[int]:
    """The places of all rows, sorted by the first criterion, where that is equal by the second, and so on."""
    places = list(range(len(rows)))
    criteria = [(name, direction) for part in order for name, direction in part.items() if direction is not None]
    for name, direction in reversed(criteria):
        keys = [value(row, name) for row in rows]
        # What has no value comes last in either direction.
        there = [place for place in places if keys[place] is not None]
        there.sort(key=[_comparable(key) for key in keys].__getitem__, reverse=direction == "DESC")
        places = there + [place for place in places if keys[place] is None]
    return places


def _matches(row: Any, where: Mapping[str, Any], value: Value, ignoring_case: bool) -> bool:
    for name, wanted in where.items():
        if wanted is None:
            continue
        if name == "and":
            holds = all(_matches(row, part, value, ignoring_case) for part in wanted)
        elif name == "or":
            holds = any(_matches(row, part, value, ignoring_case) for part in wanted)
        else:
            holds = _holds(value(row, name), wanted, ignoring_case)
        if not holds:
            return False
    return True


def _holds(value: Any, operators: Mapping[str, Any], ignoring_case: bool) -> bool:
    if isinstance(value, Mapping):  # the object a row names, with operators for its members
        return all(_holds(value.get(name), wanted, ignoring_case) for name, wanted in operators.items() if wanted)
    return all(_is(value, operator, wanted, ignoring_case) for operator, wanted in operators.items())


def _is(value: Any, operator: str, wanted: Any, ignoring_case: bool) -> bool:
    if operator == "eq":
        return value == wanted or (value is not None and _comparable(value) == _comparable(wanted))
    if operator == "in":
        return wanted is None or str(value) in {str(one) for one in wanted}
    if value is None or wanted is None:
        return wanted is None
    if operator == "contains":
        return wanted.casefold() in value.casefold() if ignoring_case else wanted in value
    try:
        return bool(_COMPARISONS[operator](_comparable(value), _comparable(wanted)))
    except TypeError:
        raise ValueError(f"'{wanted}' cannot be compared with values such as '{value}'.") from None


def _comparable(value: Any) -> Any:
    """Dates in whatever spelling are compared as moments, everything else as what it is."""
    if not isinstance(value, str) or not value[:4].isdigit() or len(value) < len("2026-01-01"):
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
