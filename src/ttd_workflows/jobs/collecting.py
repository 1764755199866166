"""Putting a document that is at hand into its place, whole or not at all: a file, or any URL that fsspec knows."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from ttd_workflows.errors import InputError
from ttd_workflows.results.targets import written

if TYPE_CHECKING:
    from ttd_workflows.results.targets import Target


def is_url(target: Target) -> bool:
    """Whether a target lies somewhere else than in this machine's files."""
    return "://" in os.fspath(target)


def put(document: bytes | Path, target: Target, *, durable: bool = False) -> None:
    """Write a document beside its place, then let it take that; ``durable`` has it on the disk itself before."""
    if not is_url(target):
        _check(Path(target))
    with written(target) as beside:
        if isinstance(document, bytes):
            beside.write_bytes(document)
        else:
            shutil.copyfile(document, beside)
        if durable:
            with beside.open("r+b") as file:
                os.fsync(file.fileno())
    if durable and os.name == "posix" and not is_url(target):
        directory = os.open(Path(target).parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


def directory_at(path: Target) -> None:
    """Have a directory there. Raises :class:`InputError` where there can be none."""
    directory = Path(path)
    if directory.exists() and not directory.is_dir():
        raise InputError(f"{directory} is a file, and several documents need a directory; nothing was written")
    if not directory.parent.is_dir():
        raise InputError(f"there is no directory {directory.parent}; nothing was written")
    directory.mkdir(exist_ok=True)


def _check(path: Path) -> None:
    if not path.parent.is_dir():
        raise InputError(f"there is no directory {path.parent}; nothing was written")
    if path.exists() and not path.is_file():
        raise InputError(f"{path} is not a file that can be replaced; nothing was written")
