"""Which ledger in which process works on an unfinished submission, and whether it still does.

Each holds a lock on a file of its own beside the ledger; the system lets go of it when the process ends, however it
ends. Asking whether an owner lives is trying its lock, so a dead one on the same machine is known at once.
"""

from __future__ import annotations

import os
import socket
import threading
import weakref
from contextlib import suppress
from typing import IO, TYPE_CHECKING, NamedTuple
from uuid import uuid4

from ttd_workflows.core.locks import try_lock

if TYPE_CHECKING:
    from pathlib import Path


class Owner(NamedTuple):
    """Somebody who uses a ledger."""

    host: str
    mark: str

    def __str__(self) -> str:
        return f"{self.host}/{self.mark}"

    @classmethod
    def parse(cls, text: str) -> Owner:
        """Read what the ledger holds."""
        host, _, mark = text.rpartition("/")
        return cls(host, mark)


class Owners:
    """The owners in one ledger's directory, this one among them."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._guard = threading.Lock()
        self._me: tuple[Owner, IO[bytes]] | None = None
        _ALL.add(self)

    def me(self) -> Owner:
        """This one; a forked child is another."""
        with self._guard:
            if self._me is None:
                self._me = self._new()
                self._sweep()
            return self._me[0]

    def lives(self, owner: Owner) -> bool | None:
        """Whether an owner is still there; ``None`` where nothing can be known of it: on another machine, say."""
        return True if owner == self.me() else is_there(self._directory, owner)

    def leave(self) -> None:
        """Let go of the lock and take its file away."""
        with self._guard:
            if self._me is not None:
                owner, file = self._me
                self._me = None
                self._file(owner).unlink(missing_ok=True)
                file.close()

    def forget(self) -> None:
        """In a forked child: the lock is the parent's, and must not outlive it here."""
        self._guard = threading.Lock()
        if self._me is not None:
            self._me[1].close()
            self._me = None

    def _new(self) -> tuple[Owner, IO[bytes]]:
        while True:
            owner = Owner(socket.gethostname(), f"{os.getpid()}-{uuid4().hex[:12]}")
            file = self._file(owner).open("w+b")
            if try_lock(file) is not False and self._file(owner).exists():  # nobody took it for a dead one's
                return owner, file
            file.close()

    def _sweep(self) -> None:
        """Take away what dead owners left."""
        mine = self._file(self._me[0]) if self._me else None
        for path in self._directory.glob("owner-*.lock"):
            with suppress(OSError):
                if path != mine:
                    _remove_dead(path)

    def _file(self, owner: Owner) -> Path:
        return _file(self._directory, owner)


def is_there(directory: Path, owner: Owner) -> bool | None:
    """Whether an owner still is; ``None`` where nothing can be known of it. Only looks, and leaves nothing behind."""
    if owner.host != socket.gethostname():
        return None
    try:
        with _file(directory, owner).open("r+b") as file:
            free = try_lock(file)
    except FileNotFoundError:
        return False
    except OSError:
        return None
    return None if free is None else not free


def _file(directory: Path, owner: Owner) -> Path:
    return directory / f"owner-{owner.mark}.lock"


def _remove_dead(path: Path) -> None:
    """Take a dead owner's file away. The lock is held meanwhile: a new owner, not locked yet, sees its file gone."""
    with path.open("r+b") as file:
        if try_lock(file):
            path.unlink(missing_ok=True)


_ALL: weakref.WeakSet[Owners] = weakref.WeakSet()


def _in_a_forked_child() -> None:
    for owners in list(_ALL):
        owners.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_a_forked_child)
