"""The decisions by number, each with its title and its question."""

from __future__ import annotations

import re
from pathlib import Path

DECISIONS = Path(__file__).resolve().parents[1] / "decisions"
_PARTS = re.compile(r"# (\d+)\. (.+)\n\n## Question\n\n(.+)\n")


def listed() -> str:
    """A line for each decision."""
    lines = []
    for file in sorted(DECISIONS.glob("[0-9]*.md")):
        found = _PARTS.match(file.read_text("utf-8"))
        if found is None:
            raise ValueError(f"{file.name} must begin with its number, its title and '## Question'")
        lines.append(f"* [{found[1]}. {found[2]}]({file.name}). {found[3]}\n")
    return "".join(lines)
