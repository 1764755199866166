"""What can be wrong with a result document, each error saying what happened, what is certain and what to do next.

::

    WorkflowsError
    ├── ResultError                 the document cannot be read as was asked
    │   ├── DamagedResult           it is cut short, or it is not JSON
    │   ├── NoData                  it holds errors of GraphQL and no data
    │   ├── UnknownResultShape      what was looked for is not where it was looked for
    │   └── ColumnMisfit            a row's value does not fit the type of its column
    └── ConfigurationError
        └── MissingExtra            a library that this needs is not installed
"""

from __future__ import annotations

from typing import Any

from ttd_workflows.errors import ConfigurationError, WorkflowsError

__all__ = ["ColumnMisfit", "DamagedResult", "MissingExtra", "NoData", "ResultError", "UnknownResultShape"]


class ResultError(WorkflowsError):
    """A result document cannot be read as was asked. The document itself is as it was."""

    byte: int | None = None
    """Where in the document, counted from 0; ``None`` where that says nothing."""
    row: int | None = None
    """The row that it is about, counted from 1."""
    errors: tuple[Any, ...] = ()
    """The errors of GraphQL that the document holds."""


class DamagedResult(ResultError):
    """The document is cut short, or it is not JSON. Rows before the damage were delivered."""

    @classmethod
    def at(cls, byte: int, what: str, *, row: int | None = None) -> DamagedResult:
        """The damage at one place: within a row, or outside of any."""
        where = f"at byte {byte:,}" + (f", in row {row:,} counted from 1" if row is not None else "")
        before = f" The {row - 1:,} rows before it are whole." if row is not None else ""
        error = cls(
            f"The result is damaged {where}: {what}.{before} Save the result again and compare its size with the one "
            "the service names; a result that is damaged twice in the same place was written that way."
        )
        error.byte, error.row = byte, row
        return error


class NoData(ResultError):
    """The query brought errors and no data; ``errors`` has them as GraphQL gave them."""

    @classmethod
    def because(cls, errors: tuple[Any, ...]) -> NoData:
        """The first few errors in words."""
        said = [str(error.get("message", error)) if isinstance(error, dict) else str(error) for error in errors]
        more = f" (and {len(said) - 3} more)" if len(said) > 3 else ""  # noqa: PLR2004 - enough to see what it is
        error = cls(
            f"The result holds no data, only errors: {'; '.join(said[:3])}{more}. The job ended and there is no row to "
            "be had from it. Correct what the errors name and submit the job again; .errors has them whole."
        )
        error.errors = errors
        return error


class UnknownResultShape(ResultError):
    """What was looked for is not in this document, or not in a form that is known."""


class ColumnMisfit(ResultError):
    """A value does not fit the type of its column. Nothing was dropped, coerced or left half written."""

    column: str = ""
    """The column's name; the names of nested fields are joined with dots."""


class MissingExtra(ConfigurationError, ImportError):
    """A library that this needs is not installed."""
