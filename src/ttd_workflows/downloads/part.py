"""The unfinished file: ``<name>.<mark>.part`` beside the target, and its manifest ``<name>.<mark>.part.jsonl``.

What is on disk past the last checkpoint, or does not agree with it, is fetched again.
"""

from __future__ import annotations

import errno
import hashlib
import os
import sys
import time
import zlib
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from ttd_workflows.downloads.errors import DownloadFailed, NoSpace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ttd_workflows.downloads.manifest import Manifest
    from ttd_workflows.downloads.state import State

CHECKPOINT_BYTES = 8 << 20
CHECKPOINT_SECONDS = 0.1
BLOCK = 1 << 20
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Part:
    """One unfinished file, open and locked. ``at`` bytes of it are good."""

    def __init__(self, path: Path, file: IO[bytes], manifest: Manifest, *, locked: bool) -> None:
        self.path = path
        self.manifest = manifest
        self.locked = locked
        self.resumed = 0
        """Bytes taken over from an earlier call."""
        self.hashes: dict[str, hashlib._Hash] = {}
        """Running digests beside the CRC-32: those that the host sends or the caller wants."""
        self._file = file
        self._front = (0, 0)
        self._noted = (0, time.monotonic())

    @property
    def at(self) -> int:
        """How many bytes there are, from the first on without a gap."""
        return self._front[0]

    @property
    def crc(self) -> int:
        """The CRC-32 of these bytes."""
        return self._front[1]

    @property
    def state(self) -> State:
        """The state of the host's file that these bytes belong to."""
        return self.manifest.state

    @property
    def complete(self) -> bool:
        """Whether all bytes are there, as far as the size is known."""
        return self.state.size is not None and self.at == self.state.size

    def begin(self, state: State, digest: str | None) -> None:
        """Drop what there is, and begin a file in this state."""
        if os.fstat(self._file.fileno()).st_size:  # ext4 flushes at its closing a file that was ever cut to nothing
            self._file.truncate(0)
        self._front = (0, 0)
        self.resumed = 0
        self.manifest.state, self.manifest.checkpoints = state, []
        self._prepare_hashes(digest)
        self._noted = (0, time.monotonic())
        self.record()

    def position(self) -> None:
        """Be ready to write at the front."""
        self._file.seek(self.at)

    def write(self, piece: bytes) -> None:
        """Append to what there is."""
        view = memoryview(piece)
        while view:
            try:
                written = self._file.write(view)
            except OSError as error:
                raise self._unwritable(error) from error
            done = view[:written]
            for running in self.hashes.values():
                running.update(done)
            self._front = (self._front[0] + len(done), zlib.crc32(done, self._front[1]))
            view = view[written:]
        noted, when = self._noted
        if self.at - noted >= CHECKPOINT_BYTES or time.monotonic() - when >= CHECKPOINT_SECONDS:
            self.note()

    def note(self) -> None:
        """Put down in the manifest how far it has come."""
        self._noted = (self.at, time.monotonic())
        try:
            self.manifest.sound(manifest_of(self.path), *self._front)
        except OSError as error:
            raise self._unwritable(error) from error

    def write_at(self, place: int, piece: bytes) -> None:
        """Write ahead of the front; :meth:`advance` takes it in. Not on Windows, which knows no such writing."""
        view = memoryview(piece)
        while view and sys.platform != "win32":
            try:
                written = os.pwrite(self._file.fileno(), view, place)
            except OSError as error:
                raise self._unwritable(error) from error
            view, place = view[written:], place + written

    def advance(self, end: int) -> None:
        """Take in what was written ahead, up to ``end``."""
        while self.at < end:
            if not self._take_in(min(BLOCK, end - self.at)):
                raise DownloadFailed(f"{self.path} was cut short by somebody else; call again")
        self.note()

    def verify(self, digest: str | None, cancelled: Callable[[], None]) -> None:
        """Read a part that was taken over, and keep of it what agrees with its manifest."""
        self._prepare_hashes(digest)
        good: list[tuple[int, int]] = []
        for mark in self.manifest.checkpoints:
            states = {name: running.copy() for name, running in self.hashes.items()}
            before = self._front
            while self.at < mark[0] and self._take_in(min(BLOCK, mark[0] - self.at)):
                cancelled()
            if self._front != mark:
                self._front, self.hashes = before, states
                break
            good.append(mark)
        self.manifest.checkpoints = good
        if self.at < os.fstat(self._file.fileno()).st_size:
            self._file.truncate(self.at)
        self.resumed = self.at
        if good:
            self.record()

    def sync(self) -> None:
        """Have it on the disk itself."""
        os.fsync(self._file.fileno())

    def leave(self) -> None:
        """Keep it for the next call, noted as far as it has come; take it away if nothing has."""
        if not self._file.closed and not self.at and not self.manifest.length:
            self.remove()
        if self.at > self.manifest.length and not self._file.closed:
            with suppress(DownloadFailed):
                self.note()
        self._file.close()

    def remove(self) -> None:
        """Take it away. The manifest goes last, or the part would be without one."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
            manifest_of(self.path).unlink(missing_ok=True)
        self._file.close()

    def move_to(self, target: Path) -> None:
        """Put it in the target's place. The lock is held meanwhile, but on Windows, where an open file cannot move."""
        if os.fstat(self._file.fileno()).st_size != self.at:
            self._file.truncate(self.at)
        if os.name == "nt":  # pragma: no cover
            self._file.close()
        os.replace(self.path, target)  # noqa: PTH105 - the word says what it does
        manifest_of(self.path).unlink(missing_ok=True)
        self._file.close()

    def record(self) -> None:
        """Write the manifest anew."""
        try:
            self.manifest.write(manifest_of(self.path))
        except OSError as error:
            raise self._unwritable(error) from error

    def _take_in(self, length: int) -> bool:
        self._file.seek(self.at)
        block = self._file.read(length)
        for running in self.hashes.values():
            running.update(block)
        self._front = (self._front[0] + len(block), zlib.crc32(block, self._front[1]))
        return bool(block)

    def _prepare_hashes(self, digest: str | None) -> None:
        wanted = {name for name in (*self.state.digests, digest) if name and name != "crc32"}
        self.hashes = {name: hashlib.new(name, usedforsecurity=False) for name in wanted}

    def _unwritable(self, error: OSError) -> DownloadFailed:
        kept = self.manifest.length
        if error.errno in FULL:
            return NoSpace(
                f"{self.path.parent}: the disk is full. {kept:,} bytes are kept in {self.path.name}; "
                "make room and call again: it goes on from there",
                kept=kept,
            )
        return DownloadFailed(
            f"{self.path} cannot be written: {error.strerror}. {kept:,} bytes of it are kept", kept=kept
        )


def manifest_of(part: Path) -> Path:
    """The manifest's place."""
    return part.with_name(f"{part.name}.jsonl")
