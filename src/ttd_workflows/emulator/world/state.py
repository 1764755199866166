"""The state file: a world that outlives its process. A change is in the file before anybody is told of it.

It is an SQLite database in write-ahead mode, held by one emulator alone. Each commit is one transaction, so that a
killed process leaves whole changes only. What was committed survives the death of the process at any instant; after a
loss of power the file is whole, but may lack the last moments: to wait for the disk would make each job much dearer.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

from ttd_workflows.emulator.problems import NotKept
from ttd_workflows.emulator.world.world import ENTITIES, TABLES, Change, World, key_of, thing_of

_OURS = 0x74746477
_VERSION = 1
_SCHEMA = """
CREATE TABLE said (name TEXT PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE things (place INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, data TEXT NOT NULL,
                     UNIQUE (kind, key));
CREATE TABLE past (changes INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, before TEXT);
"""
_PUT = """INSERT INTO things (kind, key, data) VALUES (?, ?, ?)
          ON CONFLICT (kind, key) DO UPDATE SET data = excluded.data"""
_REMOVE = "DELETE FROM things WHERE kind = ? AND key = ?"
_SAY = "INSERT OR REPLACE INTO said VALUES (?, ?)"
_PLAIN = [field.name for field in fields(World) if field.name not in TABLES]


class StateError(OSError):
    """The state file cannot be used; the message says why and what to do."""


class StateFile:
    """One emulator's file, from :meth:`open` to :meth:`close`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: sqlite3.Connection | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is held."""
        return self._file is not None

    def open(self) -> None:
        """Take the file, which is made if it is not there. Raises :class:`StateError`."""
        try:
            # Threads are those of the emulator: first that which makes it, then that of its loop.
            file = sqlite3.connect(self.path, timeout=0, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise self._unusable(error) from None
        try:
            file.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._check(file)
            file.execute("PRAGMA journal_mode = WAL")
            file.execute("PRAGMA synchronous = NORMAL")
            if _pragma(file, "application_id") == 0:
                file.executescript(f"BEGIN EXCLUSIVE; {_SCHEMA} PRAGMA application_id = {_OURS}; COMMIT;")
            file.execute(f"PRAGMA user_version = {_VERSION}")  # a write: from here on nobody else can have it
        except sqlite3.Error as error:
            file.close()
            raise self._unusable(error) from None
        except StateError:
            file.close()
            raise
        self._file = file

    def close(self) -> None:
        """Let the file go."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def read(self) -> tuple[World, dict[str, Any]] | None:
        """The world that is in the file, and how its clock went; ``None``: there is none yet."""
        file = self._held
        said = {name: json.loads(data) for name, data in file.execute("SELECT name, data FROM said")}
        if not said:
            return None
        tables: dict[str, dict[Any, Any]] = {name: {} for name in TABLES}
        for kind, key, data in file.execute("SELECT kind, key, data FROM things ORDER BY place"):
            tables[kind][key_of(kind, key)] = thing_of(kind, json.loads(data))
        members: dict[str, Any] = {name: said[name] for name in _PLAIN} | tables
        world = World(**members)
        past = file.execute("SELECT changes, kind, key, before FROM past ORDER BY rowid")
        world.recall(
            (n, Change(kind, key, before and thing_of(kind, json.loads(before)))) for n, kind, key, before in past
        )
        return world, said["clock"]

    def begin(self, world: World, clock: dict[str, Any]) -> None:
        """Write a world in place of what is there. Raises :class:`NotKept`."""
        with self._one_change() as file:
            for emptied in ("DELETE FROM said", "DELETE FROM things", "DELETE FROM past"):
                file.execute(emptied)
            file.executemany(_SAY, [(name, _text(getattr(world, name))) for name in _PLAIN])
            file.execute(_SAY, ("clock", _text(clock)))
            for kind in TABLES:
                rows = ((kind, str(key), _text(thing)) for key, thing in getattr(world, kind).items())
                file.executemany(_PUT, rows)

    def write(self, world: World, changes: Iterable[Change]) -> None:
        """Write what changed, all of it or nothing. Raises :class:`NotKept`."""
        with self._one_change() as file:
            for kind, key in dict.fromkeys((change.table, change.key) for change in changes):
                thing = getattr(world, kind).get(key)
                if thing is None:
                    file.execute(_REMOVE, (kind, str(key)))
                else:
                    file.execute(_PUT, (kind, str(key), _text(thing)))
            past = [change for change in changes if change.table in ENTITIES]
            if past:
                file.execute(_SAY, ("changes", str(world.changes)))
                befores = (None if before is None else _text(before) for _, _, before in past)
                rows = ((world.changes, kind, key, text) for (kind, key, _), text in zip(past, befores, strict=True))
                file.executemany("INSERT INTO past VALUES (?, ?, ?, ?)", rows)

    def write_clock(self, clock: dict[str, Any]) -> None:
        """Write how the clock goes."""
        with self._one_change() as file:
            file.execute(_SAY, ("clock", _text(clock)))

    def forget(self, before: int) -> None:
        """Nobody will ask for the world as it was before so many changes."""
        with self._one_change() as file:
            file.execute("DELETE FROM past WHERE changes <= ?", (before,))

    @property
    def _held(self) -> sqlite3.Connection:
        assert self._file is not None
        return self._file

    @contextmanager
    def _one_change(self) -> Iterator[sqlite3.Connection]:
        file = self._held
        try:
            file.execute("BEGIN")
            yield file
            file.execute("COMMIT")
        except sqlite3.Error as error:
            if file.in_transaction:
                file.execute("ROLLBACK")
            message = f"The state file {self.path} cannot be written: {error}. Nothing was done."
            raise NotKept(message) from error

    def _check(self, file: sqlite3.Connection) -> None:
        """Refuse a database that is another program's, or a later version's."""
        owner, version = _pragma(file, "application_id"), _pragma(file, "user_version")
        is_new = owner == 0 and not file.execute("SELECT 1 FROM sqlite_schema").fetchone()
        if owner != _OURS and not is_new:
            raise StateError(f"{self.path} is another program's database: choose another file for the state")
        if version > _VERSION:
            raise StateError(f"{self.path} was written by a later version of the emulator: update, or choose another")

    def _unusable(self, error: sqlite3.Error) -> StateError:
        if "locked" in str(error):
            return StateError(f"{self.path} is in use by another emulator: stop it, or choose another file")
        if "not a database" in str(error):
            return StateError(f"{self.path} is no state of an emulator: choose another file")
        return StateError(f"{self.path} cannot hold the state: {error}; a file in a directory you may write to can")


def _pragma(file: sqlite3.Connection, name: str) -> int:
    found: int = file.execute(f"PRAGMA {name}").fetchone()[0]
    return found


def _members(thing: Any) -> dict[str, Any]:
    kind: Any = type(thing)
    return {name: getattr(thing, name) for name in _names(kind)}


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


_text = json.JSONEncoder(default=_members, separators=(",", ":")).encode
