"""Asking before something is done that cannot be undone."""

from __future__ import annotations

import sys

import click

from ttd_workflows.cli import exits, voice
from ttd_workflows.cli.failures import Trouble

yes_option = click.option("--yes", is_flag=True, help="Do not ask.")
"""The answer, given beforehand; without a terminal there is nobody else to give it."""


def confirm(question: str, *, yes: bool) -> None:
    """Go on only if somebody says so, now or beforehand."""
    if yes:
        return
    if not voice.can_ask():
        raise Trouble(
            "Nothing was done, as there is no terminal to ask at.",
            question,
            "If that is what you want, run it again with --yes.",
            exits.USAGE,
        )
    # Not click.confirm: it makes the same error of Ctrl-C and of the end of input.
    click.echo(f"{question} [y/N] ", err=True, nl=False)
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise Trouble("Nothing was done.", "The answer was no.", "Run it again if you change your mind.")
