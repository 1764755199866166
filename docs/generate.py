"""Fill in what follows from the code: ``python docs/generate.py``. With ``--check``, only say if it is stale."""

from __future__ import annotations

import ast
import re
import sys
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = ROOT / "src" / "ttd_workflows" / "emulator" / "settings.py"
PAGE = ROOT / "docs" / "emulator" / "differences.md"
_MADE = re.compile(r"(?<=from emulator/settings.py -->\n\n).*?(?=\n<!-- end -->)", re.DOTALL)
_TITLES = "| setting | by default | may be | what it decides |\n| --- | --- | --- | --- |\n"


def settings_rows() -> list[tuple[str, str, str, str]]:
    """Each setting's name, default, type and text, as the code has them."""
    tree = ast.parse(SETTINGS.read_text("utf-8"))
    constants = {
        node.targets[0].id: ast.unparse(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings")
    rows = []
    for field, text in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and field.value is not None:
            said = str(ast.literal_eval(text.value)).replace("``", "`").replace("\n    ", " ")
            default = ast.unparse(field.value)
            for name, value in constants.items():
                default = default.replace(name, value)
            rows.append((ast.unparse(field.target), default, _choices(field.annotation), said))
    return rows


def _choices(annotation: ast.expr) -> str:
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) == "Literal":
        choices = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        return ", ".join(f"`{ast.unparse(choice)}`" for choice in choices)
    return f"`{ast.unparse(annotation)}`".replace("|", "\\|")


def page() -> str:
    """The page about the emulator's settings, its table made anew."""
    rows = (f"| `{name}` | `{default}` | {choices} | {said} |\n" for name, default, choices, said in settings_rows())
    table = _TITLES + "".join(rows)
    return _MADE.sub(lambda _: table, PAGE.read_text("utf-8"))


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
