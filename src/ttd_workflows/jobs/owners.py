"""Which process owns an unfinished submission, and whether it still lives.

Each process holds a lock on a file of its own beside the ledger; the system lets go of it when the process ends,
however it ends. Asking whether an owner lives is trying its lock, so a dead one on the same machine is known at once.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
from typing import IO, TYPE_CHECKING, NamedTuple
from uuid import uuid4

if TYPE_CHECKING:
    from pathlib import Path

if sys.platform == "win32":  # not tried there yet
    import msvcrt
else:
    import fcntl


class Owner(NamedTuple):
    """A process that uses a ledger."""

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
    """The owners of one ledger's directory, this process among them."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._guard = threading.Lock()
        self._me: tuple[int, Owner, IO[bytes]] | None = None

    def me(self) -> Owner:
        """This process; a forked child is another one."""
        with self._guard:
            if self._me is None or self._me[0] != os.getpid():
                owner = Owner(socket.gethostname(), f"{os.getpid()}-{uuid4().hex[:12]}")
                file = self._file(owner).open("wb")
                _lock(file)
                self._me = (os.getpid(), owner, file)
            return self._me[1]

    def lives(self, owner: Owner) -> bool | None:
        """Whether an owner still runs; ``None`` for one on another machine, of which nothing can be known."""
        if owner == self.me():
            return True
        if owner.host != socket.gethostname():
            return None
        try:
            with self._file(owner).open("r+b") as file:
                _lock(file)
        except FileNotFoundError:
            return False
        except OSError:
            return True
        self._file(owner).unlink(missing_ok=True)
        return False

    def leave(self) -> None:
        """Let go of this process's lock and take its file away."""
        with self._guard:
            if self._me is not None and self._me[0] == os.getpid():
                _, owner, file = self._me
                self._me = None
                file.close()
                self._file(owner).unlink(missing_ok=True)

    def _file(self, owner: Owner) -> Path:
        return self._directory / f"owner-{owner.mark}.lock"


def _lock(file: IO[bytes]) -> None:
    """Take the lock or raise :class:`OSError`. It belongs to the process: a forked child does not inherit it."""
    if sys.platform == "win32":
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
