"""Data on stdout: a table for people, JSON, JSON Lines, CSV or Parquet for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from ttd_workflows.cli.failures import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Row = Mapping[str, Any]
    Rows = Callable[[], Iterable[Row]]

F = TypeVar("F", bound=Callable[..., Any])

FORMATS = ("table", "json", "jsonl", "csv", "parquet")


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


def print_document(document: Any) -> None:
    """One JSON document: in lines where somebody reads it, in one line where a program does."""
    indent = 2 if sys.stdout.isatty() else None
    print_bytes((json.dumps(document, ensure_ascii=False, indent=indent, allow_nan=False) + "\n").encode())


def print_bytes(data: bytes) -> None:
    """Bytes as they are; UTF-8 whatever the locale says, as formats for programs have it."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)


def print_rows(rows: Rows, output: str, columns: Sequence[Column] = ()) -> None:
    """Rows in the form that was asked for.

    Args:
        rows: Gives the rows, and gives them again: CSV is gone through once more to find all its columns.
        output: One of :data:`FORMATS`.
        columns: What a table for people shows. Left out, every member is a column, as in CSV.
    """
    match output:
        case "json":
            _print_json(rows())
        case "jsonl":
            for row in rows():
                print_bytes(_json_line(row))
        case "csv":
            _print_csv(rows)
        case "parquet":
            _print_parquet(rows())
        case _:
            _print_table(rows, columns)


def _json_line(row: Row) -> bytes:
    return (json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _print_json(rows: Iterable[Row]) -> None:
    """One array, a row to a line, written as the rows come."""
    before = b"["
    for row in rows:
        print_bytes(before + b"\n" + _json_line(row).rstrip())
        before = b","
    print_bytes(b"[]\n" if before == b"[" else b"\n]\n")


def _print_csv(rows: Rows) -> None:
    import csv  # noqa: PLC0415 - for this form only
    import io  # noqa: PLC0415

    from ttd_workflows.results.cells import cell, flat, titles  # noqa: PLC0415

    names = titles(rows())
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(cell, names))
    for row in rows():
        members = flat(row)
        writer.writerow([cell(members.get(name)) for name in names])
        print_bytes(text.getvalue().encode())
        text.seek(0)
        text.truncate()
    print_bytes(text.getvalue().encode())


def _print_table(rows: Rows, columns: Sequence[Column]) -> None:
    from ttd_workflows.cli.tables import print_table  # noqa: PLC0415 - rich, for this form only

    columns = columns or _all_columns(rows)
    print_table(
        [column.title for column in columns],
        ([column.text(row) for column in columns] for row in rows()),
        cut={number for number, column in enumerate(columns) if column.is_cut},
        right={number for number, column in enumerate(columns) if column.is_number},
    )


def _all_columns(rows: Rows) -> list[Column]:
    from ttd_workflows.results.cells import flat, text, titles  # noqa: PLC0415

    def column(name: str) -> Column:
        return Column(name, lambda row: text(flat(row).get(name)), is_cut=True)

    return [column(name) for name in titles(rows())]


def _print_parquet(rows: Iterable[Row]) -> None:
    """Rows as Parquet, by way of the same tables that results are made into."""
    import shutil  # noqa: PLC0415 - for this form only
    import tempfile  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    from ttd_workflows import results  # noqa: PLC0415

    if sys.stdout.isatty():
        raise Trouble(
            "Parquet is not for terminals.",
            "stdout is one, and Parquet is bytes.",
            "Send it to a file: … --output parquet > rows.parquet",
            code=2,
        )
    with tempfile.TemporaryDirectory(prefix="ttdw-") as directory:
        document, table = Path(directory) / "rows.json", Path(directory) / "rows.parquet"
        with document.open("wb") as file:
            file.writelines(_array(rows))
        results.to_parquet(document, table)
        with table.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)


def _array(rows: Iterable[Row]) -> Iterator[bytes]:
    before = b"["
    for row in rows:
        yield before + _json_line(row)
        before = b","
    yield b"[]" if before == b"[" else b"]"
