"""Putting decoded values into columns one by one, where the fast way refused: slower, and able to say which row."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ttd_workflows.results.extras import extra
from ttd_workflows.results.kinds import exact_as_float, misfit

if TYPE_CHECKING:
    from ttd_workflows.results.decode import Batch
    from ttd_workflows.results.kinds import Typing

_TIME = re.compile(r"(\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?)(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)?")
_DIGITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class TooFine(Exception):
    """A time has digits that its column does not hold."""

    def __init__(self, column: str) -> None:
        super().__init__(column)
        self.column = column


def by_value(batch: Batch, schema: Any, typing: Typing) -> Any:
    """The batch as a ``pyarrow.RecordBatch``."""
    pa = extra("pyarrow")
    fitter = _Fitter(pa, typing)
    columns = []
    for field in schema:
        values = []
        for place, row in enumerate(batch.rows, batch.start + 1):
            fitter.row = place
            values.append(fitter.fit(row.get(field.name), field.type, field.name))
        columns.append(_array(pa, values, field, batch.start + 1))
    return pa.RecordBatch.from_arrays(columns, schema=schema) if columns else _without_columns(pa, len(batch.rows))


def _without_columns(pa: Any, rows: int) -> Any:
    return pa.RecordBatch.from_struct_array(pa.array([{}] * rows, pa.struct([])))


def _array(pa: Any, values: list[Any], field: Any, first: int) -> Any:
    """A column; where pyarrow refuses it, the first value that is refused alone is named."""
    try:
        return pa.array(values, type=field.type)
    except (pa.ArrowException, ValueError, TypeError, OverflowError) as error:
        for place, value in enumerate(values, first):
            try:
                pa.array([value], type=field.type)
            except (pa.ArrowException, ValueError, TypeError, OverflowError):
                raise misfit(field.name, value, place, f"the column is {field.type}") from None
        raise misfit(field.name, values[0], first, f"the column is {field.type} ({error})") from None


class _Fitter:
    """Checks values against types; only a type that the caller gave may change a value's form, and only to text."""

    def __init__(self, pa: Any, typing: Typing) -> None:
        self._types = pa.types
        self._overrides = typing.overrides
        self.row = 0

    def fit(self, value: Any, kind: Any, column: str) -> Any:
        """The value as pyarrow wants it for a type."""
        if value is None:
            return None
        types = self._types
        if types.is_struct(kind):
            self._must(isinstance(value, dict), value, kind, column)
            return {inner.name: self.fit(value.get(inner.name), inner.type, f"{column}.{inner.name}") for inner in kind}
        if types.is_list(kind):
            self._must(isinstance(value, list), value, kind, column)
            return [self.fit(each, kind.value_type, f"{column}[]") for each in value]
        if types.is_string(kind) or types.is_large_string(kind):
            if column in self._overrides and not isinstance(value, str):
                return json.dumps(value, ensure_ascii=False)
            self._must(isinstance(value, str), value, kind, column)
        elif types.is_boolean(kind):
            self._must(isinstance(value, bool), value, kind, column)
        elif types.is_integer(kind):
            self._must(isinstance(value, int) and not isinstance(value, bool), value, kind, column)
        elif types.is_floating(kind):
            right = isinstance(value, float) or (type(value) is int and exact_as_float(value))
            self._must(right, value, kind, column)
        elif types.is_timestamp(kind):
            return self._time(value, kind, column)
        return value

    def _must(self, right: bool, value: Any, kind: Any, column: str) -> None:  # noqa: FBT001 - a question's answer
        if not right:
            raise misfit(column, value, self.row, f"the column is {kind}")

    def _time(self, value: Any, kind: Any, column: str) -> int:
        match = _TIME.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            raise misfit(column, value, self.row, f"the column is {kind}")
        try:
            moment = datetime.fromisoformat(match[1] + (match[3] or "Z" if len(match[1]) > 10 else ""))  # noqa: PLR2004
        except ValueError:
            raise misfit(column, value, self.row, f"the column is {kind}") from None
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        digits, fraction = _DIGITS[kind.unit], (match[2] or "").rstrip("0")
        if len(fraction) > digits:
            if digits < _DIGITS["ns"] and len(fraction) <= _DIGITS["ns"] and column not in self._overrides:
                raise TooFine(column)
            raise misfit(column, value, self.row, f"the column is {kind}")
        past = moment - _EPOCH
        whole: int = (past.days * 86_400 + past.seconds) * 10**digits
        return whole + int(fraction.ljust(digits, "0") or 0)
