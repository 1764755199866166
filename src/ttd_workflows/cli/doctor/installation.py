"""What is installed here: versions, what else claims the same import name, and the terminal it talks to."""

from __future__ import annotations

import locale
import os
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from ttd_workflows.cli.doctor.finding import Finding, ok, problem, warning
from ttd_workflows.core.operation import EDITIONS, NEWEST_EDITION
from ttd_workflows.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

OLDEST_PYTHON = (3, 11)
DISTRIBUTION = "ttdw"
IMPORT_NAME = "ttd_workflows"
NEEDED = ("pydantic", "httpx2", "urllib3", "platformdirs")
OPTIONAL = ("click", "rich", "textual", "keyring", "starlette", "polars", "pandas", "pyarrow", "openpyxl")


def versions(edition: str) -> Iterator[Finding]:
    """Python, this package, what it is made of, and the edition of the API."""
    python = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST_PYTHON:
        yield problem("python", python, f"ttdw needs {'.'.join(map(str, OLDEST_PYTHON))} or newer.")
    else:
        yield ok("python", f"{python}, {sys.platform}, {sys.executable}")
    yield ok("ttdw", f"{__version__}, in {Path(__file__).parents[2]}")
    missing = [name for name in NEEDED if _version(name) is None]
    found = ", ".join(f"{name} {version}" for name in (*NEEDED, *OPTIONAL) if (version := _version(name)))
    if missing:
        yield problem(
            "packages", f"not installed: {', '.join(missing)}; there is {found}", f"pip install {DISTRIBUTION}"
        )
    else:
        yield ok("packages", found)
    if edition == NEWEST_EDITION:
        yield ok("edition", f"{edition}, the newest that this version speaks")
    else:
        yield warning(
            "edition", edition, f"Leave --edition out to speak {NEWEST_EDITION}; there are {', '.join(EDITIONS)}."
        )


def import_name() -> Finding:
    """Whether the import name is this package's alone: the official one has it too, and one overwrites the other."""
    claiming = sorted({name.lower() for name in metadata.packages_distributions().get(IMPORT_NAME, [])})
    others = [name for name in claiming if name != DISTRIBUTION]
    if others:
        names = ", ".join(f"{name} {_version(name)}" for name in others)
        return problem(
            "import name",
            f"{names} is installed too, and both provide {IMPORT_NAME}: files of one have overwritten the other's",
            f"pip uninstall {' '.join(others)}; then pip install --force-reinstall --no-deps {DISTRIBUTION}",
        )
    return ok("import name", f"{IMPORT_NAME} is provided by {', '.join(claiming) or 'the source tree'} alone")


def terminal() -> Finding:
    """What text can be shown, and how."""
    encoding = getattr(sys.stdout, "encoding", None) or "none"
    kind = "a terminal" if sys.stdout.isatty() else "no terminal"
    colours = "NO_COLOR is set" if os.environ.get("NO_COLOR") else "NO_COLOR is not set"
    found = f"stdout is {kind}, {encoding}; {colours}; files are {locale.getpreferredencoding(do_setlocale=False)}"
    if encoding.lower().replace("-", "") not in {"utf8", "cp65001"}:
        return warning(
            "terminal",
            found,
            "Names outside that encoding cannot be printed: set PYTHONUTF8=1, or LC_ALL to a locale with UTF-8.",
        )
    return ok("terminal", found)


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
