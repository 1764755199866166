"""The house as it should stand: who may import whom, how large a room may be, what is loaded when."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent.parent / "src" / "ttd_workflows"
FILES = sorted(SOURCE.rglob("*.py"))
LONGEST_FILE = 450
LONGEST_FUNCTION = 50

# What each part of the package may import of ours. Parts lower down know nothing of those above.
MAY_IMPORT = {
    "version": set(),
    "errors": {"models"},  # both are data, and a problem is a model
    "types": set(),
    "models": {"errors", "types"},
    "core": {"errors", "types", "models"},
    "utils": {"core"},
    "operations": {"core", "models"},
    "methods": {"operations"},
    "profiles": {"core", "errors"},
    "identity": {"core", "errors", "profiles"},
    "client": {"core", "errors", "identity", "types", "methods", "version", "jobs"},
    "jobs": {"core", "downloads", "errors", "models", "operations", "results", "types"},
    "downloads": {"core", "errors"},
    "results": {"errors"},
    "sheets": {"core", "errors", "models", "results"},
    "emulator": {"core", "errors", "models", "operations", "types", "version"},
    "cli": {
        "client",
        "core",
        "emulator",
        "errors",
        "identity",
        "jobs",
        "models",
        "operations",
        "profiles",
        "results",
        "sheets",
        "types",
        "utils",
        "version",
    },
    "ext": {"client", "emulator", "utils"},
    "__init__": {"client", "errors", "identity", "models", "types", "utils", "version"},
    "__main__": {"cli"},
}

ENGINES = ("awaiting", "blocking", "callers")

OF_THE_PACKAGE = {"Workflows": "client"}
"""Where the names live that are imported from the package itself."""


def part_of(path):
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def names(path):
    return path.relative_to(SOURCE).as_posix()


def imported_at_run_time(tree):
    """The modules of ours that a file imports, those for type checkers only excepted."""
    checked_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for part in node.body
        for inner in ast.walk(part)
    }
    for node in ast.walk(tree):
        if id(node) in checked_only:
            continue
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "ttd_workflows":
            rest = (node.module or "").split(".")[1:]
            yield from [rest[0]] if rest else (OF_THE_PACKAGE.get(a.name, a.name) for a in node.names)
        elif isinstance(node, ast.Import):
            yield from (a.name.split(".")[1] for a in node.names if a.name.startswith("ttd_workflows."))


@pytest.mark.parametrize("path", FILES, ids=names)
def test_a_file_imports_only_what_is_below_it(path):
    part = part_of(path)
    imports = set(imported_at_run_time(ast.parse(path.read_text())))
    assert imports - MAY_IMPORT[part] - {part} == set()


def test_engines_are_known_to_the_exchange_alone():
    knowing = {
        names(path)
        for path in FILES
        if "engines" not in path.parts and any(f"core.engines.{n}" in path.read_text() for n in ENGINES)
    }
    assert knowing == {"core/exchange.py"}


@pytest.mark.parametrize("path", FILES, ids=names)
def test_a_room_and_its_functions_are_small_enough_to_read(path):
    text = path.read_text()
    assert text.count("\n") <= LONGEST_FILE
    long = [
        f"{node.name}: {node.end_lineno - node.lineno} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.end_lineno - node.lineno - len((ast.get_docstring(node) or "").splitlines()) > LONGEST_FUNCTION
    ]
    assert long == []


@pytest.mark.parametrize("path", FILES, ids=names)
def test_a_room_says_first_what_it_is_for(path):
    assert ast.get_docstring(ast.parse(path.read_text()))


def loaded_by(statement):
    code = f"{statement}\nimport sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_client_loads_neither_models_nor_engine():
    loaded = loaded_by("from ttd_workflows import Workflows; Workflows(ttd_auth='t')")
    assert (
        loaded & {"pydantic", "httpcore2", "httpx2", "httpx", "asyncio", "logging", "ssl", "click", "starlette"}
        == set()
    )


def test_a_status_call_loads_its_own_models_only():
    loaded = loaded_by(
        "from ttd_workflows import Workflows\n"
        "w = Workflows(ttd_auth='t', server_url='http://127.0.0.1:9', retry_config=None)\n"
        "try: w.job_status.get_job_status(id=1)\n"
        "except Exception: pass"
    )
    assert "ttd_workflows.models.jobs" in loaded
    assert loaded & {"ttd_workflows.models.campaigns", "ttd_workflows.models.ad_groups", "httpx2", "httpx"} == set()


def test_the_stubs_are_up_to_date():
    tool = SOURCE.parent.parent / "tools" / "stubs.py"
    done = subprocess.run([sys.executable, tool, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
