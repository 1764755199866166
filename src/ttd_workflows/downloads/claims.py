"""Whose a part is: each download writes one of its own and holds a lock on it.

A part whose owner is dead may be taken over, a live one's never. Two downloads of one file each write their own part;
each puts a whole file in the target's place, and the one that ends last stays.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from ttd_workflows.core.locks import try_lock
from ttd_workflows.downloads.errors import DownloadFailed
from ttd_workflows.downloads.manifest import Manifest
from ttd_workflows.downloads.part import Part, manifest_of

_LONGEST_STEM = 180


def take(target: Path, source: str) -> Part:
    """The part to go on with: that of a dead owner with the most of this file, or a new one."""
    for path, _ in _found(target):
        part = _claim(path)
        if part is None:
            continue
        known = part.manifest.state
        if known.validator and (part.manifest.source == source or known.etag):
            return part
        part.leave()
    return _new(target, source)


def sweep(target: Path) -> None:
    """Take away the parts of this target that nobody goes on with, and what was left of those that are no more."""
    for path, _ in _found(target):
        part = _claim(path)
        if part is not None:
            part.remove()
    beside = re.compile(rf"({re.escape(_stem(target))}\.[0-9a-f]{{12}}\.part)(\.plain|\.jsonl(\.[0-9a-f-]+~)?)")
    with suppress(OSError), os.scandir(target.parent) as entries:
        for entry in entries:
            match = beside.fullmatch(entry.name)
            if match and not target.with_name(match[1]).exists():
                Path(entry.path).unlink(missing_ok=True)


def _found(target: Path) -> list[tuple[Path, int]]:
    """The parts of this target, the longest first."""
    name = re.compile(re.escape(_stem(target)) + r"\.[0-9a-f]{12}\.part")
    with suppress(OSError), os.scandir(target.parent) as entries:
        sizes = [(Path(e.path), e.stat().st_size) for e in entries if name.fullmatch(e.name)]
        return sorted(sizes, key=lambda item: -item[1])
    return []


def _new(target: Path, source: str) -> Part:
    while True:
        path = target.with_name(f"{_stem(target)}.{os.urandom(6).hex()}.part")
        try:
            file = os.fdopen(
                os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666), "r+b", 0
            )
        except OSError as error:
            raise DownloadFailed(
                f"{target.parent} cannot be written to: {error.strerror}; nothing was fetched"
            ) from error
        locked = try_lock(file)
        if locked is not False and _is_still(file, path):
            return Part(path, file, Manifest(source), locked=locked is True)
        file.close()  # another process swept it away before it was locked


def _claim(path: Path) -> Part | None:
    """Take a part over, if its owner is dead."""
    try:
        file = path.open("r+b", buffering=0)
    except OSError:
        return None
    locked = try_lock(file)
    manifest = Manifest.read(manifest_of(path))
    # Locked, it may have become the finished file of its owner, or another's, since it was opened.
    usable = locked is not False and _is_still(file, path)
    if usable and manifest is None:
        usable = locked is True and time.time() - path.stat().st_mtime > 1
        manifest = Manifest("")
    if (
        not usable
        or manifest is None
        or (manifest.source and not manifest.may_be_taken(manifest_of(path), locks=locked is True))
    ):
        file.close()
        return None
    return Part(path, file, manifest, locked=locked is True)


def _is_still(file: IO[bytes], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except OSError:
        return False


def _stem(target: Path) -> str:
    name = target.name.encode()
    if len(name) <= _LONGEST_STEM:
        return target.name
    return f"{name[: _LONGEST_STEM // 2].decode(errors='ignore')}~{hashlib.sha256(name).hexdigest()[:16]}"
