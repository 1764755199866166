"""Spans of time as they are typed: ``90``, ``90s``, ``30m``, ``2h``, ``7d``, ``1h30m``."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import click

_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_SPAN = re.compile("".join(rf"(?:(?P<{name}>\d+(?:\.\d+)?){letter})?" for letter, name in _UNITS.items()))
_SECONDS = re.compile(r"\d+(?:\.\d+)?")


class Duration(timedelta):
    """A span of time that knows how it was typed."""

    typed: str

    def __str__(self) -> str:
        return self.typed


class DurationType(click.ParamType[Duration]):
    """Reads a span of time; a bare number is seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Duration:
        """The span that ``value`` spells."""
        text = str(value)
        if _SECONDS.fullmatch(text):
            text += "s"
        found = _SPAN.fullmatch(text)
        if not text or found is None:
            self.fail(f"{value!r} is no span of time; write 90 (seconds), 30m, 2h, 7d or 1h30m.", param, ctx)
        try:
            span = Duration(**{name: float(number) for name, number in found.groupdict("0").items()})
        except OverflowError:
            self.fail(f"{value!r} is longer than a calendar can say.", param, ctx)
        span.typed = str(value)
        return span
