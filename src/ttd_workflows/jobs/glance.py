"""The ledger read and never written: what others record is looked at without a lock, a migration or a file of ours."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, contextmanager
from dataclasses import fields
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from ttd_workflows.errors import LedgerError
from ttd_workflows.jobs.ledger import ELSEWHERE_SECONDS, MIGRATIONS, Entry
from ttd_workflows.jobs.owners import Owner, is_there

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE = 2.0
"""Seconds; whoever looks can look again."""
_COLUMNS = ", ".join(field.name for field in fields(Entry))


class Health(NamedTuple):
    """What a look at the file itself tells."""

    form: int
    """The version of its tables; ``len(MIGRATIONS)`` is this library's."""
    damage: str | None
    """What SQLite finds wrong with it."""
    submissions: int
    unknown: int
    bytes: int


def entries(path: Path, *, newest: int | None = None) -> list[Entry]:
    """The submissions, those of unknown outcome first, then the newest first; none where there is no file yet.

    One that was on the wire when its sender died is given as unknown, as whoever writes next will record it.
    Raises :class:`LedgerError`.
    """
    limit = -1 if newest is None else newest
    with _open(path) as db:
        if db is None or _form(db) == 0:
            return []
        rows = db.execute(f"SELECT {_COLUMNS} FROM submissions ORDER BY id DESC LIMIT ?", (limit,)).fetchall()  # noqa: S608 - our own names
    found = [_as_it_stands(path, Entry(*row)) for row in rows]
    return sorted(found, key=lambda entry: entry.state != "unknown")


def health(path: Path) -> Health | None:
    """Whether the file is sound, ``None`` where there is none yet. Raises :class:`LedgerError`."""
    with _open(path) as db:
        if db is None:
            return None
        form = _form(db)
        damage = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
        count = "SELECT count(*) FROM submissions"
        submissions = db.execute(count).fetchone()[0] if form else 0
    unknown = sum(entry.state == "unknown" for entry in entries(path))
    return Health(form, None if damage == "ok" else damage, submissions, unknown, path.stat().st_size)


def _as_it_stands(path: Path, entry: Entry) -> Entry:
    if entry.state != "wire":
        return entry
    lives = is_there(path.parent, Owner.parse(entry.owner))
    if lives is None:
        lives = entry.created_at + ELSEWHERE_SECONDS > time.time()
    if lives:
        return entry
    members = {field.name: getattr(entry, field.name) for field in fields(Entry)}
    return Entry(**{**members, "state": "unknown"})


@contextmanager
def _open(path: Path) -> Iterator[sqlite3.Connection | None]:
    """The file, opened so that it cannot be written; ``None`` where there is none."""
    if not path.exists():
        yield None
        return
    try:
        address = f"file:{quote(str(path))}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=PATIENCE, isolation_level=None)) as db:
            if _form(db) > len(MIGRATIONS):
                raise sqlite3.DatabaseError("it was written by a later version of this library")
            yield db
    except (sqlite3.Error, OSError) as error:
        raise LedgerError(f"the ledger {path} cannot be read: {error}") from error


def _form(db: sqlite3.Connection) -> int:
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    return version
