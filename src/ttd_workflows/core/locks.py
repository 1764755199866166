"""A lock on an open file that the system lets go of when its process ends, however it ends."""

from __future__ import annotations

import errno
import sys
from typing import IO

if sys.platform == "win32":  # pragma: no cover
    import msvcrt
else:
    import fcntl

_TAKEN = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}
_FAR_AWAY = (1 << 31) - 2
"""On Windows a locked byte cannot be read or written, so one is locked that hardly any file has."""


def try_lock(file: IO[bytes]) -> bool | None:
    """Whether the lock is ours now; ``None`` where the file system knows no locks.

    ``flock`` belongs to the open file and not to the process: two threads exclude each other as two processes do, and
    opening the file elsewhere in this process does not let go of it.
    """
    try:
        if sys.platform == "win32":  # pragma: no cover
            place = file.tell()
            file.seek(_FAR_AWAY)
            try:
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            finally:
                file.seek(place)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return False if error.errno in _TAKEN else None
    return True
