"""Code lines per operation, both forms, docstrings and comments aside: ``python lines_per_operation.py``.

Ours: in the file of declarations, an operation is its decorator, its ``def`` and the line of its twin. The official
SDK's: the methods of its resources. A line counts if it holds code, as the formatter has laid it out.
"""

from __future__ import annotations

import ast
import io
import os
import shutil
import subprocess
import sys
import tokenize
from pathlib import Path
from typing import TYPE_CHECKING

from sides import SOURCES
from sides import official as official_side

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sides import Side

DECLARATIONS = SOURCES / "ttd_workflows" / "operations" / "__init__.py"
OPERATIONS = 18
_TWIN = "twin"
_NO_CODE = {
    tokenize.COMMENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
    tokenize.INDENT,
    tokenize.NEWLINE,
    tokenize.NL,
}


class NotFormatted(AssertionError):
    """The formatter would lay the file out differently, so its lines say nothing."""


def ours() -> list[float]:
    """Lines per operation of the declarations, and what they would be at the line length of the other files."""
    source = DECLARATIONS.read_text("utf-8")
    ruff = shutil.which("ruff", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", ""))))
    if ruff is None:  # then the file is trusted to be as the formatter has it
        return [per_operation(source)]
    if subprocess.run([ruff, "format", "--check", "--quiet", DECLARATIONS], check=False).returncode:
        raise NotFormatted(f"{DECLARATIONS.name} is not as the formatter has it, so its lines say nothing")
    command = [ruff, "format", "--line-length", "120", "-"]
    narrower = subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout
    return [per_operation(source), per_operation(narrower)]


def per_operation(source: str) -> float:
    """The same of a source text."""
    operations = twins = total = 0
    for node in members(source):
        if isinstance(node, ast.FunctionDef):
            operations += 1
        elif isinstance(node, ast.Assign) and _is_twin(node):
            twins += 1
        else:
            continue
        total += code_lines(source, node)
    if (operations, twins) != (OPERATIONS, OPERATIONS):
        raise AssertionError(f"{OPERATIONS} operations and twins expected, {operations} and {twins} found")
    return total / operations


def official(side: Side) -> float:
    """Lines per operation of the official SDK's resource files."""
    where = "from importlib.util import find_spec; print(find_spec('ttd_workflows').submodule_search_locations[0])"
    operations = total = 0
    for file in Path((side.run("-c", where).output or "").strip()).glob("*.py"):
        source = file.read_text("utf-8")
        for node in members(source, base="BaseSDK"):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not node.name.startswith("_"):
                operations += isinstance(node, ast.AsyncFunctionDef)
                total += code_lines(source, node)
    if operations != OPERATIONS:
        raise AssertionError(f"{OPERATIONS} operations expected in the official SDK, {operations} found")
    return total / operations


def members(source: str, base: str = "Resource") -> Iterator[ast.stmt]:
    """What stands in the classes that have a certain base."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef) and any(isinstance(b, ast.Name) and b.id == base for b in node.bases):
            yield from node.body


def code_lines(source: str, node: ast.stmt) -> int:
    """How many lines of a definition or statement hold code; decorators count, the docstring does not."""
    decorators: Iterable[ast.expr] = getattr(node, "decorator_list", ())
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    within = set(range(first, (node.end_lineno or first) + 1)) - _docstring_lines(node)
    return len(within & _lines_with_code(source))


def _lines_with_code(source: str) -> set[int]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {line for t in tokens if t.type not in _NO_CODE for line in range(t.start[0], t.end[0] + 1)}


def _docstring_lines(node: ast.stmt) -> set[int]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and ast.get_docstring(node, clean=False) is not None:
        text = node.body[0]
        return set(range(text.lineno, (text.end_lineno or text.lineno) + 1))
    return set()


def _is_twin(node: ast.Assign) -> bool:
    return isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name) and node.value.func.id == _TWIN


if __name__ == "__main__":
    print(f"ours {ours()[0]:.2f}, official {official(official_side()):.0f}")
