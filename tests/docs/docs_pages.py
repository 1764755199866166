"""The pages of the documentation, and what stands in them: fenced code, links, headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise, takewhile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
WALKED = [ROOT / "docs" / "start.md", ROOT / "docs" / "tutorial.md"]
"""Pages that are followed word for word, in one folder: what a step leaves, the next one finds."""
_FENCE = re.compile(r"""^```(\w*)(?: title="([^"\n]+)")?\n(.*?)^```$""", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


class File(NamedTuple):
    """A file that a page shows: fenced text whose first line names it, as in ``csv title="ad-groups.csv"``."""

    name: str
    text: str


@dataclass(frozen=True)
class Snippet:
    """Fenced code, what the page shows right below it, and the files that it finds."""

    page: Path
    line: int
    language: str
    code: str
    output: str | None
    """A ``text`` block right below: what it prints."""
    leaves: tuple[File, ...]
    """Named blocks right below: the files that it leaves."""
    finds: tuple[File, ...]
    """Named blocks of the page that stand below no code: files that are there."""

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def snippets(language: str) -> list[Snippet]:
    """Every snippet of a language."""
    return [snippet for page in PAGES for snippet in _snippets(page) if snippet.language == language]


def _snippets(page: Path) -> list[Snippet]:
    text = page.read_text("utf-8")
    blocks = list(_FENCE.finditer(text))
    adjoining = [not text[above.end() : below.start()].strip() for above, below in pairwise(blocks)]
    shown: dict[int, list[re.Match[str]]] = {
        place: [
            blocks[below]
            for below in takewhile(
                lambda below: adjoining[below - 1] and _is_shown(blocks[below]), range(place + 1, len(blocks))
            )
        ]
        for place, block in enumerate(blocks)
        if not _is_shown(block)
    }
    left = {block.start() for below in shown.values() for block in below}
    finds = tuple(File(block[2], block[3]) for block in blocks if block[2] and block.start() not in left)
    return [
        Snippet(
            page,
            text.count("\n", 0, blocks[place].start()) + 1,
            blocks[place][1],
            blocks[place][3],
            next((block[3] for block in below if block[1] == "text"), None),
            tuple(File(block[2], block[3]) for block in below if block[2]),
            finds,
        )
        for place, below in shown.items()
    ]


def blocks(page: Path) -> list[tuple[int, str, str, str]]:
    """All fenced code of a page in its order: its line, its language, the name of its file if it has one, its text."""
    text = page.read_text("utf-8")
    return [(text.count("\n", 0, block.start()) + 1, *block.groups()) for block in _FENCE.finditer(text)]


def _is_shown(block: re.Match[str]) -> bool:
    """Whether a block is text that code prints, leaves or finds."""
    return block[1] == "text" or bool(block[2])


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
