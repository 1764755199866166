"""What happens while a job is followed, said in small records. Progress bars and logs are made from these."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ttd_workflows.errors import ResponseValidationError

if TYPE_CHECKING:
    from pathlib import Path

    from ttd_workflows.errors import WorkflowsError
    from ttd_workflows.jobs.reference import Reference
    from ttd_workflows.jobs.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to one job."""

    reference: Reference


@dataclass(frozen=True, slots=True)
class Submitted(Event):
    """The service has taken the job on: just now, or, where it is not ``new``, when its key was first submitted."""

    key: str | None
    new: bool


@dataclass(frozen=True, slots=True)
class Polled(Event):
    """The service was asked; it is asked again in ``again_in`` seconds, or not any more."""

    snapshot: Snapshot
    again_in: float | None


@dataclass(frozen=True, slots=True)
class Progress(Event):
    """The job's state or percentage changed."""

    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class Delayed(Event):
    """A question failed in a way that may pass; the waiting goes on, with the next question in ``again_in`` seconds."""

    error: WorkflowsError
    again_in: float

    def __reduce__(self) -> tuple[Any, ...]:
        """As :class:`Snapshot` goes to other processes: without an answer that may have the permission to fetch."""
        error = copy(self.error)
        if isinstance(error, ResponseValidationError):
            error.raw_response = error.partial = None
        return type(self), (self.reference, error, self.again_in)


@dataclass(frozen=True, slots=True)
class Ended(Event):
    """The job has ended, well or not."""

    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class Downloaded(Event):
    """Bytes of the result have arrived: so many of so many, where the whole is known."""

    path: Path
    received: int
    total: int | None
    finished: bool
