"""What ``plans`` and ``faults`` have in common: a list of things with an id, added in words and taken away by id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ttd_workflows.cli import exits
from ttd_workflows.cli.emulator.asking import ask
from ttd_workflows.cli.output import Column, print_document, print_rows

if TYPE_CHECKING:
    from ttd_workflows.cli.output import Row


def show(kind: str, output: str, columns: tuple[Column, ...]) -> int:
    """List them."""
    found = ask("GET", kind)[kind]
    print_rows(lambda: found, output, columns)
    return exits.SUCCESS


def add(kind: str, words: dict[str, Any], *, as_json: bool) -> int:
    """Add one, and tell its id."""
    made = ask("POST", kind, words)
    if as_json:
        print_document(made)
    else:
        click.echo(made["id"])
    return exits.SUCCESS


def take_away(kind: str, id: str = "") -> int:  # noqa: A002 - its name on the screen
    """Take one away, or all."""
    ask("DELETE", f"{kind}/{id}".rstrip("/"))
    return exits.SUCCESS


def said(row: Row, *known: str) -> str:
    """The members of a row that have no column, as they would be typed."""
    return " ".join(name if value is True else f"{name}={value}" for name, value in row.items() if name not in known)
