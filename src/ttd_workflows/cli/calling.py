"""How this program was called, so that it can tell how to call it again."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path


def name_of_this_program() -> str:
    """What to type to run this program again, as short as it works from here."""
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return f"{name_of_this_python()} -m ttd_workflows"
    return _shortest(called)


def name_of_this_python() -> str:
    """What to type to run a script with the same interpreter."""
    return _shortest(Path(sys.executable))


def _shortest(program: Path) -> str:
    """The bare name where the shell finds it, else the path from here, else the whole path."""
    program = program.absolute()
    found = shutil.which(program.name)
    if found and Path(found).absolute() == program:
        return program.name
    return str(program.relative_to(Path.cwd())) if program.is_relative_to(Path.cwd()) else str(program)
