"""What stands beside an unfinished download: whose it is, of which state of which file, and how far it is sound."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from ttd_workflows.downloads.state import State

if TYPE_CHECKING:
    from pathlib import Path

VERSION = 1
LEASE = 900.0
"""Seconds without a sign of life after which a part of another machine, or one without locks, may be taken over."""


@dataclass
class Manifest:
    """The record of one part. It holds no secret: an address without its query, and nothing of the caller's.

    Its file has a line of JSON for what the part is, and a line ``[bytes, CRC-32]`` for each checkpoint. Those are
    appended: to replace the file each time was a tenth of the time of a download. A torn last line is disregarded.
    """

    source: str
    state: State = field(default_factory=State)
    checkpoints: list[tuple[int, int]] = field(default_factory=list)
    """Ascending (bytes, CRC-32 of so many first bytes). The last one says how much is sound."""
    host: str = field(default_factory=socket.gethostname)
    process: int = field(default_factory=os.getpid)

    @property
    def length(self) -> int:
        """How many bytes are said to be sound."""
        return self.checkpoints[-1][0] if self.checkpoints else 0

    def sound(self, path: Path, at: int, crc: int) -> None:
        """Put down that the first ``at`` bytes are there and have this CRC-32."""
        if at > self.length:
            with path.open("ab") as file:
                file.write(b"[%d, %d]\n" % (at, crc))
            self.checkpoints.append((at, crc))

    def write(self, path: Path) -> None:
        """Put it in place as a whole, as this process's."""
        self.host, self.process = socket.gethostname(), os.getpid()
        head = {
            "version": VERSION,
            "source": self.source,
            "state": asdict(self.state),
            "host": self.host,
            "process": self.process,
        }
        write_whole(path, "".join(f"{json.dumps(line)}\n" for line in (head, *self.checkpoints)))

    @classmethod
    def read(cls, path: Path) -> Manifest | None:
        """Read it; ``None`` where there is none that makes sense."""
        try:
            first, *lines = path.read_text(encoding="utf-8").split("\n")
            head = json.loads(first)
            if head["version"] != VERSION:
                return None
            marks = [(int(at), int(crc)) for at, crc in map(json.loads, lines[:-1])]
            if not all(earlier[0] < later[0] for earlier, later in pairwise(marks)):
                return None
            return cls(str(head["source"]), State(**head["state"]), marks, str(head["host"]), int(head["process"]))
        except (OSError, KeyError, TypeError, ValueError):
            return None

    def may_be_taken(self, path: Path, *, locks: bool) -> bool:
        """Whether its owner, whose lock is not held, may be thought dead. Each checkpoint renews the lease."""
        return (locks and self.host == socket.gethostname()) or abs(time.time() - path.stat().st_mtime) > LEASE


def write_whole(path: Path, text: str) -> None:
    """Write a small file that is there as a whole or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident():x}~")
    try:
        draft.write_text(text, encoding="utf-8")
        os.replace(draft, path)  # noqa: PTH105 - the word says what it does
    except OSError:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
