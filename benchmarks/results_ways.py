"""The ways to read a result, each run in a process of its own: ``python results_ways.py NAME DOCUMENT DIRECTORY``.

Prints seconds, CPU seconds, the process's peak memory in MB and how many rows there were. Linux only: reads ``/proc``.
"""

from __future__ import annotations

import json
import sys
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ttd_workflows.results import Written

CONNECTION = "data.partner.thirdPartyData.nodes"
BATCH = 20_000


def _nodes(document: Any) -> list[Any]:
    nodes: list[Any] = document["data"]["partner"]["thirdPartyData"]["nodes"]
    return nodes


def json_load(path: Path, _: Path) -> int:
    """The standard library, whole."""
    with path.open("rb") as file:
        return sum(1 for _ in _nodes(json.load(file)))


def orjson_loads(path: Path, _: Path) -> int:
    """Orjson, whole."""
    import orjson  # noqa: PLC0415 - each way loads what it needs

    return sum(1 for _ in _nodes(orjson.loads(path.read_bytes())))


def _ijson_rows(path: Path) -> Iterator[Any]:
    import ijson.backends.yajl2_c as ijson  # noqa: PLC0415 - each way loads what it needs

    with path.open("rb") as file:
        yield from ijson.items(file, f"{CONNECTION}.item", use_float=True)


def ijson_rows(path: Path, _: Path) -> int:
    """Ijson with its C backend, row by row."""
    return sum(1 for _ in _ijson_rows(path))


def our_rows(path: Path, _: Path) -> int:
    """Ours, row by row."""
    from ttd_workflows.results import rows  # noqa: PLC0415 - each way loads what it needs

    return sum(1 for _ in rows(path))


def _ijson_tables(path: Path) -> Iterator[Any]:
    import pyarrow as pa  # noqa: PLC0415 - each way loads what it needs

    found = _ijson_rows(path)
    while batch := list(islice(found, BATCH)):
        yield pa.Table.from_pylist(batch)


def ijson_parquet(path: Path, directory: Path) -> int:
    """Ijson and pyarrow, to Parquet."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - each way loads what it needs

    writer, count = None, 0
    for table in _ijson_tables(path):
        writer = writer or pq.ParquetWriter(directory / "ijson.parquet", table.schema)
        writer.write_table(table)
        count += table.num_rows
    if writer:
        writer.close()
    return count


def ijson_polars(path: Path, _: Path) -> int:
    """Ijson and pyarrow, to a frame of polars."""
    import polars as pl  # noqa: PLC0415 - each way loads what it needs
    import pyarrow as pa  # noqa: PLC0415 - each way loads what it needs

    return int(pl.from_arrow(pa.concat_tables(list(_ijson_tables(path)))).height)


def _polars(path: Path) -> Any:
    import polars as pl  # noqa: PLC0415 - each way loads what it needs

    nodes = pl.col("data").struct.field("partner").struct.field("thirdPartyData").struct.field("nodes")
    return pl.read_json(path, infer_schema_length=None).select(nodes).explode("nodes").unnest("nodes")


def polars_parquet(path: Path, directory: Path) -> int:
    """polars.read_json and explode, to Parquet."""
    frame = _polars(path)
    frame.write_parquet(directory / "polars.parquet")
    return int(frame.height)


def polars_frame(path: Path, _: Path) -> int:
    """polars.read_json and explode."""
    return int(_polars(path).height)


def _duckdb(path: Path) -> tuple[Any, str]:
    import duckdb  # noqa: PLC0415 - each way loads what it needs

    read = f"read_json('{path}', maximum_object_size={path.stat().st_size + 1})"
    return duckdb.connect(), f"SELECT unnest(data.partner.thirdPartyData.nodes, max_depth := 2) FROM {read}"  # noqa: S608


def duckdb_parquet(path: Path, directory: Path) -> int:
    """Duckdb, to Parquet."""
    connection, query = _duckdb(path)
    connection.execute(f"COPY ({query}) TO '{directory / 'duckdb.parquet'}' (FORMAT parquet)")
    found = connection.execute(f"SELECT count(*) FROM '{directory / 'duckdb.parquet'}'").fetchone()  # noqa: S608
    return int(found[0])


def duckdb_polars(path: Path, _: Path) -> int:
    """Duckdb, to a frame of polars."""
    connection, query = _duckdb(path)
    return int(connection.sql(query).pl().height)


def our_parquet(path: Path, directory: Path) -> int:
    """Ours, to Parquet."""
    from ttd_workflows.results import to_parquet  # noqa: PLC0415 - each way loads what it needs

    done: Written = to_parquet(path, directory / "ours.parquet")
    return done.rows


def our_polars(path: Path, _: Path) -> int:
    """Ours, to a frame of polars."""
    from ttd_workflows.results import to_polars  # noqa: PLC0415 - each way loads what it needs

    return int(to_polars(path).height)


def our_jsonl(path: Path, directory: Path) -> int:
    """Ours, to JSON Lines."""
    from ttd_workflows.results import to_jsonl  # noqa: PLC0415 - each way loads what it needs

    return to_jsonl(path, directory / "ours.jsonl").rows


WAYS: dict[str, Callable[[Path, Path], int]] = {
    way.__name__: way
    for way in (
        json_load, orjson_loads, ijson_rows, our_rows, ijson_parquet, polars_parquet, duckdb_parquet, our_parquet,
        ijson_polars, polars_frame, duckdb_polars, our_polars, our_jsonl,
    )
}  # fmt: skip


def main() -> None:
    """Run one way and print its figures."""
    name, document, directory = sys.argv[1:]
    begin, cpu = time.perf_counter(), time.process_time()
    rows = WAYS[name](Path(document), Path(directory))
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak": peak / 1024, "rows": rows}))


if __name__ == "__main__":
    main()
