"""Rows of a connection within each row, with their parent's members beside their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ttd_workflows.results.errors import UnknownResultShape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ttd_workflows.results.decode import Batch


Flatten = bool | str
"""Whether connections within rows are flattened, or the name of the one that is."""


def flattened(batch: Batch, flatten: Flatten) -> Iterator[Any]:
    """The rows of a batch, each as many as its connection has."""
    wanted = flatten.split(".") if isinstance(flatten, str) else None
    for place, row in enumerate(batch.rows, batch.start + 1):
        if isinstance(row, dict):
            yield from _spread(row, wanted, "", place)
        else:
            yield row


def _spread(row: dict[str, Any], wanted: list[str] | None, prefix: str, place: int) -> Iterator[dict[str, Any]]:
    """One row after another: the parent's members, then the child's, in the order in which they stand."""
    name = _connection(row, wanted, place)
    if name is None:
        yield {prefix + key: value for key, value in row.items()} if prefix else row
        return
    own = {prefix + key: value for key, value in row.items() if key != name}
    connection = row[name] or {}
    further = {f"{prefix}{name}.{key}": value for key, value in connection.items() if key not in ("nodes", "pageInfo")}
    own.update(further)
    children = connection.get("nodes") or ()
    if not children:
        yield own
    below = wanted[1:] if wanted else None
    for child in children:
        if not isinstance(child, dict):
            yield {**own, f"{prefix}{name}": child}
            continue
        for spread in _spread(child, below, f"{prefix}{name}.", place):
            yield {**own, **spread}


def _connection(row: dict[str, Any], wanted: list[str] | None, place: int) -> str | None:
    """The member whose rows are wanted."""
    if wanted is not None:
        if not wanted or wanted[0] not in row:
            return None
        found = row[wanted[0]]
        if found is not None and not (isinstance(found, dict) and "nodes" in found):
            raise _refused(f"Row {place:,}, counted from 1, has no connection named {wanted[0]}.", place)
        return wanted[0]
    names = [key for key, value in row.items() if isinstance(value, dict) and isinstance(value.get("nodes"), list)]
    if len(names) > 1:
        what = f"Row {place:,}, counted from 1, has {len(names)} connections: {', '.join(names)}."
        raise _refused(f"{what} Together they have no rows of their own.", place)
    return names[0] if names else None


def _refused(what: str, place: int) -> UnknownResultShape:
    error = UnknownResultShape(f"{what} Rows before it were delivered. Name the connection: flatten='adGroups'.")
    error.row = place
    return error
