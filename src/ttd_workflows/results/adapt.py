"""Giving batches a wider schema than they were made with, and rows of a connection a row each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ttd_workflows.results.errors import ColumnMisfit, UnknownResultShape
from ttd_workflows.results.extras import extra

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ttd_workflows.results.flatten import Flatten


def adapted(batch: Any, schema: Any) -> Any:
    """The batch with the columns of ``schema``: those that it lacks are null, the others keep their values exactly."""
    pa = extra("pyarrow")
    if batch.schema == schema:
        return batch
    columns = []
    for field in schema:
        at = batch.schema.get_field_index(field.name)
        old = batch.column(at) if at >= 0 else pa.nulls(batch.num_rows)
        columns.append(_array(pa, old, field.type, field.name))
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _array(pa: Any, array: Any, kind: Any, column: str) -> Any:
    if array.type == kind:
        return array
    if array.null_count == len(array):
        return pa.nulls(len(array), kind)
    if pa.types.is_struct(array.type) and pa.types.is_struct(kind):
        fields = []
        for inner in kind:
            at = array.type.get_field_index(inner.name)
            old = array.field(at) if at >= 0 else pa.nulls(len(array))
            fields.append(_array(pa, old, inner.type, f"{column}.{inner.name}"))
        return pa.StructArray.from_arrays(fields, fields=list(kind), mask=array.is_null())
    if pa.types.is_list(array.type) and pa.types.is_list(kind):
        values = _array(pa, array.values, kind.value_type, f"{column}[]")
        return pa.ListArray.from_arrays(array.offsets, values, type=kind, mask=array.is_null())
    types = pa.types
    if not (types.is_integer(array.type) and types.is_floating(kind)) and not (
        types.is_timestamp(array.type) and types.is_timestamp(kind)
    ):
        raise _lossy(column, array.type, kind, "one does not widen to the other")
    try:
        return array.cast(kind)
    except pa.ArrowException as error:
        raise _lossy(column, array.type, kind, error) from None


def _lossy(column: str, old: Any, new: Any, reason: object) -> ColumnMisfit:
    error = ColumnMisfit(
        f"{column} was {old} in earlier rows and is {new} in later ones, and an earlier value is not the same as that "
        f"({reason}). Nothing was coerced and no file was left behind. Give the column a type that holds both: "
        f"schema={{{column!r}: pyarrow.string()}}."
    )
    error.column = column
    return error


def flat(batches: Iterator[Any], flatten: Flatten) -> Iterator[Any]:
    """Every batch with the rows of a connection in a row each, as ``rows(flatten=…)`` has them."""
    for batch in batches:
        yield _flat(batch, flatten.split(".") if isinstance(flatten, str) else None, "")


def _flat(batch: Any, wanted: list[str] | None, prefix: str) -> Any:
    """Spread the first connection, then the one within its rows."""
    pa = extra("pyarrow")
    name = _connection(pa, batch.schema, wanted, prefix)
    if name is None:
        return batch
    nodes = batch.column(name).flatten()[batch.schema.field(name).type.get_field_index("nodes")]
    parents, children = _joined(pa, nodes)
    columns: dict[str, Any] = {}
    for field, column in zip(batch.schema, batch.columns, strict=True):
        if field.name != name:
            columns[field.name] = column.take(parents)
    connection = batch.column(name)
    for index, field in enumerate(connection.type):
        if field.name not in ("nodes", "pageInfo"):
            columns[f"{name}.{field.name}"] = connection.flatten()[index].take(parents)
    for index, field in enumerate(children.type):
        columns[f"{name}.{field.name}"] = children.flatten()[index]
    spread = pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))
    return _flat(spread, wanted[1:] if wanted else None, f"{name}.") if wanted is None or wanted[1:] else spread


def _joined(pa: Any, nodes: Any) -> tuple[Any, Any]:
    """For each row to be: the row of its parent, and its child, which is null for a parent that has none."""
    compute = extra("pyarrow.compute")
    parents = compute.list_parent_indices(nodes).cast(pa.int64())
    childless = compute.indices_nonzero(compute.equal(compute.fill_null(compute.list_value_length(nodes), 0), 0))
    both = pa.concat_arrays([parents, childless.cast(pa.int64())])
    order = compute.array_sort_indices(both)  # stable: the children of one parent stay in order
    places = pa.concat_arrays([pa.array(range(len(parents)), pa.int64()), pa.nulls(len(childless), pa.int64())])
    return both.take(order), nodes.flatten().take(places.take(order))


def _connection(pa: Any, schema: Any, wanted: list[str] | None, prefix: str) -> str | None:
    def connects(kind: Any) -> bool:
        at = kind.get_field_index("nodes") if pa.types.is_struct(kind) else -1
        return at >= 0 and pa.types.is_list(kind.field(at).type) and pa.types.is_struct(kind.field(at).type.value_type)

    names = [field.name for field in schema if field.name.startswith(prefix) and connects(field.type)]
    if wanted:
        return prefix + wanted[0] if prefix + wanted[0] in names else None
    if len(names) > 1:
        raise UnknownResultShape(
            f"Rows have {len(names)} connections: {', '.join(names)}. Together they have no rows of their own, and "
            "nothing was written. Name the connection: flatten='adGroups'."
        )
    return names[0] if names else None
