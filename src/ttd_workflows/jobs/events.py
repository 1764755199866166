"""What happens while a job is followed, said in small records. Progress bars and logs are made from these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
