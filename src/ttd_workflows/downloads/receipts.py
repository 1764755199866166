"""Recognising a file that was fetched before: ``.<name>.fetched.json`` beside it says what it is.

A receipt speaks of the file only as long as the file has the size and the time of change that it had.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from ttd_workflows.downloads.manifest import write_whole
from ttd_workflows.downloads.state import State

if TYPE_CHECKING:
    from pathlib import Path

VERSION = 1


@dataclass(frozen=True)
class Receipt:
    """What a finished file is."""

    source: str
    state: State
    digest: str
    size: int
    changed: int

    @classmethod
    def of(cls, target: Path) -> Receipt | None:
        """The receipt of a file, if it is there and the file is as it was."""
        try:
            data = json.loads(_place(target).read_text(encoding="utf-8"))
            if data["version"] != VERSION:
                return None
            receipt = cls(
                str(data["source"]),
                State(**data["state"]),
                str(data["digest"]),
                int(data["size"]),
                int(data["changed"]),
            )
            now = target.stat()
        except (OSError, KeyError, TypeError, ValueError):
            return None
        return receipt if (now.st_size, now.st_mtime_ns) == (receipt.size, receipt.changed) else None

    @classmethod
    def leave(cls, target: Path, source: str, state: State, digest: str) -> None:
        """Put a receipt beside a file. Where that fails, the file is fetched again another time, no more."""
        with suppress(OSError):
            now = target.stat()
            receipt = cls(source, state, digest, now.st_size, now.st_mtime_ns)
            write_whole(_place(target), json.dumps({"version": VERSION, **asdict(receipt)}))


def _place(target: Path) -> Path:
    return target.with_name(f".{target.name}.fetched.json")
