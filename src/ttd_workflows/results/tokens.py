"""Reading a document around its rows token by token: keys, small values, and values that are passed over unseen."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NoReturn

from ttd_workflows.results.errors import DamagedResult

if TYPE_CHECKING:
    from ttd_workflows.results.window import Window

DEEPEST = 500
"""Levels of nesting in what is passed over."""
_SPACE = re.compile(rb"[ \t\n\r]*+")
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_STRING_REST = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_BRACKET = re.compile(rb'[^"\[\]{}]*+(?:("[^"\\]*+(?:\\.[^"\\]*+)*+")|(["\[\]{}]))', re.DOTALL)
_SCALAR = re.compile(rb"[^ \t\n\r,\]}\[{\":]*+")
_PAIRS = {b"}": b"{", b"]": b"["}


def peek(window: Window) -> bytes:
    """The next byte that is not white space; empty at the end of the document."""
    while True:
        match = _SPACE.match(window.data, window.pos)
        window.pos = match.end() if match else window.pos
        if window.pos < len(window.data):
            return window.data[window.pos : window.pos + 1]
        if not window.read():
            return b""


def take(window: Window, wanted: bytes) -> bytes:
    """Consume one of the bytes in ``wanted`` and say which."""
    found = peek(window)
    if not found or found not in wanted:
        refuse(window, f"{_listed(wanted)} is missing")
    window.pos += 1
    return found


def string(window: Window) -> str:
    """Consume a string."""
    if peek(window) != b'"':
        refuse(window, "a key in quotes is missing")
    while not (match := _STRING.match(window.data, window.pos)):
        if not window.read_on():
            cut(window)
    text: str = _loaded(window, match.group())
    window.pos = match.end()
    return text


def value(window: Window) -> Any:
    """Consume a value and decode it; it has to fit into the window."""
    peek(window)
    begin = window.place
    kept: list[bytes] = []
    pass_over(window, kept)
    try:
        return json.loads(b"".join(kept))
    except (ValueError, RecursionError) as error:
        raise DamagedResult.at(begin, f"this is not JSON ({error})") from None


def pass_over(window: Window, kept: list[bytes] | None = None) -> None:
    """Consume a value without decoding it, however long it is; its bytes are added to ``kept``."""
    first = peek(window)
    if first == b'"':
        window.pos += 1
        _keep(kept, first)
        _finish_string(window, kept)
    elif first in (b"{", b"["):
        _pass_over_container(window, kept)
    else:
        _pass_over_scalar(window, kept)


def _pass_over_container(window: Window, kept: list[bytes] | None) -> None:
    opened: list[bytes] = []
    while True:
        match = _BRACKET.match(window.data, window.pos)
        if not match:
            _keep(kept, window.data[window.pos :])
            window.pos = len(window.data)
            if not window.read():
                cut(window)
            continue
        _keep(kept, match.group())
        window.pos = match.end()
        mark = match.group(2)
        if mark == b'"':
            _finish_string(window, kept)
        elif mark in (b"{", b"["):
            opened.append(mark)
            if len(opened) > DEEPEST:
                refuse(window, f"it is nested more than {DEEPEST} levels deep")
        elif mark:
            if opened.pop() != _PAIRS[mark]:
                refuse(window, f"{mark.decode()} closes what was not opened with it")
            if not opened:
                return


def _finish_string(window: Window, kept: list[bytes] | None) -> None:
    """Consume the rest of a string, its closing quote included."""
    while True:
        match = _STRING_REST.match(window.data, window.pos)
        end = match.end() if match else window.pos
        if window.data[end : end + 1] == b'"':
            _keep(kept, window.data[window.pos : end + 1])
            window.pos = end + 1
            return
        _keep(kept, window.data[window.pos : end])  # what is left is nothing, or a backslash without its partner
        window.pos = end
        if not window.read():
            cut(window)


def _pass_over_scalar(window: Window, kept: list[bytes] | None) -> None:
    while (match := _SCALAR.match(window.data, window.pos)) and match.end() == len(window.data):
        if not window.read_on():
            break
    text = match.group() if match else b""
    if not text and not peek(window):
        cut(window)
    _loaded(window, text)
    _keep(kept, text)
    window.pos += len(text)


def _loaded(window: Window, text: bytes) -> Any:
    try:
        return json.loads(text, parse_constant=no_constant)
    except ValueError as error:
        refuse(window, f"this is not JSON ({error})")


def no_constant(name: str) -> NoReturn:
    """Refuse what Python's decoder allows and JSON does not have."""
    raise ValueError(f"{name} is not JSON")


def _keep(kept: list[bytes] | None, piece: bytes) -> None:
    if kept is not None:
        kept.append(piece)


def _listed(wanted: bytes) -> str:
    return " or ".join(repr(chr(byte)) for byte in wanted)


def refuse(window: Window, what: str) -> NoReturn:
    """Say that the document is not JSON here, or that it ends here."""
    if peek(window):
        raise DamagedResult.at(window.place, what)
    cut(window)


def cut(window: Window, row: int | None = None) -> NoReturn:
    """Say that the document ends where it should go on."""
    end = window.place + len(window.data) - window.pos
    raise DamagedResult.at(end, "it ends here, before it is complete", row=row)
