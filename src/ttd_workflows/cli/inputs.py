"""What commands are given to read: a file, ``-`` for stdin, JSON; and what to do when it cannot be read."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from ttd_workflows.cli import exits
from ttd_workflows.cli.failures import Trouble

STDIN = "-"


def read_text(place: str) -> str:
    """The text in a file, or on stdin. A byte order mark is no part of it."""
    try:
        data = sys.stdin.buffer.read() if place == STDIN else Path(place).read_bytes()
    except (OSError, ValueError) as error:
        raise _unread(
            place, getattr(error, "strerror", None) or str(error), "Correct the name; - reads stdin."
        ) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        why = f"Byte {error.start:,} is no UTF-8."
        raise _unread(place, why, "Save it as UTF-8 and run the command again.") from None


def read_json(place: str) -> Any:
    """The JSON document in a file, or on stdin."""
    return parse_json(read_text(place), _named(place))


def parse_json(text: str, name: str) -> Any:
    """The document that a text is. ``name`` says where it came from."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        why = f"Line {error.lineno}, column {error.colno}: {error.msg}." if text.strip() else "It is empty."
    except (ValueError, RecursionError) as error:
        why = f"{error}."
    raise Trouble(f"{name} is not JSON; nothing was sent.", why, "Correct it and run the command again.", exits.USAGE)


def value_or_file(given: str | None) -> str | None:
    """A value as it was typed; one that begins with ``@`` names the file, or stdin as ``@-``, that it is in."""
    return read_text(given[1:]) if given is not None and given.startswith("@") else given


def _named(place: str) -> str:
    return "stdin" if place == STDIN else place


def _unread(place: str, why: str, next_step: str) -> Trouble:
    return Trouble(f"{_named(place)} cannot be read; nothing was sent.", why, next_step, exits.USAGE)


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")
