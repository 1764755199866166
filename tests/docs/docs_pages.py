"""The pages of the documentation, and what stands in them: fenced code, links, headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Snippet:
    """Fenced code, and the output that the page shows below it."""

    page: Path
    line: int
    language: str
    code: str
    output: str | None

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def snippets(language: str) -> list[Snippet]:
    """Every snippet of a language; a ``text`` block right below one is what it prints."""
    found = []
    for page in PAGES:
        text = page.read_text("utf-8")
        blocks = list(_FENCE.finditer(text))
        for block, below in zip_longest(blocks, blocks[1:]):
            if block[1] != language:
                continue
            is_output = below is not None and below[1] == "text" and not text[block.end() : below.start()].strip()
            output = below[2] if below is not None and is_output else None
            found.append(Snippet(page, text.count("\n", 0, block.start()) + 1, language, block[2], output))
    return found


def languages() -> set[str]:
    """The languages of all fenced code."""
    return {block[1] for page in PAGES for block in _FENCE.finditer(page.read_text("utf-8"))}


def prose(page: Path) -> str:
    """A page without its fenced code."""
    return _FENCE.sub("", page.read_text("utf-8"))


def links(page: Path) -> list[str]:
    """Where a page's links lead."""
    return _LINK.findall(prose(page))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in _HEADING.findall(prose(page))}
