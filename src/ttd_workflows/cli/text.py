"""Text from elsewhere, made fit for a terminal."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta

_MINUTE, _HOUR = 60, 3600


def one_line(text: str) -> str:
    """``text`` without line breaks and without characters that would move a terminal's cursor or change its colours."""
    return "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text).strip()


def duration(span: timedelta) -> str:
    """A span of time as one says it."""
    seconds = max(span.total_seconds(), 0.0)
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    hours, rest = divmod(round(seconds), _HOUR)
    minutes, seconds = divmod(rest, _MINUTE)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s"


def roughly(span: timedelta) -> str:
    """A span of time by its largest unit, for tables."""
    seconds = max(span.total_seconds(), 0.0)
    units = (("d", 24 * _HOUR), ("h", _HOUR), ("min", _MINUTE), ("s", 1))
    return next(f"{seconds // size:.0f} {unit}" for unit, size in units if seconds >= size or size == 1)
