"""Fill in what follows from the code: ``python docs/generate.py``. With ``--check``, only say if it is stale."""

from __future__ import annotations

import ast
import re
import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = ROOT / "src" / "ttd_workflows" / "emulator" / "settings.py"
PAGE = ROOT / "docs" / "emulator" / "differences.md"
_MADE = re.compile(r"(?<=from emulator/settings.py -->\n\n).*?(?=\n<!-- end -->)", re.DOTALL)
_TITLES = "| setting | by default | may be | what it decides |\n| --- | --- | --- | --- |\n"


def settings_groups() -> dict[str, list[tuple[str, str, str, str]]]:
    """Each setting's name, default, type and text, as the code has them, by the subject they belong to."""
    tree = ast.parse(SETTINGS.read_text("utf-8"))
    constants = {
        node.targets[0].id: ast.unparse(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    groups = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    bases = [ast.unparse(base) for base in groups["Settings"].bases]
    return {str(ast.get_docstring(groups[name])): list(_rows(groups[name].body, constants)) for name in reversed(bases)}


def _rows(body: list[ast.stmt], constants: dict[str, str]) -> Iterator[tuple[str, str, str, str]]:
    for field, text in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and field.value is not None:
            said = " ".join(str(ast.literal_eval(text.value)).replace("``", "`").split())
            default = ast.unparse(field.value)
            for name, value in constants.items():
                default = default.replace(name, value)
            yield ast.unparse(field.target), default, _choices(field.annotation), said


def _choices(annotation: ast.expr) -> str:
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) == "Literal":
        choices = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        return ", ".join(f"`{ast.unparse(choice)}`" for choice in choices)
    return f"`{ast.unparse(annotation)}`".replace("|", "\\|")


def page() -> str:
    """The page about the emulator's settings, its table made anew."""
    tables = "\n".join(f"### {title.rstrip('.')}\n\n{_table(rows)}" for title, rows in settings_groups().items())
    return _MADE.sub(lambda _: tables, PAGE.read_text("utf-8"))


def _table(rows: list[tuple[str, str, str, str]]) -> str:
    return _TITLES + "".join(
        f"| `{name}` | `{default}` | {choices} | {said} |\n" for name, default, choices, said in rows
    )


def main() -> int:
    """Write the page, or compare."""
    fresh = page()
    if "--check" in sys.argv[1:]:
        is_fresh = PAGE.read_text("utf-8") == fresh
        print(f"{PAGE.name} is {'fresh' if is_fresh else 'stale: run python docs/generate.py'}")
        return 0 if is_fresh else 1
    PAGE.write_text(fresh, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
