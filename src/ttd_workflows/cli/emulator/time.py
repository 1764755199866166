"""``ttdw emulator clock``: the emulator's time, told and moved."""

from __future__ import annotations

import re
from typing import Any

import click

from ttd_workflows.cli import exits
from ttd_workflows.cli.commands import command
from ttd_workflows.cli.emulator.asking import ask, url_option
from ttd_workflows.cli.output import json_option, print_document

EPILOG = """\b
Examples:
  ttdw emulator clock
  ttdw emulator clock --advance 1h30m
  ttdw emulator clock --freeze
  ttdw emulator clock --resume --speed 60
"""
_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1, "": 1}
_PART = re.compile(r"(\d+(?:\.\d+)?)([dhms]?)")


class Span(click.ParamType[float]):
    """Seconds, or a span of time such as 90s, 15m, 1h30m, 2d."""

    name = "SPAN"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The span in seconds."""
        if isinstance(value, float):
            return value
        parts = _PART.findall(value)
        if not parts or "".join(number + unit for number, unit in parts) != value:
            self.fail(f"{value!r} is no span of time: 90s, 15m, 1h30m, 2d, or seconds", param, ctx)
        return float(sum(float(number) * _UNITS[unit] for number, unit in parts))


@command(epilog=EPILOG)
@click.option("--advance", type=Span(), metavar="SPAN", help="Move it forward: 90s, 15m, 1h30m, 2d.")
@click.option("--freeze/--resume", default=None, help="Stop it, or let it go on.")
@click.option("--speed", type=float, metavar="F", help="How many of its seconds pass in one.")
@json_option
@url_option
def clock(advance: float | None, speed: float | None, *, freeze: bool | None, as_json: bool) -> int:
    """Tell the emulator's time, or move it; what is due by then happens before this command ends."""
    moves = {"advance": advance, "freeze": freeze, "speed": speed}
    moves = {name: value for name, value in moves.items() if value is not None}
    told = ask("POST", "clock", moves) if moves else ask("GET", "clock")
    if as_json:
        print_document(told)
        return exits.SUCCESS
    pace = "it stands still" if told["frozen"] else f"speed {told['speed']:g}"
    click.echo(f"{told['now']}, {told['ahead']:g} s ahead of this machine, {pace}")
    return exits.SUCCESS
