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
    if not is_url(target) and not Path(target).parent.is_dir():
        raise InputError(f"there is no directory {Path(target).parent}; nothing was written")
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
