"""Looking for a token wherever somebody, or something, might read it."""

from __future__ import annotations

import logging
import pickle
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

from support.calls import TOKEN

LOGGERS = ("", "ttd_workflows", "httpcore2", "httpcore", "httpx", "httpx2", "h11", "asyncio")
_OPAQUE = (ModuleType, type, FunctionType, BuiltinFunctionType, MethodType)


def holds(text: object) -> bool:
    """Whether the token stands in a text or in bytes."""
    if isinstance(text, (bytes, bytearray)):
        return TOKEN.encode() in bytes(text)
    return isinstance(text, str) and TOKEN in str.__str__(text)


def places(start: Any) -> list[str]:
    """Where the token is, following attributes, slots and containers from ``start`` on."""
    return list(_walk(start, type(start).__name__, set()))


def _walk(value: Any, path: str, seen: set[int]) -> Iterator[str]:
    if id(value) in seen or isinstance(value, _OPAQUE):
        return
    seen.add(id(value))
    if holds(value):
        yield path
    with suppress(Exception):
        if holds(repr(value)) or holds(str(value)):
            yield f"repr({path})"
    if isinstance(value, (str, bytes, int, float)):
        return
    if isinstance(value, Mapping):
        for key, item in list(value.items()):
            yield from _walk(key, f"{path} key", seen)
            yield from _walk(item, f"{path}[{key!r}]", seen)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for index, item in enumerate(value):
            yield from _walk(item, f"{path}[{index}]", seen)
    names = {slot for kind in type(value).__mro__ for slot in getattr(kind, "__slots__", ())}
    for name in names | set(getattr(value, "__dict__", {})):
        with suppress(AttributeError):
            yield from _walk(getattr(value, name), f"{path}.{name}", seen)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and all behind it, shown by a traceback or not."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        if (one := waiting.pop()) is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]


def places_of_error(error: BaseException) -> list[str]:
    """Where the token is in an error: its texts, attributes, pickle, and tracebacks with captured locals."""
    found = []
    for one in chain(error):
        found += places(one)
        told = traceback.TracebackException.from_exception(one, capture_locals=True)
        found += [line for line in "".join(told.format(chain=False)).splitlines() if holds(line)]
        with suppress(TypeError, AttributeError):
            if holds(pickle.dumps(one)):
                found.append(f"pickle of {type(one).__name__}")
    return found


class _Keeper(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name} {record.levelname}: {record.getMessage()}")
        if record.exc_info:
            self.lines.append("".join(traceback.format_exception(*record.exc_info)))


@contextmanager
def everything_logged() -> Iterator[list[str]]:
    """The lines of every logger at DEBUG."""
    keeper, before = _Keeper(), {name: logging.getLogger(name).level for name in LOGGERS}
    logging.getLogger().addHandler(keeper)
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.DEBUG)
    try:
        yield keeper.lines
    finally:
        logging.getLogger().removeHandler(keeper)
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
