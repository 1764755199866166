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
from typing import TYPE_CHECKING, Any

from ttd_workflows.downloads.state import State

if TYPE_CHECKING:
    from pathlib import Path

VERSION = 1
LEASE = 900.0
"""Seconds without a sign of life after which a part of another machine, or one without locks, may be taken over."""
_MOST_CHECKPOINTS = 256


@dataclass
class Manifest:
    """The record of one part. It holds no secret: an address without its query, and nothing of the caller's."""

    source: str
    state: State = field(default_factory=State)
    checkpoints: list[tuple[int, int]] = field(default_factory=list)
    """Ascending (bytes, CRC-32 of so many first bytes). The last one says how much is sound."""
    host: str = field(default_factory=socket.gethostname)
    process: int = field(default_factory=os.getpid)
    renewed_at: float = field(default_factory=time.time)

    def sound(self, at: int, crc: int) -> None:
        """The first ``at`` bytes are on disk and have this CRC-32."""
        if not self.checkpoints or self.checkpoints[-1][0] != at:
            self.checkpoints.append((at, crc))
        if len(self.checkpoints) > _MOST_CHECKPOINTS:
            self.checkpoints = self.checkpoints[1::2] if len(self.checkpoints) % 2 == 0 else self.checkpoints[::2]

    @property
    def length(self) -> int:
        """How many bytes are said to be sound."""
        return self.checkpoints[-1][0] if self.checkpoints else 0

    def may_be_taken(self, *, locks: bool) -> bool:
        """Whether its owner, whose lock is not held, may be thought dead."""
        at_home = self.host == socket.gethostname()
        return (locks and at_home) or abs(time.time() - self.renewed_at) > LEASE

    def write(self, path: Path) -> None:
        """Put it in place as a whole."""
        self.host, self.process, self.renewed_at = socket.gethostname(), os.getpid(), time.time()
        write_json(path, {"version": VERSION, **asdict(self)})

    @classmethod
    def read(cls, path: Path) -> Manifest | None:
        """Read it; ``None`` where there is none that makes sense."""
        data = read_json(path)
        try:
            marks = [(int(at), int(crc)) for at, crc in data["checkpoints"]]
            ascending = all(a[0] < b[0] for a, b in pairwise(marks))
            if data["version"] != VERSION or not ascending:
                return None
            return cls(
                source=str(data["source"]),
                state=State(**data["state"]),
                checkpoints=marks,
                host=str(data["host"]),
                process=int(data["process"]),
                renewed_at=float(data["renewed_at"]),
            )
        except (KeyError, TypeError, ValueError):
            return None


def write_json(path: Path, data: dict[str, Any]) -> None:
    """Write a small file that is there as a whole or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident():x}~")
    try:
        draft.write_text(json.dumps(data), encoding="utf-8")
        os.replace(draft, path)  # noqa: PTH105 - as everywhere here: the word says what it does
    except OSError:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise


def read_json(path: Path) -> dict[str, Any]:
    """What a small file says; nothing where it is missing or makes no sense."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}
