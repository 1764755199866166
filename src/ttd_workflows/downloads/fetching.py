"""The way in: fetch one file, or find it fetched."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ttd_workflows.downloads.addresses import Address
from ttd_workflows.downloads.answers import still_holds
from ttd_workflows.downloads.claims import sweep, take
from ttd_workflows.downloads.errors import DownloadFailed
from ttd_workflows.downloads.finishing import decode, digests_of, put_in_place
from ttd_workflows.downloads.receipts import Receipt
from ttd_workflows.downloads.running import Run
from ttd_workflows.downloads.settings import Patience
from ttd_workflows.downloads.transport import Broken, Transport
from ttd_workflows.downloads.wish import Wish
from ttd_workflows.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ttd_workflows.downloads.part import Part
    from ttd_workflows.downloads.wish import Proof


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that is in its place."""

    path: Path
    size: int
    digest: str
    """``crc32:…``, or by the algorithm that was asked for."""
    fetched_bytes: int
    """Bytes of body that this call received."""
    resumed: int
    """Bytes that were there already and were not fetched."""
    proof: Proof
    fresh: bool = True
    """Whether this call put it there; false where it was found to be there."""


def fetch(  # noqa: PLR0913 - each is a decision of the caller's
    url: str,
    path: str | os.PathLike[str],
    *,
    source: str | None = None,
    durable: bool = False,
    expected_size: int | None = None,
    digest: str | None = None,
    receipt: bool = True,
    on_progress: Callable[[int, int | None], object] | None = None,
    cancelled: Callable[[], bool] | None = None,
    parallel: int | None = None,
    patience: Patience = Patience(),  # noqa: B008 - frozen
    user_agent: str = "ttdw",
) -> Fetched:
    """Fetch ``url`` into the file ``path``; blocks until it is there.

    Args:
        url: Its query is its permission: it is never shown, logged or stored.
        path: A file in a directory that exists. It is replaced as a whole at the end, and untouched until then.
        source: A name for what is fetched that outlives its address. Left out, the address without its query.
        durable: Have the file and its name on the disk itself before returning.
        expected_size: Bytes that it must have in the end, if they are known from elsewhere.
        digest: An algorithm of hashlib's, for :attr:`Fetched.digest`. CRC-32, which is always kept, costs the least.
        receipt: Leave ``.<name>.fetched.json``, by which the file is recognised the next time.
        on_progress: Called with the bytes that are there and those of the whole, as far as known.
        cancelled: Asked between pieces, in pauses and, by a thread beside this one, every tenth of a second. True
            ends it.
        parallel: Connections for a file of 64 MiB or more, where the host knows ranges. Left out, one: on a host that
            gives one connection what the line can bear, several are slower.
        patience: Timeouts, attempts and pauses.
        user_agent: What the host is told.

    Raises:
        UrlDied: The address is not honoured any more. What came is kept; call again with a new one.
        DownloadFailed: Given up. What came is kept.
        NoSpace: The disk has no room.
        DownloadCancelled: ``cancelled`` said so. What came is kept.
        InputError: The address or the path cannot be used.
    """
    address, target = Address.parse(url), _usable(path, digest)
    source, transport = source or str(address), Transport(patience, user_agent)
    wish = Wish(expected_size, digest, on_progress, cancelled, parallel or 1)
    if receipt and (found := _recognised(address, target, source, wish, transport)) is not None:
        return found
    wish.check()
    part = take(target, source)
    try:
        part.manifest.source = source
        part.verify(digest, wish.check)
        resumed = part.at
        run = Run(address, part, wish, patience, transport)
        with wish.heard(transport.abort):
            proof = run.complete()
        done = _put(part, target, wish, durable=durable)
    finally:
        part.leave()
    if receipt:
        Receipt.leave(target, source, part.state, done[1])
    sweep(target)
    if on_progress is not None and part.state.size is None:
        on_progress(part.at, part.at)
    return Fetched(target, done[0], done[1], run.received, min(resumed, part.resumed), proof)


def finished(path: str | os.PathLike[str], source: str) -> Fetched | None:
    """The file at ``path``, if its receipt says that it came from ``source`` and is as it was; asks nobody."""
    target = Path(os.path.realpath(path))
    receipt = Receipt.of(target)
    if receipt is None or receipt.source != source:
        return None
    return Fetched(target, receipt.size, receipt.digest, 0, receipt.size, "size", fresh=False)


def _usable(path: str | os.PathLike[str], digest: str | None) -> Path:
    target = Path(os.path.realpath(path))  # a link goes on pointing to where it points
    if digest is not None and digest not in hashlib.algorithms_available:
        raise InputError(f"the digest {digest!r} is not known here; nothing was fetched")
    if not target.parent.is_dir():
        raise InputError(f"there is no directory {target.parent}; nothing was fetched")
    if target.exists() and not stat.S_ISREG(target.stat().st_mode):
        raise InputError(f"{target} is not a file that can be replaced; nothing was fetched")
    return target


def _recognised(address: Address, target: Path, source: str, wish: Wish, transport: Transport) -> Fetched | None:
    """The target, if it is what the host holds: a question about one byte."""
    receipt = Receipt.of(target)
    if receipt is None or receipt.source != source or receipt.state.validator is None or not receipt.size:
        return None
    if wish.digest is not None and not receipt.digest.startswith(f"{wish.digest}:"):
        return None
    if wish.expected_size not in {None, receipt.size}:
        return None
    try:
        with wish.heard(transport.abort):
            answer = transport.ask(address, "0-0", receipt.state.validator)
    except Broken:
        return None  # the download itself knows how to wait
    try:
        if not still_holds(address, answer, receipt.state):
            return None
    finally:
        answer.close()
    sweep(target)
    return Fetched(target, receipt.size, receipt.digest, 1, receipt.size, "size", fresh=False)


def _put(part: Part, target: Path, wish: Wish, *, durable: bool) -> tuple[int, str]:
    """Put the file in its place; its size and digest."""
    if part.state.encoding:
        plain, digest = decode(part, wish.digest, wish.check)
        size = plain.stat().st_size
        if wish.expected_size not in {None, size}:
            plain.unlink()
            raise DownloadFailed(
                f"the file came compressed and has {size:,} bytes unpacked, where {wish.expected_size:,} are expected; "
                "it was not put in place",
                kept=part.at,
            )
        put_in_place(part, plain, target, durable=durable)
        return size, digest
    name = wish.digest or "crc32"
    put_in_place(part, None, target, durable=durable)
    return part.at, f"{name}:{digests_of(part)[name]}"
