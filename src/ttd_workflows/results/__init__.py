"""Reading what a job left: rows, columns and files out of one JSON document, and results by input."""

from ttd_workflows.results.rows import Rows, rows

__all__ = ["Rows", "rows"]
