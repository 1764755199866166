"""What a finished job left, wherever it lies: inline, or at a URL that dies."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ttd_workflows.jobs.job import Job
    from ttd_workflows.jobs.snapshot import Snapshot


class Result:
    """The result of a job that ended well, or in part."""

    def __init__(self, job: Job, snapshot: Snapshot | None) -> None:
        self._exchange = job._exchange  # noqa: SLF001 - the two belong together
        self.job = job
        self.snapshot = snapshot
        """The job as it was when it was seen to have ended; ``None`` where the service acted at once."""

    @property
    def errors(self) -> tuple[str, ...]:
        """What went wrong in part."""
        return self.snapshot.errors if self.snapshot else ()

    @property
    def partial(self) -> bool:
        """Whether only a part of the job went well."""
        return self.snapshot is not None and self.snapshot.state == "PartialSuccess"

    def __repr__(self) -> str:
        where = "inline" if self.snapshot is None or self.snapshot.raw_result is not None else "at a URL"
        return f"<Result of {self.job.reference or 'a call done at once'}, {where}>"
