"""A result as a table: of pyarrow, polars or pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ttd_workflows.results.adapt import adapted, flat
from ttd_workflows.results.arrow import Columns
from ttd_workflows.results.extras import extra

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from ttd_workflows.results.flatten import Flatten
    from ttd_workflows.results.window import Source


def to_arrow(
    source: Source,
    path: str | Sequence[str] | None = None,
    *,
    schema: Mapping[str, Any] | pa.Schema | None = None,
    flatten: Flatten = False,
) -> pa.Table:
    """The rows as a ``pyarrow.Table``.

    Known fields have the same types every night; other numbers are int64 or float64, other text stays text, whatever it
    looks like. A column is wide enough for all of its values, or ``ColumnMisfit`` names the row that does not fit.

    Args:
        source: The document: the path of a file, an open file, bytes or text.
        path: The keys that lead to the rows, as for ``rows``.
        schema: Types by column, nested ones by dotted name (``"activeUniques.lastUpdated"``), which beat all others.
            A text type takes any value, numbers as they stand in JSON.
        flatten: Rows of a connection within each row instead, as for ``rows``.
    """
    arrow = extra("pyarrow")
    columns = Columns(source, path, schema)
    batches = list(flat(iter(columns), flatten) if flatten else columns)
    final = arrow.unify_schemas([batch.schema for batch in batches]) if flatten and batches else columns.schema
    return arrow.Table.from_batches([adapted(batch, final) for batch in batches], schema=final)


def to_polars(
    source: Source,
    path: str | Sequence[str] | None = None,
    *,
    schema: Mapping[str, Any] | pa.Schema | None = None,
    flatten: Flatten = False,
) -> pl.DataFrame:
    """The rows as a ``polars.DataFrame``; arguments and types are those of ``to_arrow``."""
    polars = extra("polars")
    frame: pl.DataFrame = polars.from_arrow(to_arrow(source, path, schema=schema, flatten=flatten))
    return frame


def to_pandas(
    source: Source,
    path: str | Sequence[str] | None = None,
    *,
    schema: Mapping[str, Any] | pa.Schema | None = None,
    flatten: Flatten = False,
) -> pd.DataFrame:
    """The rows as a ``pandas.DataFrame`` on Arrow types, so that whole numbers with nulls among them stay whole."""
    pandas = extra("pandas")
    table = to_arrow(source, path, schema=schema, flatten=flatten)
    frame: pd.DataFrame = table.to_pandas(types_mapper=pandas.ArrowDtype)
    return frame
