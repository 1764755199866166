"""Decoding the rows of an array batch by batch, exactly: each row is found by decoding it.

The standard library's scanner says where a value ended, so one pass finds the rows and decodes them. It is as fast as
an event parser in C, needs nothing else, and is what every faster way falls back to.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from ttd_workflows.results import tokens
from ttd_workflows.results.errors import DamagedResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ttd_workflows.results.window import Window

_SPACES = " \t\n\r"
_SPACE = re.compile(r"[ \t\n\r]*+")
_WORD = re.compile(r"[\w.+\\-]*")
_NEAR_THE_END = 16
"""A scalar, an escape or a literal that is cut is noticed at most this far before the cut."""
_scan = cast("Callable[[str, int], tuple[Any, int]]", json.JSONDecoder(parse_constant=tokens.no_constant).scan_once)  # type: ignore[attr-defined]


@dataclass(slots=True)
class Batch:
    """Some rows one after the other: decoded, and where each stands in ``text``."""

    rows: list[Any]
    start: int
    """How many rows came before."""
    text: str = ""
    spans: list[tuple[int, int]] = field(default_factory=list)
    last: bool = False
    """Whether the array ends after these."""


class Array:
    """The rows of the array that the window stands in; ``row`` counts those that were passed."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.row = 0
        self.ended = False
        self._fresh = True
        self._bad: int | None = None

    def batches(self, *, spans: bool = False) -> Iterator[Batch]:
        """Every row that is left."""
        while not self.ended:
            yield self.batch(spans=spans)

    def batch(self, *, spans: bool = False, most: int = 1 << 30) -> Batch:
        """The rows that are whole in the window, which is widened until there is one; none only at the end."""
        window = self.window
        self._begin()
        batch = Batch([], self.row, last=self.ended)
        while not self.ended and not batch.rows:
            whole = window.ended
            piece = window.data[window.pos :] if window.pos else window.data
            batch.text = self._text(piece)
            end = self._decode(batch, most, spans=spans)
            if batch.rows or self.ended:
                window.pos += end if batch.text.isascii() else len(batch.text[:end].encode())
            elif whole:
                tokens.cut(window, self.row + 1)
            else:
                window.read_on(self.row + 1)
        self.row += len(batch.rows)
        batch.last = self.ended
        return batch

    def _begin(self) -> None:
        """Notice an array without rows."""
        if not self._fresh:
            return
        self._fresh = False
        if tokens.peek(self.window) == b"]":
            self.window.pos += 1
            self.ended = True

    def _text(self, piece: bytes) -> str:
        """The piece as text, up to a character whose other bytes are still to come, or that is none."""
        self._bad = None
        try:
            return piece.decode()
        except UnicodeDecodeError as error:
            if error.reason != "unexpected end of data":
                self._bad = error.start
            return piece[: error.start].decode()

    def _decode(self, batch: Batch, most: int, *, spans: bool) -> int:
        """Decode whole rows and return where the next one begins, or what follows the array."""
        text, rows = batch.text, batch.rows
        here = done = 0
        while len(rows) < most:
            if text[here : here + 1] in _SPACES:
                here = _SPACE.match(text, here).end()  # type: ignore[union-attr]
            try:
                value, end = _scan(text, here)
            except StopIteration as stop:
                self._must_be_cut(batch, stop.value, "a row is missing")
                break
            except (ValueError, RecursionError) as error:
                self._must_be_cut(batch, getattr(error, "pos", here), error)
                break
            close = text[end : end + 1]
            after = end
            if close in _SPACES:
                after = _SPACE.match(text, end).end()  # type: ignore[union-attr]
                close = text[after : after + 1]
            if close not in (",", "]"):
                self._must_be_cut(batch, after, "',' or ']' is missing after a row")
                break
            rows.append(value)
            if spans:
                batch.spans.append((here, end))
            here = done = after + 1
            if close == "]":
                self.ended = True
                break
        return done

    def _must_be_cut(self, batch: Batch, place: int, error: object) -> None:
        """Decide between a row that goes on beyond the window and one that is wrong."""
        if batch.rows:
            return  # they are delivered first, and the next batch begins with this row
        text = batch.text
        open_ended = str(error).startswith("Unterminated string")
        what = f"this is not JSON ({error})"
        if isinstance(error, RecursionError):
            what = "the row is nested too deeply to be decoded"
        elif place + _NEAR_THE_END >= len(text) or open_ended:
            if self._bad is not None:
                raise DamagedResult.at(self.window.place + self._bad, "this is not UTF-8", row=self.row + 1)
            if not self.window.ended or open_ended or _WORD.fullmatch(text, place):
                return
        raise DamagedResult.at(self.window.place + len(text[:place].encode()), what, row=self.row + 1)
