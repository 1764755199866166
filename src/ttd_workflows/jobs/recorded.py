"""The part of ``workflows.jobs`` that reads the ledger: what was submitted, and the ways back from it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from ttd_workflows import errors
from ttd_workflows.core.forms import awaiting, blocking
from ttd_workflows.jobs.job import Job

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from ttd_workflows.core.exchange import Exchange
    from ttd_workflows.core.surface import Port
    from ttd_workflows.jobs.ledger import Entry, Ledger
    from ttd_workflows.jobs.submitting import Desk
    from ttd_workflows.types import Unset


class Recorded:
    """What the ledger knows, and the desk at which it is written."""

    def __init__(self, exchange: Exchange, ledger: str | os.PathLike[str] | Unset | None, scope: str) -> None:
        self._exchange = exchange
        self._ledger_place = ledger
        self._scope = scope

    @cached_property
    def _desk(self) -> Desk:
        from ttd_workflows.jobs.submitting import desk_of  # noqa: PLC0415 - models and the ledger, at first need

        return desk_of(self._exchange, self._ledger_place, self._scope)

    @property
    def server(self) -> str:
        """The server that is asked, as the ledger names it in each entry."""
        return self._desk.server

    @property
    def ledger(self) -> Ledger | None:
        """The record of what was submitted."""
        return self._desk.ledger

    @blocking
    async def entries(self, port: Port, /) -> list[Entry]:
        """What was submitted, to this server and others: unknown outcomes first, then the newest first."""
        return await port.blocking(lambda: self.ledger.entries() if self.ledger is not None else [])

    entries_async = awaiting(entries)

    @blocking
    async def find(self, port: Port, /, key: str) -> list[Job]:
        """The jobs that a key stands for: one, or the parts of one that was split. Nothing is asked or sent.

        Raises:
            InputError: Nothing was submitted under this key to this server, or nothing came of it.
            NotReady: Another thread or process is submitting it.
            SubmissionUnknown: It was sent, and whether the service took it on is not known.
        """
        desk = await port.blocking(lambda: self._desk)
        entries = await port.blocking(lambda: desk.recorded(key))
        if not entries:
            raise errors.InputError(
                f"nothing was submitted under the key {key!r} to {desk.server}, as the ledger has it"
            )
        return [self._job(desk, entry) for entry in entries]

    find_async = awaiting(find)

    @blocking
    async def resubmit(self, port: Port, /, entry: Entry, *, callback_input: Any = None) -> Job:
        """Send a recorded submission again, on your word: as the next attempt under its key.

        Args:
            entry: One of :meth:`entries`: unknown, refused, never sent, or a job that did not end well.
            callback_input: Where to report the end, with its headers, which the ledger does not keep.

        Raises:
            InputError: It belongs to another server, its job has not failed, or its callback headers are not known.
            NotReady: Another thread or process is submitting it.
        """
        desk = await port.blocking(lambda: self._desk)
        if entry.server != desk.server:
            raise errors.InputError(f"{entry.name} went to {entry.server}; this client asks {desk.server}")
        if entry.job is not None:
            return await Job.resubmit.body(desk.job_of_entry(entry), port, callback_input=callback_input)
        if not entry.is_settled:
            raise entry.in_hand("nothing was sent")
        return await desk.resubmit_entry(port, entry, callback_input)

    resubmit_async = awaiting(resubmit)

    @blocking
    async def forget(self, port: Port, /, entries: Iterable[Entry]) -> int:
        """Take submissions out of the ledger, and say how many: their keys are free again. Jobs go on.

        Raises:
            NotReady: One of them is being sent; nothing was forgotten.
        """
        ids = [entry.id for entry in entries]
        return await port.blocking(lambda: self.ledger.forget(ids) if self.ledger is not None else 0)

    forget_async = awaiting(forget)

    @staticmethod
    def _job(desk: Desk, entry: Entry) -> Job:
        match entry.state:
            case "accepted":
                return desk.job_of_entry(entry)
            case "unknown":
                raise desk.unknown(entry, lambda port: desk.resubmit_entry(port, entry))
            case "intent" | "wire":
                raise entry.in_hand("ask again in a moment")
            case _:
                raise errors.InputError(f"{entry.name} came to nothing ({entry.state}): {entry.outcome}")
