"""The notebook as a page: what it says, its code, and what its cells show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTEBOOK = Path(__file__).resolve().parents[1] / "notebooks" / "pull.ipynb"
PICTURE = "../pictures/notebook.svg"
_SVG = "image/svg+xml"


def rendered() -> str:
    """Its cells one after the other."""
    return "\n\n".join(block for cell in _cells() for block in _blocks(cell))


def plot() -> str:
    """The picture that it ends in."""
    shown = (output.get("data", {}) for cell in _cells() for output in _outputs(cell))
    [picture] = [data[_SVG] for data in shown if _SVG in data]
    return "".join(picture)


def _cells() -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    return cells


def _outputs(cell: dict[str, Any]) -> list[dict[str, Any]]:
    outputs: list[dict[str, Any]] = cell.get("outputs", [])
    return outputs


def _blocks(cell: dict[str, Any]) -> Iterator[str]:
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        yield source
        return
    yield f"```py\n{source}\n```"
    for output in _outputs(cell):
        data = output.get("data", {})
        if _SVG in data:
            yield f"![What the last cell draws]({PICTURE})"
        else:
            text = "".join(output.get("text", data.get("text/plain", ""))).rstrip()
            yield f"```text\n{text}\n```"
