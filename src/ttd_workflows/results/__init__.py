"""Reading what a job left: rows, columns and files out of one JSON document, and results by input."""

from ttd_workflows.results.columns import to_arrow, to_pandas, to_polars
from ttd_workflows.results.errors import (
    ColumnMisfit,
    DamagedResult,
    MissingExtra,
    NoData,
    ResultError,
    UnknownResultShape,
)
from ttd_workflows.results.files import Written, to_jsonl, to_parquet
from ttd_workflows.results.items import Item, items
from ttd_workflows.results.rows import Rows, rows

__all__ = [
    "ColumnMisfit",
    "DamagedResult",
    "Item",
    "MissingExtra",
    "NoData",
    "ResultError",
    "Rows",
    "UnknownResultShape",
    "Written",
    "items",
    "rows",
    "to_arrow",
    "to_jsonl",
    "to_pandas",
    "to_parquet",
    "to_polars",
]
