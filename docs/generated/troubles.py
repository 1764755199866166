"""What becomes of a call when something goes wrong, with the official releases and here, from the witness's table."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

TABLE = Path(__file__).resolve().parents[2] / "tests" / "witness" / "troubles.py"
_TITLES = "| what goes wrong | 0.7.2 | 0.13.2 | here |\n| --- | --- | --- | --- |\n"


def table() -> str:
    """A row for each trouble that the official package and ours are tested with."""
    witness = runpy.run_path(str(TABLE))
    return _TITLES + "".join(_row(trouble, witness) for trouble in witness["TROUBLES"])


def _row(trouble: Any, witness: dict[str, Any]) -> str:
    cells = [_cell(trouble, trouble.came[client], witness) for client in ("0.7.2", "0.13.2", "ours")]
    return f"| {' | '.join([trouble.name, *cells])} |\n"


def _cell(trouble: Any, came: Any, witness: dict[str, Any]) -> str:
    """How often it was sent, what that made, and what the caller got."""
    trying = came.got == witness["STILL_TRYING"]
    least = "at least " if trying and trouble.goes_on else ""
    made = "" if trouble.operation == witness["READ"] else f", {least}{came.made} made"
    got = f"{came.got} after {witness['PATIENCE']:.0f} s" if trying else came.got
    return f"{least}{came.requests} sent{made}: {_spelt(got, witness['ANSWER'])}"


def _spelt(got: str, answer: str) -> str:
    """The classes of errors as code."""
    return ", ".join(
        part if answer in part or " after " in part else "`{}`{}{}".format(*part.partition(" "))
        for part in got.split(", ")
    )
