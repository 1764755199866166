"""Rows as cells of a sheet: nested members under dotted names, and nothing that a spreadsheet would calculate."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""A cell of text that begins so is taken for a formula, or for something that becomes one, by spreadsheets."""


def cell(value: Any) -> str:
    """A value as a cell of CSV. Text that would be taken for a formula gets the apostrophe that spreadsheets know."""
    written = text(value)
    return f"'{written}" if isinstance(value, str) and written.startswith(FORMULAS) else written


def text(value: Any) -> str:
    """A value as people read it: nothing for null, JSON for what is not text."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with the members of nested objects under dotted names: ``activeUniques.householdCount``."""
    members: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict) and value:
            members.update({f"{name}.{inner}": each for inner, each in flat(value).items()})
        else:
            members[name] = value
    return members


def titles(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Every column that some row has, in the order of their first appearance.

    A member that is an object in one row and null in another has the object's columns only.
    """
    found: dict[str, None] = {}
    nested: set[str] = set()
    for row in rows:
        for name in flat(row):
            found.setdefault(name)
            nested.update(name[:at] for at, letter in enumerate(name) if letter == ".")
    return [name for name in found if name not in nested]
