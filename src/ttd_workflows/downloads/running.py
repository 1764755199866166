"""One download on its way: rounds of asking and receiving, until the file is there or patience ends."""

from __future__ import annotations

import logging
import os
import random
import shutil
import time
from typing import TYPE_CHECKING

from ttd_workflows.downloads.answers import (
    BEYOND,
    OK,
    PARTIAL,
    Restart,
    part_of,
    refusal,
    refuse_store_error,
    still_holds,
)
from ttd_workflows.downloads.errors import DownloadError, DownloadFailed, NoSpace
from ttd_workflows.downloads.finishing import DECODED, differing_digest
from ttd_workflows.downloads.state import ContentRange, State
from ttd_workflows.downloads.transport import Broken

if TYPE_CHECKING:
    from ttd_workflows.downloads.addresses import Address
    from ttd_workflows.downloads.part import Part
    from ttd_workflows.downloads.settings import Patience
    from ttd_workflows.downloads.transport import Answer, Transport
    from ttd_workflows.downloads.wish import Proof, Wish

logger = logging.getLogger("ttd_workflows")

_NAP = 0.1
_WORTH_SEVERAL = 64 << 20
_CAN_GO_AHEAD = hasattr(os, "pwrite")


class Run:
    """One call's download into one part."""

    def __init__(self, address: Address, part: Part, wish: Wish, patience: Patience, transport: Transport) -> None:
        self.address = address
        self.part = part
        self.wish = wish
        self.patience = patience
        self.transport = transport
        self.received = 0
        """Bytes of body that came, needed or not."""
        self._faults = 0
        self._restarts = 0
        self._highest = part.at
        self._distrusted = 0

    def complete(self) -> Proof:
        """Bring the part to its end."""
        try:
            while (proof := self._step()) is None:
                pass
        except DownloadError as error:
            error.kept = self.part.at
            raise
        return proof

    def _step(self) -> Proof | None:
        try:
            proof = self._confirm() if self._is_found_whole() else self._round()
            return proof and self._checked(proof)
        except Restart as again:
            self._count_restart(again)
            self._begin(State())
        except Broken as fault:
            self._bear(fault)
        return None

    def _is_found_whole(self) -> bool:
        return self.part.complete and self.part.at == self.part.resumed > 0

    def _confirm(self) -> Proof:
        """An earlier call left all of it: ask whether it is still what the host has."""
        answer = self._ask("0-0")
        try:
            if not still_holds(self.address, answer, self.part.state):
                raise Restart("the file changed at the host")
        finally:
            self._close(answer)
        self.received += 1
        return "size"

    def _round(self) -> Proof | None:
        part = self.part
        if part.at and part.state.validator is None:
            raise Restart("the host gives nothing by which a part of the file can be continued")
        answer = self._ask(f"{part.at}-" if part.at else None)
        try:
            if answer.status == OK:
                return self._whole(answer)
            if answer.status == PARTIAL and part.at:
                told = self._rest(answer)
                end = told.last + 1 if told.last is not None else None
                return self._receive_ahead(answer) if self._may_go_ahead(answer) else self._receive(answer, end)
            if answer.status == BEYOND and part.at:
                return self._beyond(answer)
            raise refusal(self.address, answer)
        finally:
            self._close(answer)

    def _whole(self, answer: Answer) -> Proof | None:
        """A 200: the file from its first byte on."""
        refuse_store_error(self.address, answer)
        part, state = self.part, State.of(answer.headers, whole=True)
        if answer.chunked:
            state.size = None
        if state.encoding and state.encoding not in DECODED:
            raise DownloadFailed(
                f"{self.address}: the host sends the file in the coding {state.encoding!r}, although it was asked for "
                "it as it is. It was not stored"
            )
        if part.at:
            changed = not part.state.agrees(state)
            if changed and part.state.same_content(state):
                self._count_restart(Restart("the file's ETag changed at the host"))
                part.state.etag, part.state.modified = state.etag, state.modified
                part.record()
                return None
            self._count_restart(Restart("the file changed at the host" if changed else "the host continues no files"))
        expected = self.wish.expected_size
        if expected is not None and state.size not in {None, expected} and not state.encoding:
            raise Broken(f"the host announces {state.size:,} bytes where {expected:,} are expected")
        self._begin(state)
        return self._receive_ahead(answer) if self._may_go_ahead(answer) else self._receive(answer, state.size)

    def _rest(self, answer: Answer) -> ContentRange:
        """A 206: the file from where it stood."""
        state = self.part.state
        try:
            told = part_of(answer, self.part.at, state)
        except Broken as fault:
            self._distrusted += 1
            if self._distrusted > 1:  # twice: then without ranges
                raise Restart(fault.reason) from None
            raise
        self._distrusted = 0
        if state.size is None and told.size is not None:
            state.size = told.size
        state.digests |= {
            k: v for k, v in State.of(answer.headers, whole=False).digests.items() if k in self.part.hashes
        }
        self._make_sure_of_room()
        self.part.position()
        return told

    def _beyond(self, answer: Answer) -> Proof:
        """A 416: there is nothing after what there is, or the file is another."""
        told, state = ContentRange.of(answer.headers), self.part.state
        there = State.of(answer.headers, whole=False)
        if told is None or told.size != self.part.at or not state.agrees(there):
            raise Restart("the file at the host is shorter than what came of it")
        state.size = self.part.at
        return "size"

    def _receive(self, answer: Answer, end: int | None) -> Proof | None:
        part, patience = self.part, self.patience
        mark, at_mark = time.monotonic(), part.at
        while end is None or part.at < end:
            self.wish.check()
            piece = answer.read()
            if not piece:
                break
            if end is not None and len(piece) > end - part.at:
                raise Restart("the host sends more than it announced")
            part.write(piece)
            self.wish.tell(self.part.at, self.part.state.size)
            now = time.monotonic()
            if now - mark >= patience.slow_seconds:
                if part.at - at_mark < patience.slow_bytes * (now - mark):
                    raise Broken("the host sends next to nothing")
                mark, at_mark = now, part.at
        if end is None:
            return self._unannounced_end(answer)
        if part.at < end:
            raise Broken(f"the body ended {end - part.at:,} bytes early")
        if answer.has_more():
            raise Restart("the host sends more than it announced")
        return "size" if part.state.size in {None, part.at} else None

    def _may_go_ahead(self, answer: Answer) -> bool:
        """Whether the rest is fetched by several connections: it is asked for, worth it, and the host knows ranges."""
        state = self.part.state
        knows = answer.status == PARTIAL or answer.headers.get("accept-ranges", "").strip().lower() == "bytes"
        rest = (state.size or 0) - self.part.at
        return self.wish.parallel > 1 and rest >= _WORTH_SEVERAL and knows and state.etag is not None and _CAN_GO_AHEAD

    def _receive_ahead(self, answer: Answer) -> Proof:
        from ttd_workflows.downloads.ahead import Ahead  # noqa: PLC0415 - few ask for it

        self._close(answer)
        with Ahead(self.transport, self.address, self.part, self.patience, self.wish.parallel) as ahead:
            try:
                for _ in ahead.advance():
                    self.wish.check()
                    self.wish.tell(self.part.at, self.part.state.size)
            finally:
                self.received += ahead.received
        return "size"

    def _unannounced_end(self, answer: Answer) -> Proof:
        """The body ended, and its length had not been told."""
        part, expected = self.part, self.wish.expected_size
        if expected is not None and not part.state.encoding and part.at < expected:
            raise Broken(f"the body ended {expected - part.at:,} bytes early")
        if answer.chunked:
            part.state.size = part.at
            return "end"
        if part.at and part.state.validator is not None:
            self._close(answer)
            after = self._ask(f"{part.at}-")
            try:
                if after.status == BEYOND:
                    return self._beyond(after)
                if after.status == PARTIAL:
                    raise Broken("the body ended early")
            finally:
                self._close(after)
        part.state.size = part.at
        return "nothing"

    def _checked(self, proof: Proof) -> Proof:
        part, expected = self.part, self.wish.expected_size
        if expected is not None and not part.state.encoding and part.at != expected:
            raise DownloadFailed(
                f"{self.address}: the host's file has {part.at:,} bytes where {expected:,} are expected; "
                "it was not put in place",
            )
        if not part.state.digests:
            return proof
        if name := differing_digest(part):
            raise Restart(f"what came does not have the {name} digest that the host names", weight=3)
        return "digest"

    def _bear(self, fault: Broken) -> None:
        """Count a fault, and pause before the next try."""
        self.wish.check()  # which may be why it broke
        if self.part.at > self._highest:
            self._highest, self._faults = self.part.at, 0
        self._faults += 1
        if self._faults > self.patience.attempts:
            raise DownloadFailed(
                f"{self.address} was given up after {self._faults} faults in a row, the last one: {fault.reason}. "
                f"{self.part.at:,} bytes are kept; call again to go on from there",
                kept=self.part.at,
                status=fault.status,
            )
        longest = min(self.patience.first_pause * 2 ** (self._faults - 1), self.patience.longest_pause)
        pause = random.uniform(0, longest)  # noqa: S311 - no secret
        pause = max(pause, min(fault.asked or 0, self.patience.longest_asked))
        logger.debug("%s: %s at byte %d; going on in %.1f s", self.address, fault.reason, self.part.at, pause)
        until = time.monotonic() + pause
        while (left := until - time.monotonic()) > 0:
            self.wish.check()
            time.sleep(min(left, _NAP))

    def _count_restart(self, again: Restart) -> None:
        self._restarts += again.weight
        if self._restarts > self.patience.restarts:
            raise DownloadFailed(
                f"{self.address} was given up: it had to be begun anew too often, at last because {again.reason}. "
                "Nothing was put in the file's place"
            )
        logger.info("%s: beginning anew at byte %d: %s", self.address, self.part.at, again.reason)

    def _begin(self, state: State) -> None:
        self.part.begin(state, self.wish.digest)
        self._highest = 0
        self._make_sure_of_room()
        self.part.position()

    def _make_sure_of_room(self) -> None:
        size = self.part.state.size
        if size is None:
            return
        free, needed = shutil.disk_usage(self.part.path.parent).free, size - self.part.at
        if needed > free:
            raise NoSpace(
                f"{self.part.path.parent}: {needed:,} bytes are needed and {free:,} are free. "
                f"{self.part.at:,} bytes are kept; make room and call again",
                kept=self.part.at,
            )

    def _ask(self, span: str | None) -> Answer:
        return self.transport.ask(self.address, span, self.part.state.validator if span else None)

    def _close(self, answer: Answer) -> None:
        self.received, answer.bytes_read = self.received + answer.bytes_read, 0
        answer.close()
