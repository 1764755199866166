"""The end of a download: what came is checked, undone of its coding, and takes the target's place."""

from __future__ import annotations

import hashlib
import os
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING

from ttd_workflows.downloads.errors import DownloadFailed, NoSpace
from ttd_workflows.downloads.part import BLOCK, FULL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ttd_workflows.downloads.part import Part

DECODED = frozenset({"gzip", "x-gzip"})
"""Codings that are undone. A host may store a file compressed, and send it so whatever is asked for."""


def differing_digest(part: Part) -> str | None:
    """The name of a digest of the host's that the bytes do not have; ``None`` if all agree."""
    ours = digests_of(part)
    return next((name for name, value in part.state.digests.items() if ours.get(name, value) != value), None)


def digests_of(part: Part) -> dict[str, str]:
    """The digests of the bytes that are there."""
    return {"crc32": f"{part.crc:08x}"} | {name: running.hexdigest() for name, running in part.hashes.items()}


def decode(part: Part, digest: str | None, cancelled: Callable[[], None]) -> tuple[Path, str]:
    """Undo the coding into a file beside the part, which is to take the target's place; its path and digest."""
    plain = part.path.with_name(f"{part.path.name}.plain")
    running = hashlib.new(digest, usedforsecurity=False) if digest else None
    crc = 0
    try:
        with plain.open("wb") as file:
            for block in _undone(part.path):
                cancelled()
                file.write(block)
                crc = zlib.crc32(block, crc)
                if running is not None:
                    running.update(block)
    except BaseException as error:
        with suppress(OSError):
            plain.unlink(missing_ok=True)
        if isinstance(error, zlib.error):
            part.remove()
            raise DownloadFailed(
                "what came says that it is gzip, and is not (or not to its end). It was thrown away, and the file's "
                "place is as it was; call again to fetch it anew"
            ) from None
        if isinstance(error, OSError) and error.errno in FULL:
            raise NoSpace(
                f"{part.path.parent}: the disk is full. The file came compressed and did not fit when it was unpacked; "
                "make room and call again, it is not fetched anew",
                kept=part.at,
            ) from error
        raise
    return plain, f"{digest}:{running.hexdigest()}" if running is not None else f"crc32:{crc:08x}"


def _undone(path: Path) -> Iterator[bytes]:
    """The content of a gzip file of one or several members, in blocks of a bounded size, up to its very end."""
    undoing = zlib.decompressobj(wbits=31)
    with path.open("rb") as file:
        while left := file.read(BLOCK):
            while left:
                if undoing.eof:
                    undoing = zlib.decompressobj(wbits=31)
                yield undoing.decompress(left, BLOCK)
                left = undoing.unconsumed_tail or undoing.unused_data
    while not undoing.eof and (rest := undoing.decompress(b"", BLOCK)):
        yield rest
    if not undoing.eof:
        raise zlib.error("it ends early")


def put_in_place(part: Part, plain: Path | None, target: Path, *, durable: bool) -> None:
    """Let the part, or what was unpacked from it, take the target's place."""
    try:
        if plain is None:
            if durable:
                part.sync()
            part.move_to(target)
        else:
            if durable:
                with plain.open("r+b") as file:
                    os.fsync(file.fileno())
            os.replace(plain, target)  # noqa: PTH105 - the word says what it does
            part.remove()
        if durable:
            _sync_directory(target.parent)
    except OSError as error:
        raise DownloadFailed(
            f"the file is complete but could not take its place as {target}: {error.strerror}. "
            "It is kept; another call does not fetch it anew",
            kept=part.at,
        ) from error


def _sync_directory(directory: Path) -> None:
    """Have the new name on the disk itself, where directories can be told so."""
    if os.name == "nt":  # pragma: no cover
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
