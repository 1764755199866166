"""Run ``pull.ipynb`` anew and store what it shows: ``python docs/notebooks/renew.py``.

With ``--check`` nothing is stored: it only says where a cell shows something else than it did.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).resolve().parent / "pull.ipynb"
DIFFERS = re.compile(r"\d+\.\d+ s|127\.0\.0\.1:\d+| +\d+ %|[\d,]{6,} *| {2,}|[─═]{2,}")
"""What may be another: durations, ports, how far it was when it was asked, large numbers and the room they take."""


def run_anew() -> Any:
    """The notebook with what its cells show now, and without what says where and when it ran."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["IPYTHONDIR"] = os.environ["JUPYTER_CONFIG_DIR"] = os.environ["JUPYTER_DATA_DIR"] = folder
        NotebookClient(notebook, timeout=120, coalesce_streams=True, resources={"metadata": {"path": folder}}).execute()
    notebook.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for number, cell in enumerate(notebook.cells):
        cell.id, cell.metadata = f"cell-{number}", {}
    return notebook


def shown(cell: Any) -> str:
    """What a cell shows, as text; a picture counts as its kind."""
    texts = []
    for output in cell.get("outputs", ()):
        data = output.get("data", {})
        pictures = [kind for kind in data if kind.startswith("image/")]
        texts.append(" ".join(pictures) if pictures else output.get("text", data.get("text/plain", "")))
    lines = DIFFERS.sub("…", "".join(texts)).splitlines()
    return "\n".join(line for line in lines if not line.endswith("InProgress"))  # told as often as it was asked


def main() -> int:
    """Store, or compare."""
    fresh = run_anew()
    if "--check" not in sys.argv[1:]:
        nbformat.write(fresh, NOTEBOOK)
        return 0
    stored = nbformat.read(NOTEBOOK, as_version=4)
    differing = [
        f"cell {number} shows\n{shown(after)}\nand is stored with\n{shown(before)}"
        for number, (before, after) in enumerate(zip(stored.cells, fresh.cells, strict=True))
        if shown(before) != shown(after)
    ]
    print(*differing, sep="\n\n")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
