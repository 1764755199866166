"""What a check found: well, doubtful or wrong, and what to do about it."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """How serious a finding is. Only a problem makes the exit code 1."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


class Finding(NamedTuple):
    """One line of the doctor's report."""

    check: str
    """What was looked at."""
    state: State
    found: str
    advice: str = ""
    """What to do, where something is to be done."""


def ok(check: str, found: str) -> Finding:
    """All is well."""
    return Finding(check, State.OK, found)


def warning(check: str, found: str, advice: str) -> Finding:
    """It may be meant that way, or go wrong later."""
    return Finding(check, State.WARNING, found, advice)


def problem(check: str, found: str, advice: str) -> Finding:
    """Something does not work, or will not."""
    return Finding(check, State.PROBLEM, found, advice)
