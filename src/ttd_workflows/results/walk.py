"""Finding the rows in a document: down to the array that holds them, and afterwards on to the document's end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ttd_workflows.errors import Fault, InputError
from ttd_workflows.results import tokens
from ttd_workflows.results.errors import DamagedResult, NoData, UnknownResultShape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ttd_workflows.results.window import Window

    Keys = tuple[str, ...]

_DEEPEST_CONNECTION = 16
_SHOWN = 12


class Walk:
    """One way through a document. ``enter`` stops within the array of rows, ``leave`` reads what comes after it."""

    def __init__(self, window: Window, path: str | Sequence[str] | None) -> None:
        self.found: Keys | None = None
        """The keys that lead to the rows, once they are found."""
        self.errors: list[Any] = []
        self._window = window
        self._asked = path
        self._wanted = _spellings(path)
        self._trail: list[str] = []
        self._fresh = True
        self._seen: list[str] = []
        self._null = False

    def enter(self) -> bool:
        """Go to the rows; false if the connection is null, which is as good as no rows."""
        if tokens.take(self._window, b"{[") == b"[":
            if self._wanted and () not in self._wanted:
                raise self._not_found("it is an array at the top, which has no keys")
            self.found = ()
            return True
        self._open: int = 1
        if self._search():
            return True
        self._end()
        if self.errors:
            raise NoData.because(tuple(self.errors))
        if not self._null:
            raise self._not_found("its keys are " + (", ".join(self._seen) or "none"))
        return False

    def leave(self) -> None:
        """Read the rest, for the errors that stand there, and refuse rows that nobody would have seen."""
        rows = self.found
        while self.found and self._search():
            if tokens.peek(self._window) == b"]":
                tokens.take(self._window, b"]")
                continue
            raise self._more_rows(rows or ())
        self.found = rows
        self._end()

    def _end(self) -> None:
        if tokens.peek(self._window):
            raise DamagedResult.at(self._window.place, "the document is complete before this, and more follows")

    def _search(self) -> bool:
        """Read members until an array of rows opens (true) or the document ends (false)."""
        while self._open:
            key = self._next_key()
            if key is None:
                self._open -= 1
                if self._trail:
                    self._trail.pop()
                continue
            here = (*self._trail, key)
            kind = tokens.peek(self._window)
            if here == ("errors",):
                self._take_errors()
            elif kind == b"[" and self._is_wanted(here):
                tokens.take(self._window, b"[")
                self.found = here
                return True
            elif kind == b"{" and self._leads(here):
                tokens.take(self._window, b"{")
                self._note(here)
                self._trail.append(key)
                self._open += 1
                self._fresh = True
            else:
                self._note(here)
                self._null = self._null or (kind == b"n" and (self._leads(here) or self._is_wanted(here)))
                tokens.pass_over(self._window)
        return False

    def _next_key(self) -> str | None:
        """The next member's key, the colon consumed as well; ``None`` where the object closes."""
        if (tokens.peek(self._window) == b"}" or not self._fresh) and tokens.take(self._window, b",}") == b"}":
            self._fresh = False
            return None
        self._fresh = False
        key = tokens.string(self._window)
        tokens.take(self._window, b":")
        return key

    def _take_errors(self) -> None:
        errors = tokens.value(self._window)
        if errors is not None:
            self.errors.extend(errors if isinstance(errors, list) else [errors])

    def _is_wanted(self, here: Keys) -> bool:
        if not self._wanted:
            return here[0] == "data" and here[-1] == "nodes"
        return here in self._wanted

    def _leads(self, here: Keys) -> bool:
        if not self._wanted:
            return here[0] == "data" and len(here) < _DEEPEST_CONNECTION
        return any(path[: len(here)] == here for path in self._wanted)

    def _note(self, here: Keys) -> None:
        if len(self._seen) < _SHOWN:
            self._seen.append(".".join(here))

    def _not_found(self, instead: str) -> UnknownResultShape:
        asked = f"no array at {_shown(self._asked)}" if self._wanted else "no array of nodes under data"
        return UnknownResultShape(
            f"The result is whole, but it has {asked}: {instead}. No row was read. "
            "Name the keys that lead to the rows, aliases as they stand in the result: path='data.partner.mine.nodes'."
        )

    def _more_rows(self, rows: Keys) -> UnknownResultShape:
        first, second = ".".join(rows), ".".join(self.found or ())
        if first == second:
            return UnknownResultShape(
                f"The result has {first} twice. The rows of the first were delivered, those of the second were not. "
                "A document with a key twice has no agreed meaning; save it and look at it."
            )
        return UnknownResultShape(
            f"The result has rows in more than one place. Those of {first} were delivered, those of {second} were "
            f"not. Read each by name: path={first!r}, then path={second!r}."
        )


def _spellings(path: str | Sequence[str] | None) -> set[Keys]:
    """Every path that is meant: ``data`` and ``nodes`` may be left out."""
    if path is None:
        return set()
    keys = tuple(path.split(".")) if isinstance(path, str) and path else tuple(path)
    if not all(isinstance(key, str) and key for key in keys):
        raise InputError.of("path", [Fault("", f"{path!r} is not a list of keys, such as 'data.partner.nodes'")])
    whole = {keys, ("data", *keys)} if keys else {keys}
    return whole | {(*each, "nodes") for each in whole if each}


def _shown(path: str | Sequence[str] | None) -> str:
    return path if isinstance(path, str) else ".".join(path or ())
