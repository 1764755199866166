"""The table of what the emulator is true to: every point is there, and so is every test it names."""

import ast
import re
from functools import cache

from docs_pages import ROOT

PAGE = ROOT / "docs" / "emulator" / "points.md"
POINTS = 80


def rows():
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in PAGE.read_text("utf-8").splitlines()
            if re.match(r"\| \d+ ", line)]  # fmt: skip


@cache
def functions_of(file):
    tree = ast.parse((ROOT / "tests" / file).read_text("utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
    return {function.name for function in functions}


def test_all_points_are_there_in_order():
    assert [int(row[0]) for row in rows()] == list(range(1, POINTS + 1))


def test_every_point_has_tests_that_are_there():
    for number, said, tests in rows():
        named = re.findall(r"`([\w/.]+)::(\w+)`", tests)
        assert named, number
        assert said.endswith("."), number
        for file, name in named:
            assert name in functions_of(file), f"point {number}: {file} has no {name}"
