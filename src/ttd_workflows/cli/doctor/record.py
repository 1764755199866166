"""The ledger and the folder it is in: can it be read, can it be written, is it sound, what is unknown in it."""

from __future__ import annotations

import os
import shutil
import stat
from typing import TYPE_CHECKING

from ttd_workflows.cli.doctor.finding import Finding, ok, problem, warning
from ttd_workflows.errors import LedgerError
from ttd_workflows.jobs import glance
from ttd_workflows.jobs.ledger import MIGRATIONS, default_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENOUGH = 1024**3
"""Bytes; below that a large result may not fit."""
TOO_LITTLE = 32 * 1024**2
"""Bytes; below that the ledger itself may soon not be written."""
LARGE = 512 * 1024**2
"""Bytes; a ledger as large as that has outlived its purpose."""
_ANOTHER = "Let WORKFLOWS_LEDGER name a file elsewhere."


def ledger() -> Iterator[Finding]:
    """The record of submissions, looked at without writing to it."""
    try:
        path = default_path()
    except LedgerError as error:
        yield problem("ledger", error.message, "Without it, nothing can be submitted under a key.")
        return
    yield from _file(path)
    yield _folder(path.parent)


def _file(path: Path) -> Iterator[Finding]:
    try:
        health = glance.health(path)
    except LedgerError as error:
        yield problem("ledger", error.message, f"Move it away, and look at the jobs it told of; or: {_ANOTHER}")
        return
    if health is None:
        yield ok("ledger", f"{path} is not there yet; the first submission makes it")
        return
    if health.damage:
        yield problem("ledger", f"{path} is damaged: {health.damage}", f"Copy it, then move it away. {_ANOTHER}")
        return
    found = f"{path}: sound, {health.submissions:,} submissions, {_size(health.bytes)}"
    if health.form < len(MIGRATIONS):
        found += f", of an earlier form ({health.form}), which the next submission brings to {len(MIGRATIONS)}"
    yield (
        ok("ledger", found)
        if health.bytes < LARGE
        else warning("ledger", found, "Move it away when nothing is under way.")
    )
    yield from _permissions(path)
    if health.unknown:
        yield warning(
            "unknown",
            f"{health.unknown} submissions were sent, and it is not known whether the service took them on",
            "ttdw jobs lists them; look in the platform before you submit one again.",
        )


def _permissions(path: Path) -> Iterator[Finding]:
    if not os.access(path, os.R_OK | os.W_OK):
        yield problem("permissions", f"{path} cannot be written by this user", f"Make it yours, or: {_ANOTHER}")
    elif os.name == "posix" and (mode := path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
        yield warning(
            "permissions",
            f"{path} has mode {stat.S_IMODE(mode):o}: others can read what was submitted",
            f"chmod 600 {path}",
        )
    else:
        yield ok("permissions", "only you can read the ledger")


def _folder(folder: Path) -> Finding:
    """The folder, or the nearest one above it that is there: the rest is made when it is needed."""
    there = next(above for above in (folder, *folder.parents) if above.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return problem(
            "folder", f"{there} cannot be written by this user", f"{_ANOTHER} Nothing is submitted under a key."
        )
    free = shutil.disk_usage(there).free
    found = f"{there} can be written, {_size(free)} free"
    if free < TOO_LITTLE:
        return problem("folder", found, f"Make room, or: {_ANOTHER}")
    return ok("folder", found) if free >= ENOUGH else warning("folder", found, "A large result may not fit; make room.")


def _size(count: float) -> str:
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if count < 1024:  # noqa: PLR2004 - what the units differ by
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} TiB"
