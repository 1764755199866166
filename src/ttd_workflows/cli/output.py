"""Data for people as a table, for programs as JSON, JSON Lines, CSV or Parquet; on stdout, or in a file."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from itertools import chain, islice
from typing import IO, TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from ttd_workflows.cli import exits, voice
from ttd_workflows.cli.failures import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Row = Mapping[str, Any]
    Rows = Callable[[], Iterable[Row]]

FORMATS = ("table", "json", "jsonl", "csv", "parquet")

COLUMNS_SHOWN = 6
"""Of rows of which nobody said which members a table shows."""

F = TypeVar("F", bound=Callable[..., Any])


class Column(NamedTuple):
    """A column of a table: its title, and what of a row stands in it."""

    title: str
    text: Callable[[Row], str]
    is_number: bool = False
    is_cut: bool = False
    """Whether this column gives way when the table is wider than the terminal."""


def output_option(*formats: str, default: str = "table") -> Callable[[F], F]:
    """``--output`` with these formats, or all; ``--json`` is short for one of them."""

    def add(function: F) -> F:
        function = click.option("--json", "output", flag_value="json", help="The same as --output json.")(function)
        return click.option(
            "--output",
            type=click.Choice(formats or FORMATS),
            default=default,
            show_default=True,
            help="The form of what is printed.",
        )(function)

    return add


json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
"""For commands that have a document for programs and text for people, and nothing between."""

limit_option = click.option("--limit", type=click.IntRange(min=0), metavar="N", help="Print so many at most.")
"""How much of a long list is wanted."""


def print_document(document: Any) -> None:
    """One JSON document: in lines where somebody reads it, in one line where a program does."""
    indent = 2 if sys.stdout.isatty() else None
    print_bytes((json.dumps(document, ensure_ascii=False, indent=indent, allow_nan=False) + "\n").encode())


def print_bytes(data: bytes) -> None:
    """Bytes as they are; UTF-8 whatever the locale says, as formats for programs have it."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)


def print_rows(
    rows: Rows, output: str, columns: Sequence[Column] = (), *, limit: int | None = None, of_table: int | None = None
) -> None:
    """Rows in the form that was asked for.

    Args:
        rows: Gives the rows, and gives them again: CSV is gone through once more to find all its columns.
        output: One of :data:`FORMATS`.
        columns: What a table for people shows. Left out, every member is a column, as in CSV.
        limit: How many at most.
        of_table: How many at most in a table where nothing was said.
    """
    if output == "table":
        _print_table(rows, columns, limit if limit is not None else of_table)
        return
    if output == "parquet" and sys.stdout.isatty():
        raise Trouble(
            "Parquet is not for terminals; nothing was printed.",
            "stdout is one, and Parquet is bytes.",
            "Send it to a file: … --output parquet > rows.parquet",
            exits.USAGE,
        )
    sys.stdout.flush()
    write_rows(lambda: islice(rows(), limit), output, sys.stdout.buffer)


def write_rows(rows: Rows, output: str, out: IO[bytes]) -> None:
    """Rows in a form for programs."""
    match output:
        case "json":
            out.writelines(_array(rows()))
        case "jsonl":
            out.writelines(_json_line(row) for row in rows())
        case "csv":
            out.writelines(_csv_lines(rows))
        case _:
            _write_parquet(rows(), out)


def _json_line(row: Row) -> bytes:
    return (json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _array(rows: Iterable[Row]) -> Iterator[bytes]:
    """One array, a row to a line, as the rows come."""
    before = b"[\n"
    for row in rows:
        yield before + _json_line(row).rstrip()
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def _csv_lines(rows: Rows) -> Iterator[bytes]:
    import csv  # noqa: PLC0415 - for this form only
    import io  # noqa: PLC0415

    from ttd_workflows.results.cells import cell, flat, titles  # noqa: PLC0415

    names = titles(rows())
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")
    cells = ([cell(members.get(name)) for name in names] for members in map(flat, rows()))
    for written in chain([[cell(name) for name in names]], cells):
        writer.writerow(written)
        yield line.getvalue().encode()
        line.seek(0)
        line.truncate()


def _write_parquet(rows: Iterable[Row], out: IO[bytes]) -> None:
    """Rows as Parquet, by way of the same tables that results are made into."""
    import shutil  # noqa: PLC0415 - for this form only
    import tempfile  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    from ttd_workflows import results  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="ttdw-") as directory:
        document, table = Path(directory) / "rows.json", Path(directory) / "rows.parquet"
        with document.open("wb") as file:
            file.writelines(_array(rows))
        results.to_parquet(document, table)
        with table.open("rb") as file:
            shutil.copyfileobj(file, out)


def _print_table(rows: Rows, columns: Sequence[Column], limit: int | None) -> None:
    from ttd_workflows.cli.tables import print_table  # noqa: PLC0415 - rich, for this form only

    shown: list[Row] = list(islice(rows(), None if limit is None else limit + 1))
    is_cut = limit is not None and len(shown) > limit
    shown = shown[:limit]
    columns = columns or _first_columns(shown)
    print_table(
        [column.title for column in columns],
        ([column.text(row) for column in columns] for row in shown),
        cut={number for number, column in enumerate(columns) if column.is_cut},
        right={number for number, column in enumerate(columns) if column.is_number},
    )
    if is_cut:
        voice.say(f"These are the first {limit}; --limit N shows more, and --output csv or json all.")


def _first_columns(rows: Iterable[Row]) -> list[Column]:
    """As many of the columns as can be read beside each other."""
    from ttd_workflows.results.cells import flat, text, titles  # noqa: PLC0415

    def column(name: str) -> Column:
        return Column(name, lambda row: text(flat(row).get(name)), is_cut=True)

    names = titles(rows)
    if len(names) > COLUMNS_SHOWN:
        voice.say(
            f"{len(names) - COLUMNS_SHOWN} columns more are in the other forms: --output csv, json, jsonl, parquet."
        )
    return [column(name) for name in names[:COLUMNS_SHOWN]]
