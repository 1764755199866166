"""The settings of the emulator as tables, read out of the text of their module."""

from __future__ import annotations

import ast
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS = Path(__file__).resolve().parents[2] / "src" / "ttd_workflows" / "emulator" / "settings.py"
_TITLES = "| setting | by default | may be | what it decides |\n| --- | --- | --- | --- |\n"


class Row(NamedTuple):
    """A setting as the code has it."""

    name: str
    default: str
    choices: str
    said: str


def tables() -> str:
    """A table for each subject, a row for each setting."""
    return "\n".join(f"### {title.rstrip('.')}\n\n{_table(rows)}" for title, rows in _subjects())


def _table(rows: Iterator[Row]) -> str:
    return _TITLES + "".join(f"| `{row.name}` | `{row.default}` | {row.choices} | {row.said} |\n" for row in rows)


def _subjects() -> Iterator[tuple[str, Iterator[Row]]]:
    """The classes that the settings are made of: what each is about, and its settings."""
    tree = ast.parse(SETTINGS.read_text("utf-8"))
    constants = {
        node.targets[0].id: ast.unparse(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    for base in reversed(classes["Settings"].bases):
        subject = classes[ast.unparse(base)]
        yield str(ast.get_docstring(subject)), _rows(subject.body, constants)


def _rows(body: list[ast.stmt], constants: dict[str, str]) -> Iterator[Row]:
    for field, text in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and field.value is not None:
            said = " ".join(str(ast.literal_eval(text.value)).replace("``", "`").split())
            default = ast.unparse(field.value)
            for name, value in constants.items():
                default = default.replace(name, value)
            yield Row(ast.unparse(field.target), default, _choices(field.annotation), said)


def _choices(annotation: ast.expr) -> str:
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) == "Literal":
        choices = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        return ", ".join(f"`{ast.unparse(choice)}`" for choice in choices)
    return f"`{ast.unparse(annotation)}`".replace("|", "\\|")
