"""Cutting an array into pieces of whole rows at the speed of ``bytes.rfind``, on a guess that the decoder then proves.

Rows of one query end and begin alike, so the last ``},{"id":`` within a MiB is very likely a boundary between rows.
The piece before it is decoded as the whole of an array, and that is the proof: text that begins where a row begins and
is a list of values is a list of rows. A wrong guess (the same bytes within a nested row or within a string) does not
decode; the piece is put back, its rows are found exactly, and from then on brackets are counted before each guess.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ttd_workflows.results.decode import Batch
    from ttd_workflows.results.window import Window

_TAIL = re.compile(r"[\]} \t\n\r]+\Z")
_HEAD = re.compile(r'\{[ \t\n\r]*(?:"[^"\\]*"[ \t\n\r]*:)?')
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))
_TRIES = 2000
_MOST_SKIPPED = 64


class Cutter:
    """Guesses pieces; ``learn`` what boundaries look like first, ``failed`` when a guess was wrong."""

    def __init__(self, window: Window, size: int) -> None:
        self._window = window
        self._size = size
        self._mark: bytes | None = None
        self._keep = 0
        self._careful = False
        self._wary_of_strings = False
        self._failures = 0
        self._skip = 0

    @property
    def learned(self) -> bool:
        """Whether it is known what boundaries look like."""
        return self._mark is not None

    def learn(self, batch: Batch) -> None:
        """See from rows that were found exactly what stands between two of them."""
        if self._mark is not None or len(batch.spans) < 3:  # noqa: PLR2004 - two boundaries
            return
        text, spans = batch.text, batch.spans
        between = {text[end:start] for (_, end), (start, _) in pairwise(spans)}
        heads = {match.group() if (match := _HEAD.match(text, start)) else "" for start, _ in spans[1:]}
        tails = [_TAIL.search(text, start, end) for start, end in spans[:-1]]
        if len(between) > 1 or not all(tails):
            return
        common = _common_end([match.group() for match in tails if match])
        head = heads.pop() if len(heads) == 1 else "{"
        if common and head:
            self._keep = len(common)
            self._after = len(common) + len(between.pop())
            self._mark = (common + text[spans[0][1] : spans[1][0]] + head).encode()

    def cut(self) -> tuple[bytes, bytes] | None:
        """A piece that should be whole rows, and the same with the separator after it; ``None`` if there is none."""
        if self._mark is None:
            return None
        if self._skip:
            self._skip -= 1
            return None
        window = self._window
        while len(window.data) - window.pos < self._size and window.read(self._size):
            pass
        end = window.data.rfind(self._mark, window.pos, window.pos + self._size)
        if end >= 0 and self._careful:
            end = self._balanced(end + self._keep) - self._keep
            if end < window.pos:
                self.failed()
        if end < window.pos:
            return None
        piece = window.data[window.pos : end + self._keep]
        whole = window.data[window.pos : end + self._after]
        window.pos = end + self._after
        return piece, whole

    def failed(self) -> None:
        """A guess was wrong: count brackets, then those outside of strings only, and at last guess less often."""
        if self._wary_of_strings:
            self._failures += 1
            self._skip = min(2**self._failures, _MOST_SKIPPED)
        self._wary_of_strings = self._careful
        self._careful = True

    def _balanced(self, end: int) -> int:
        """The last boundary up to ``end`` before which as many brackets close as open."""
        window = self._window
        open_here = self._brackets(window.data[window.pos : end])
        for _ in range(_TRIES):
            if open_here == (0, 0):
                return end
            mark = window.data.rfind(self._mark or b"", window.pos, end)
            if mark < 0:
                break
            step = self._brackets(window.data[mark + self._keep : end])
            open_here = (open_here[0] - step[0], open_here[1] - step[1])
            end = mark + self._keep
        return -1

    def _brackets(self, piece: bytes) -> tuple[int, int]:
        """How many braces and brackets stay open."""
        if self._wary_of_strings:
            piece = _STRING.sub(b"", piece)
        brackets = piece.translate(None, _NOT_BRACKETS)
        braces = brackets.count(b"{") - brackets.count(b"}")
        return braces, brackets.count(b"[") - brackets.count(b"]")


def _common_end(texts: list[str]) -> str:
    shortest = min(texts, key=len)
    while not all(text.endswith(shortest) for text in texts):
        shortest = shortest[1:]
    return shortest
