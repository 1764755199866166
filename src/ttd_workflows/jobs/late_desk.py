"""The desk of a job that is come back to, opened when it is first asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from ttd_workflows import errors
    from ttd_workflows.core.exchange import Exchange
    from ttd_workflows.core.surface import Port
    from ttd_workflows.jobs.job import Job
    from ttd_workflows.jobs.reference import Reference
    from ttd_workflows.jobs.snapshot import Snapshot
    from ttd_workflows.jobs.submitting import Desk


class LateDesk:
    """Stands for the desk of a job that is come back to, whose models and ledger take longer than a loop may be held.

    They are loaded when the job is first asked about, in a thread.
    """

    def __init__(self, exchange: Exchange, desk: Callable[[], Desk]) -> None:
        self.exchange = exchange
        self._desk = desk

    @property
    def server(self) -> str:
        """The server that the desk is of."""
        return self._desk().server

    async def explain_missing(self, port: Port, reference: Reference, error: errors.NotFound) -> errors.NotFound:
        """See :meth:`ttd_workflows.jobs.submitting.Desk.explain_missing`."""
        desk = await port.blocking(self._desk)
        return await desk.explain_missing(port, reference, error)

    async def observe(self, port: Port, snapshot: Snapshot) -> None:
        """See :meth:`ttd_workflows.jobs.submitting.Desk.observe`."""
        desk = await port.blocking(self._desk)
        await desk.observe(port, snapshot)

    async def resubmit_job(self, port: Port, reference: Reference, callback_input: Any, inputs: Any) -> Job:
        """See :meth:`ttd_workflows.jobs.submitting.Desk.resubmit_job`."""
        desk = await port.blocking(self._desk)
        return await desk.resubmit_job(port, reference, callback_input, inputs)
