"""Drawing pictures for the pages: boxes, arrows and words on a light card, which reads in a dark page too."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

FONT = "system-ui, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif"
INK = "#1f2933"
FAINT = "#616e7c"


class Fill(NamedTuple):
    """The colours of a box: its inside and its rim."""

    inside: str
    rim: str


PLAIN = Fill("#ffffff", "#9aa5b1")
GOOD = Fill("#d8f3e7", "#0b6e4f")
BAD = Fill("#fbdcd7", "#b33a2b")
DOUBTFUL = Fill("#fdedc9", "#a86b00")


class Box(NamedTuple):
    """A place on the picture, by its left upper corner and its size."""

    left: float
    top: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Half way down."""
        return self.top + self.height / 2

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Where it ends below."""
        return self.top + self.height


class Drawing:
    """An SVG that grows by what is drawn on it."""

    def __init__(self, width: int, height: int, title: str) -> None:
        head = f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        tip = 'id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"'
        self._parts = [
            f'<svg {head} role="img" font-family="{FONT}" font-size="15">',
            f"<title>{escape(title)}</title>",
            f'<defs><marker {tip}><path d="M0 0L8 4L0 8z" fill="{FAINT}"/></marker></defs>',
            f'<rect width="{width}" height="{height}" rx="10" fill="#f7f9fb"/>',
        ]

    def box(self, place: Box, words: str, fill: Fill = PLAIN, below: str = "") -> Box:
        """A box with words in it, and smaller ones under these."""
        self._parts.append(
            f'<rect x="{place.left:g}" y="{place.top:g}" width="{place.width:g}" height="{place.height:g}" rx="7" '
            f'fill="{fill.inside}" stroke="{fill.rim}" stroke-width="1.5"/>'
        )
        centre = place.left + place.width / 2
        self.text(centre, place.middle + (-2 if below else 5), words, anchor="middle", bold=True)
        if below:
            self.text(centre, place.middle + 15, below, anchor="middle", size=12, colour=FAINT)
        return place

    def text(
        self,
        left: float,
        base: float,
        words: str,
        *,
        anchor: str = "start",
        size: int = 15,
        bold: bool = False,
        colour: str = INK,
    ) -> None:
        """Words, with their base line there."""
        weight = ' font-weight="600"' if bold else ""
        self._parts.append(
            f'<text x="{left:g}" y="{base:g}" text-anchor="{anchor}" font-size="{size}" fill="{colour}"{weight}>'
            f"{escape(words)}</text>"
        )

    def arrow(self, *points: tuple[float, float]) -> None:
        """A line through points, with a tip at its end."""
        line = " ".join(f"{x:g},{y:g}" for x, y in points)
        self._parts.append(
            f'<polyline points="{line}" fill="none" stroke="{FAINT}" stroke-width="1.5" marker-end="url(#tip)"/>'
        )

    def svg(self) -> str:
        """The picture as a file has it."""
        return "\n".join([*self._parts, "</svg>"]) + "\n"
