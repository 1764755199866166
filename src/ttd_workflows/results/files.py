"""A result as a file of another format, written at constant memory and there only once it is whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ttd_workflows.results.adapt import adapted, flat
from ttd_workflows.results.arrow import Columns
from ttd_workflows.results.decode import Array
from ttd_workflows.results.extras import extra
from ttd_workflows.results.targets import written
from ttd_workflows.results.walk import Walk
from ttd_workflows.results.window import Window

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from ttd_workflows.results.flatten import Flatten
    from ttd_workflows.results.targets import Target
    from ttd_workflows.results.window import Source

GROUP_BYTES = 24 << 20
_LINE_BREAK = re.compile(r"[\r\n]+[ \t]*")


class Written:
    """What was written: ``rows`` of them, and the ``errors`` that GraphQL reported beside the data."""

    def __init__(self, target: Target, rows: int, errors: tuple[Any, ...]) -> None:
        self.target = target
        self.rows = rows
        self.errors = errors

    def __repr__(self) -> str:
        return f"<{self.rows:,} rows at {self.target}{f', {len(self.errors)} errors beside them' * bool(self.errors)}>"


def to_jsonl(source: Source, target: Target, path: str | Sequence[str] | None = None) -> Written:
    """The rows as JSON Lines: each as it stands in the document, byte for byte but for line breaks between members."""
    with Window(source) as window, written(target) as file:
        walk, rows = Walk(window, path), 0
        with file.open("w", encoding="utf-8", newline="\n") as lines:
            if walk.enter():
                for batch in Array(window).batches(spans=True):
                    for start, end in batch.spans:
                        line = batch.text[start:end]
                        lines.write((_LINE_BREAK.sub("", line) if "\n" in line or "\r" in line else line) + "\n")
                    rows += len(batch.rows)
                walk.leave()
    return Written(target, rows, tuple(walk.errors))


def to_parquet(
    source: Source,
    target: Target,
    path: str | Sequence[str] | None = None,
    *,
    schema: Mapping[str, Any] | pa.Schema | None = None,
    flatten: Flatten = False,
) -> Written:
    """The rows as a Parquet file; types and arguments are those of ``to_arrow``."""
    columns = Columns(source, path, schema)
    with written(target) as file:
        sink, rows = _Parquet(file), 0
        try:
            for batch in flat(iter(columns), flatten) if flatten else columns:
                sink.add(batch)
                rows += batch.num_rows
            sink.finish(columns.schema)
        finally:
            sink.close()
    return Written(target, rows, columns.errors)


class _Parquet:
    """A Parquet file that can still widen: what is written by then is written again, one row group after the other."""

    def __init__(self, file: Path) -> None:
        self._pa, self._parquet = extra("pyarrow"), extra("pyarrow.parquet")
        self._file = file
        self._schema: Any = None
        self._writer: Any = None
        self._waiting: list[Any] = []
        self._bytes = 0

    def add(self, batch: Any) -> None:
        """Take a batch; its schema is that of the one before it, or wider."""
        if self._schema is not None and batch.schema != self._schema:
            self._widen(self._unified(batch.schema))
        self._schema = self._schema or batch.schema
        self._waiting.append(adapted(batch, self._schema))
        self._bytes += batch.nbytes
        if self._bytes >= GROUP_BYTES:
            self._write()

    def finish(self, schema: Any) -> None:
        """Write what waits; a file without rows gets the columns that are known."""
        if self._schema is None:
            self._schema = schema
        self._write()

    def close(self) -> None:
        """Close the file, whole or not."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _unified(self, schema: Any) -> Any:
        """The later schema, and columns that only the earlier one has."""
        gone = [field for field in self._schema if schema.get_field_index(field.name) < 0]
        return self._pa.schema([*schema, *gone])

    def _widen(self, schema: Any) -> None:
        self._schema = schema
        self._waiting = [adapted(batch, schema) for batch in self._waiting]
        if self._writer is None:
            return
        self.close()
        narrow = self._file.with_name(f"{self._file.name}.narrow")
        self._file.replace(narrow)
        try:
            self._writer = self._open()
            with self._parquet.ParquetFile(narrow) as old:
                for group in range(old.num_row_groups):
                    batches = old.read_row_group(group).to_batches()
                    self._writer.write_table(self._table([adapted(batch, schema) for batch in batches]))
        finally:
            narrow.unlink()

    def _write(self) -> None:
        self._writer = self._writer or self._open()
        if self._waiting:
            self._writer.write_table(self._table(self._waiting))
        self._waiting, self._bytes = [], 0

    def _open(self) -> Any:
        return self._parquet.ParquetWriter(self._file, self._schema)

    def _table(self, batches: list[Any]) -> Any:
        return self._pa.Table.from_batches(batches, schema=self._schema)
