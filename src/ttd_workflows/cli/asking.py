"""Asking before something is done that cannot be undone."""

from __future__ import annotations

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
    if not click.confirm(question, err=True):
        raise Trouble("Nothing was done.", "The answer was no.", "Run it again if you change your mind.")
