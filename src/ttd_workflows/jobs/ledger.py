"""The durable record of submissions, in one SQLite file. A record, not a scheduler.

The states of a submission::

    intent ──► wire ──► accepted          the service took it on: the job's id is here
      │         ├─────► refused           it said no; the key is free again
      │         └─────► unknown           sent, and no answer that settles it; the caller decides
      └───────────────► unsent            it surely never left; the key is free again

``intent`` is committed before the request, ``wire`` before its first byte. What a crash leaves behind is read from
that: an ``intent`` without an owner was never sent, a ``wire`` without an owner is unknown. Both rows are on the disk
before the next step begins (``synchronous=FULL``).
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import weakref
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from enum import Enum
from itertools import chain, count, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ttd_workflows.core.places import user_folder
from ttd_workflows.errors import LedgerError, NotReady
from ttd_workflows.jobs.differences import key_reused
from ttd_workflows.jobs.owners import Owner, Owners
from ttd_workflows.jobs.reference import PART
from ttd_workflows.types import Unset

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WAIT_FOR_LOCK = 30.0
"""Seconds that one process waits for another that is writing."""

_FIRST_FORM = """
CREATE TABLE submissions (
    id            INTEGER PRIMARY KEY,
    server        TEXT NOT NULL,
    scope         TEXT NOT NULL,
    key           TEXT,
    attempt       INTEGER NOT NULL,
    operation     TEXT NOT NULL,
    edition       TEXT NOT NULL,
    body          TEXT NOT NULL,
    body_hash     TEXT NOT NULL,
    labels        TEXT NOT NULL,
    state         TEXT NOT NULL,
    owner         TEXT NOT NULL,
    job           TEXT,
    outcome       TEXT,
    created_at    REAL NOT NULL,
    sent_at       REAL,
    settled_at    REAL,
    job_state     TEXT,
    job_percent   REAL,
    completed_at  REAL,
    observed_at   REAL
);
CREATE UNIQUE INDEX one_live_submission_per_key ON submissions (server, scope, key, attempt)
    WHERE key IS NOT NULL AND state NOT IN ('refused', 'unsent');
CREATE INDEX by_job ON submissions (server, job)
"""
MIGRATIONS = (_FIRST_FORM,)
"""Each brings the file from the form before it to the next; ``user_version`` counts them."""

OBSERVATION_PATIENCE = 1.0
"""Seconds; nobody's wait is to be held up by a record that the next question renews."""
ELSEWHERE_SECONDS = 900.0
"""A submission that another machine is working on is given up after this long; no attempt lasts longer."""
RELEASED = frozenset({"refused", "unsent"})
UNSETTLED = frozenset({"intent", "wire"})
ITS_SENDER_DIED = "the process that sent it ended before an answer came"
NEVER_SENT = "the process that was to send it ended before it did"
_LEFT_TO_THE_PARENT: list[sqlite3.Connection] = []
_OPENING = threading.Lock()


@dataclass(frozen=True, slots=True)
class Claim:
    """What identifies a submission and what it wants."""

    server: str
    scope: str
    key: str | None
    operation: str
    edition: str
    body: str
    body_hash: str
    labels: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A submission as recorded."""

    id: int
    server: str
    scope: str
    key: str | None
    attempt: int
    operation: str
    edition: str
    body: str
    body_hash: str
    labels: str
    state: str
    owner: str
    job: str | None
    outcome: str | None
    created_at: float
    sent_at: float | None
    settled_at: float | None
    job_state: str | None
    job_percent: float | None
    completed_at: float | None
    observed_at: float | None

    @property
    def name(self) -> str:
        """How messages call it."""
        return f"the submission with the key {self.key!r}" if self.key else f"submission {self.id}"

    @property
    def is_settled(self) -> bool:
        """Whether nobody is at work on it any more."""
        return self.state not in UNSETTLED

    def in_hand(self, certain: str) -> NotReady:
        """The error for one that is not settled; ``certain`` is what it may say of what was wanted."""
        return NotReady(f"{self.name} is being sent by another thread or process; {certain}")


class Standing(Enum):
    """What a caller may do about its claim."""

    MINE = "mine"
    """Send it: no one else does."""
    TAKEN_ON = "taken on"
    """A job exists; nothing is to be sent."""
    BUSY = "busy"
    """Another thread or process is sending it."""
    UNKNOWN = "unknown"
    """It was sent and never settled: only the caller's word sends it again."""


class Ledger:
    """Reads and writes the record. Threads and processes may share it; every method is one transaction."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._owners = Owners(path.parent)
        self._guard = threading.RLock()
        self._connection: tuple[int, sqlite3.Connection] | None = None
        self._in_flight: set[int] = set()
        weakref.finalize(self, self._owners.leave)

    def claim(self, claim: Claim) -> tuple[Standing, Entry]:
        """Record the wish to submit, or find what became of it. Raises :class:`KeyReused` for another body."""
        with self._transaction("Nothing was sent.") as db:
            last = self._last_attempt(db, claim)
            if last is not None and last.state == "intent" and not self._is_worked_on(last):
                last = self._bury(db, last)
            if last is None or last.state in RELEASED:
                entry = self._insert(db, claim, attempt=last.attempt + 1 if last else 1)
                return Standing.MINE, self._take(entry)
            if (last.operation, last.body_hash) != (claim.operation, claim.body_hash):
                raise key_reused(last, claim)
            return self._stand(db, last)

    def claim_again(self, entry: Entry, claim: Claim) -> tuple[Standing, Entry]:
        """Record a further attempt under the same key, on the caller's word, unless somebody else already has."""
        with self._transaction("Nothing was sent.") as db:
            last = self._last_attempt(db, claim)
            if last is not None and last.attempt > entry.attempt and last.state not in RELEASED:
                return self._stand(db, last)
            db.execute("UPDATE submissions SET state = 'given up' WHERE id = ? AND state = 'unknown'", (entry.id,))
            attempt = max(entry.attempt, last.attempt if last else 0) + 1
            return Standing.MINE, self._take(self._insert(db, claim, attempt=attempt))

    def on_wire(self, entry: Entry) -> None:
        """The first byte is about to leave."""
        self._update(entry, "Nothing was sent.", state="wire", sent_at=time.time())

    def off_wire(self, entry: Entry) -> None:
        """The service declined without acting (429): the submission is as if it had not been sent."""
        self._update(entry, state="intent", sent_at=None)

    def accepted(self, entry: Entry, job: str | None) -> None:
        """The service took it on; ``job`` is its reference, ``None`` where it acted at once and started none."""
        self._settle(entry, state="accepted", job=job, job_state=None if job else "Success")

    def settled(self, entry: Entry, state: str, outcome: str) -> None:
        """It came to nothing (``refused`` or ``unsent``: the key is free again), or to what is not known."""
        self._settle(entry, state=state, outcome=outcome)

    def abandon(self, entry: Entry) -> None:
        """This process no longer works on it; the row says what is certain."""
        with self._guard:
            self._in_flight.discard(entry.id)

    def observed(self, server: str, job: str, state: str, percent: float | None, completed_at: float | None) -> None:
        """A job's state as it was last seen."""
        with self._transaction(patience=OBSERVATION_PATIENCE) as db:
            db.execute(
                "UPDATE submissions SET job_state = ?, job_percent = ?, completed_at = ?, observed_at = ?"
                " WHERE server = ? AND job = ?",
                (state, percent, completed_at, time.time(), server, job),
            )

    def of_job(self, server: str, job: str) -> Entry | None:
        """The submission that a job came from."""
        with self._transaction() as db:
            row = db.execute(
                "SELECT * FROM submissions WHERE server = ? AND job = ? ORDER BY id DESC", (server, job)
            ).fetchone()
            return _entry(row) if row else None

    def under(self, server: str, scope: str, key: str) -> list[Entry]:
        """The latest attempt under a key, and under each key that the parts of a split submission have from it."""
        derived = f"{key}{PART}"
        with self._transaction() as db:
            self._find_the_dead(db)
            rows = db.execute(
                "SELECT * FROM submissions WHERE server = ? AND scope = ? AND (key = ? OR substr(key, 1, ?) = ?)"
                " ORDER BY attempt, id",
                (server, scope, key, len(derived), derived),
            ).fetchall()
        latest = {entry.key: entry for entry in map(_entry, rows)}
        names = takewhile(latest.__contains__, chain([key], (f"{derived}{number}" for number in count(2))))
        return [latest[name] for name in names]

    def forget(self, ids: Iterable[int]) -> int:
        """Delete submissions, all or none, and say how many were there. Raises :class:`NotReady` for one in hand."""
        forgotten = 0
        with self._transaction("Nothing was forgotten.") as db:
            self._find_the_dead(db)
            for number in ids:
                row = db.execute("DELETE FROM submissions WHERE id = ? RETURNING *", (number,)).fetchone()
                if row is not None and not _entry(row).is_settled:
                    raise _entry(row).in_hand("nothing was forgotten")
                forgotten += row is not None
        return forgotten

    def entries(self) -> list[Entry]:
        """Every submission, those of unknown outcome first, then the newest first."""
        with self._transaction() as db:
            self._find_the_dead(db)
            rows = db.execute("SELECT * FROM submissions ORDER BY state = 'unknown' DESC, id DESC").fetchall()
            return [_entry(row) for row in rows]

    def close(self) -> None:
        """Let go of the file; whoever uses the ledger still opens it again."""
        with self._guard:
            if self._connection is not None and self._connection[0] == os.getpid():
                self._connection[1].close()
            self._connection = None
            if not self._in_flight:
                self._owners.leave()

    def forget_parent(self) -> None:
        """In a forked child: locks may be held by threads that are not here."""
        self._guard = threading.RLock()

    def _last_attempt(self, db: sqlite3.Connection, claim: Claim) -> Entry | None:
        if claim.key is None:
            return None
        row = db.execute(
            "SELECT * FROM submissions WHERE server = ? AND scope = ? AND key = ? ORDER BY attempt DESC, id DESC",
            (claim.server, claim.scope, claim.key),
        ).fetchone()
        return _entry(row) if row else None

    def _insert(self, db: sqlite3.Connection, claim: Claim, attempt: int) -> Entry:
        members = {
            **asdict(claim),
            "attempt": attempt,
            "state": "intent",
            "owner": str(self._owners.me()),
            "created_at": time.time(),
        }
        names, marks = ", ".join(members), ", ".join("?" * len(members))
        done = db.execute(f"INSERT INTO submissions ({names}) VALUES ({marks}) RETURNING *", (*members.values(),))  # noqa: S608 - our own names
        return _entry(done.fetchone())

    def _take(self, entry: Entry) -> Entry:
        self._in_flight.add(entry.id)
        return entry

    def _stand(self, db: sqlite3.Connection, entry: Entry) -> tuple[Standing, Entry]:
        """How a caller stands towards a submission that exists already."""
        if entry.state == "accepted":
            return Standing.TAKEN_ON, entry
        if entry.is_settled:
            return Standing.UNKNOWN, entry
        if self._is_worked_on(entry):
            return Standing.BUSY, entry
        return Standing.UNKNOWN, self._bury(db, entry)

    def _bury(self, db: sqlite3.Connection, entry: Entry) -> Entry:
        """Say what is certain of a submission whose sender is gone: it was never sent, or it is unknown."""
        state, outcome = ("unsent", NEVER_SENT) if entry.state == "intent" else ("unknown", ITS_SENDER_DIED)
        settle = "UPDATE submissions SET state = ?, outcome = ? WHERE id = ? RETURNING *"
        return _entry(db.execute(settle, (state, outcome, entry.id)).fetchone())

    def _is_worked_on(self, entry: Entry) -> bool:
        owner = Owner.parse(entry.owner)
        if owner == self._owners.me():
            return entry.id in self._in_flight
        lives = self._owners.lives(owner)
        return entry.created_at + ELSEWHERE_SECONDS > time.time() if lives is None else lives

    def _find_the_dead(self, db: sqlite3.Connection) -> None:
        """Settle what was left by those who sent it, or were to."""
        rows = db.execute("SELECT * FROM submissions WHERE state IN ('intent', 'wire')").fetchall()
        for entry in map(_entry, rows):
            if not self._is_worked_on(entry):
                self._bury(db, entry)

    def _settle(self, entry: Entry, **members: Any) -> None:
        self._update(entry, settled_at=time.time(), **members)

    def _update(self, entry: Entry, certain: str = "", **members: Any) -> None:
        with self._transaction(certain) as db:
            names = ", ".join(f"{name} = ?" for name in members)
            db.execute(f"UPDATE submissions SET {names} WHERE id = ?", (*members.values(), entry.id))  # noqa: S608

    @contextmanager
    def _transaction(self, certain: str = "", *, patience: float = WAIT_FOR_LOCK) -> Iterator[sqlite3.Connection]:
        """One transaction that others see whole or not at all, on the disk when the block ends.

        ``certain`` is what an error may say of the submission; ``patience`` is for another process's lock.
        """
        with self._guard:
            try:
                db = self._connect()
                db.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")
                db.execute("BEGIN IMMEDIATE")
                try:
                    yield db
                except BaseException:
                    with suppress(sqlite3.Error):  # a failed transaction may be over already
                        db.execute("ROLLBACK")
                    raise
                db.execute("COMMIT")
            except (sqlite3.Error, OSError) as error:
                raise _ledger_error(self.path, error, certain) from error

    def _connect(self) -> sqlite3.Connection:
        if self._connection is not None:
            if self._connection[0] == os.getpid():
                return self._connection[1]
            _LEFT_TO_THE_PARENT.append(self._connection[1])  # closing it here would end the parent's locks
            self._in_flight.clear()
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Only made here, never opened besides: closing any descriptor of it would end SQLite's locks in this process.
        with suppress(FileExistsError):
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        db = sqlite3.connect(self.path, timeout=WAIT_FOR_LOCK, isolation_level=None, check_same_thread=False)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        _migrate(db)
        self._connection = (os.getpid(), db)
        return db


def default_path() -> Path:
    """Where the ledger is when no place is given. Raises :class:`LedgerError` where there is no home directory."""
    named = os.environ.get("WORKFLOWS_LEDGER")
    folder = Path() if named else user_folder("state", "let WORKFLOWS_LEDGER name a file", LedgerError)
    return Path(os.path.realpath(named or folder / "ledger.sqlite3"))


def ledger_at(place: str | os.PathLike[str] | Unset | None) -> Ledger | None:
    """The ledger at a place, one for all who use it in this process; the default place's when none is given."""
    if place is None:
        return None
    path = default_path() if isinstance(place, Unset) else Path(os.path.realpath(place))
    with _OPENING:
        ledger = _OPEN.get(path)
        if ledger is None:
            ledger = _OPEN[path] = Ledger(path)
        return ledger


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(**dict(row))


def _migrate(db: sqlite3.Connection) -> None:
    """Bring the file to this version's form; a later version's file is refused, not guessed at."""
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise sqlite3.DatabaseError(f"it was written by a later version of this library (form {version})")
    if version == len(MIGRATIONS):
        return
    db.execute("BEGIN IMMEDIATE")
    version = db.execute("PRAGMA user_version").fetchone()[0]  # another process may have been first
    for step in MIGRATIONS[version:]:
        for statement in step.split(";"):
            db.execute(statement)
    db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    db.execute("COMMIT")


def _ledger_error(path: Path, error: Exception, certain: str) -> LedgerError:
    text = str(error)
    if "locked" in text:
        hint = "another process has been writing to it for long; try again"
    elif "readonly" in text or isinstance(error, PermissionError):
        hint = "it cannot be written; let WORKFLOWS_LEDGER or ledger= name a place that can"
    elif "full" in text or "disk I/O" in text:
        hint = "make room on the disk"
    elif "not a database" in text or "malformed" in text:
        hint = "the file is damaged or no ledger; move it away, and look at the jobs it told of before going on"
    else:
        hint = "let WORKFLOWS_LEDGER or ledger= name another file"
    return LedgerError(f"the ledger {path} cannot be used: {text}. {certain} What to do: {hint}.".replace("  ", " "))


_OPEN: weakref.WeakValueDictionary[Path, Ledger] = weakref.WeakValueDictionary()
"""The ledgers of this process: two of one file would take each other's unfinished submissions for abandoned ones."""


def _in_a_forked_child() -> None:
    for ledger in list(_OPEN.values()):
        ledger.forget_parent()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_a_forked_child)
