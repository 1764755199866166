"""Reading a result, our way and others, in one table: ``PYTHONPATH=src python benchmarks/results_table.py [--small]``.

The document has 500,000 rows and about 225 MB. Each measurement is a process of its own, the ways take turns, figures
are medians; seconds include the loading of the library that is used. ``--huge`` adds a document four times as large for
the ways that promise constant memory. Ends with status 1 if a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import NamedTuple

from results_document import write

HERE = Path(__file__).resolve().parent
GROUPS = {
    "rows": ("json_load", "orjson_loads", "ijson_rows", "our_rows"),
    "to Parquet": ("ijson_parquet", "polars_parquet", "duckdb_parquet", "our_parquet"),
    "to polars": ("ijson_polars", "polars_frame", "duckdb_polars", "our_polars"),
    "to JSON Lines": ("our_jsonl",),
}
CONSTANT = ("our_rows", "our_parquet", "our_jsonl")
MOST_MEMORY = 300.0


class Bar(NamedTuple):
    """How many times as fast as another one of our ways has to be."""

    ours: str
    other: str
    times: float


BARS = (
    Bar("our_rows", "ijson_rows", 0.8),
    Bar("our_parquet", "ijson_parquet", 1.8),
    Bar("our_parquet", "polars_parquet", 1.0),
    Bar("our_parquet", "duckdb_parquet", 1.0),
    Bar("our_polars", "ijson_polars", 1.8),
    Bar("our_polars", "polars_frame", 1.0),
    Bar("our_polars", "duckdb_polars", 1.0),
)


class Figures(NamedTuple):
    """The medians of one way."""

    seconds: float
    cpu: float
    peak: float


def main() -> int:
    """Measure, print the table and the bars; 1 if one is missed."""
    options = _options()
    rows = options.rows or (50_000 if options.small else 500_000)
    with tempfile.TemporaryDirectory(prefix="results-", dir=options.directory) as name:
        directory = Path(name)
        document = directory / "document.json"
        write(document, rows, nested=options.nested)
        measured = _measured(list(_chosen(options)), document, directory, options.rounds)
        _print(measured, document.stat().st_size / 1e6, rows)
        missed = _bars(measured)
        missed += _memory(measured, "this document")
        if options.huge:
            document.unlink()
            write(document, rows * 4, nested=options.nested)
            again = _measured(list(CONSTANT), document, directory, 1)
            _print(again, document.stat().st_size / 1e6, rows * 4)
            missed += _memory(again, "four times the document")
    print(f"missed: {'; '.join(missed)}" if missed else "every bar is reached")
    return 1 if missed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the ways to read a result.")
    parser.add_argument("--small", action="store_true", help="a tenth of the rows")
    parser.add_argument("--rows", type=int, help="so many rows")
    parser.add_argument("--rounds", type=int, default=3, help="how often each way is measured")
    parser.add_argument("--nested", action="store_true", help="rows that hold a connection")
    parser.add_argument("--huge", action="store_true", help="also four times the rows, for memory")
    parser.add_argument("--only", nargs="+", metavar="WAY", help="these ways")
    parser.add_argument("--directory", help="where the documents are written for the time of the run")
    return parser.parse_args()


def _chosen(options: argparse.Namespace) -> list[str]:
    return [way for ways in GROUPS.values() for way in ways if not options.only or way in options.only]


def _measured(ways: list[str], document: Path, directory: Path, rounds: int) -> dict[str, Figures]:
    samples: dict[str, list[Figures]] = {way: [] for way in ways}
    counts = set()
    for _ in range(rounds):
        for way in ways:
            command = [sys.executable, str(HERE / "results_ways.py"), way, str(document), str(directory)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise SystemExit(f"{way} failed:\n{done.stderr}")
            found = json.loads(done.stdout)
            counts.add(found.pop("rows"))
            samples[way].append(Figures(**found))
    if len(counts) > 1:
        raise SystemExit(f"the ways do not agree on the number of rows: {counts}")
    return {way: Figures(*map(median, zip(*got, strict=True))) for way, got in samples.items()}


def _print(measured: dict[str, Figures], size: float, rows: int) -> None:
    print(f"\n{size:,.0f} MB, {rows:,} rows\n{'':<16}{'':<18}{'s':>8}{'CPU s':>8}{'MB/s':>8}{'peak MB':>9}")
    for group, ways in GROUPS.items():
        for way in ways:
            if way in measured:
                seconds, cpu, peak = measured[way]
                print(f"{group:<16}{way:<18}{seconds:>8.2f}{cpu:>8.2f}{size / seconds:>8.0f}{peak:>9.0f}")
    print()


def _bars(measured: dict[str, Figures]) -> list[str]:
    missed = []
    for bar in BARS:
        if bar.ours in measured and bar.other in measured:
            wall = measured[bar.other].seconds / measured[bar.ours].seconds
            cpu = measured[bar.other].cpu / measured[bar.ours].cpu
            what = f"{bar.ours} at {bar.times} x {bar.other}"
            print(f"{what:<40}{wall:>6.2f} x{cpu:>8.2f} x in CPU  {'reached' if wall >= bar.times else 'missed'}")
            missed += [what] * (wall < bar.times)
    return missed


def _memory(measured: dict[str, Figures], which: str) -> list[str]:
    return [
        f"{way} within {MOST_MEMORY:g} MB on {which}: {measured[way].peak:.0f}"
        for way in CONSTANT
        if way in measured and measured[way].peak > MOST_MEMORY
    ]


if __name__ == "__main__":
    sys.exit(main())
