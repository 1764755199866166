"""Fill in what follows from the code: ``python docs/generate.py``. With ``--check``, only say what is stale.

A page holds a made part between two comments, ``<!-- made by docs/generate.py: NAME -->`` and ``<!-- end -->``.
``PARTS`` says which function makes the part of that name; each lives in a room of its own in ``generated/``.
``PICTURES`` are whole files, drawn from the code as well.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from generated import (
    commands,
    decisions,
    faults,
    handles,
    models,
    notebook,
    official,
    operations,
    pictures,
    rules,
    switches,
    troubles,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DOCS = Path(__file__).resolve().parent
PARTS: dict[str, Callable[[], str]] = {
    "commands": commands.described,
    "decisions": decisions.listed,
    "frequencies of faults": faults.often,
    "kinds of faults": faults.kinds,
    "jobs and results": handles.described,
    "models": models.described,
    "methods of the official package": official.table,
    "the notebook": notebook.rendered,
    "operations": operations.described,
    "rules of the emulator": rules.table,
    "switches of the emulator": switches.tables,
    "troubles": troubles.table,
}
PICTURES: dict[str, Callable[[], str]] = {
    "job": pictures.job,
    "notebook": notebook.plot,
    "repeat": pictures.repeat,
}
_MADE = re.compile(r"(<!-- made by docs/generate\.py: (.+?) -->\n\n).*?(<!-- end -->)", re.DOTALL)


def files() -> Iterator[tuple[Path, str]]:
    """Each page that has a made part and each picture, as it should be."""
    for file in sorted(DOCS.rglob("*.md")):
        text = file.read_text("utf-8")
        if _MADE.search(text):
            yield file, _MADE.sub(lambda made: f"{made[1]}{PARTS[made[2]]().strip()}\n\n{made[3]}", text)
    for name, drawn in PICTURES.items():
        yield DOCS / "pictures" / f"{name}.svg", drawn()


def main() -> int:
    """Write the pages and pictures, or compare."""
    stale = [(file, fresh) for file, fresh in files() if not file.exists() or file.read_text("utf-8") != fresh]
    if "--check" in sys.argv[1:]:
        for file, _ in stale:
            print(f"{file.relative_to(DOCS)} is stale: run python docs/generate.py")
        return 1 if stale else 0
    for file, fresh in stale:
        file.write_text(fresh, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
