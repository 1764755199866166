"""Asking the service about jobs that are under way, on a thread beside the screen, at the pace of any other wait."""

from __future__ import annotations

import threading
from time import monotonic, time
from typing import TYPE_CHECKING, Self

from ttd_workflows.errors import WorkflowsError
from ttd_workflows.jobs import glance
from ttd_workflows.jobs.following import QUESTIONS_PER_SECOND
from ttd_workflows.jobs.pace import Pace
from ttd_workflows.jobs.snapshot import ENDED_STATES

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from ttd_workflows import Workflows
    from ttd_workflows.jobs.ledger import Entry

LOOK_AGAIN = 1.0
"""Seconds between two looks at the ledger for jobs that are new."""
AFTER_AN_ERROR = 30.0
NEWEST = 1000


class Asking:
    """Asks while its block lasts. What it hears is recorded in the ledger, where the screen reads it."""

    def __init__(self, workflows: Workflows, path: Path) -> None:
        self.trouble = ""
        """Why the last question had no answer."""
        self._workflows = workflows
        self._path = path
        self._ended = threading.Event()
        self._due: dict[str, float] = {}
        self._paces: dict[str, Pace] = {}
        self._thread = threading.Thread(target=self._run, name="ttdw-top-asking", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ended.set()  # a question that is on its way ends with the client

    def _run(self) -> None:
        while not self._ended.wait(LOOK_AGAIN):
            try:
                under_way = [entry for entry in glance.entries(self._path, newest=NEWEST) if self._is_asked(entry)]
            except WorkflowsError as error:
                self.trouble = error.message
                continue
            for entry in under_way:
                job = str(entry.job)
                if monotonic() >= self._due.get(job, 0.0):
                    self._ask(job, time() - entry.created_at)
                    if self._ended.wait(1 / QUESTIONS_PER_SECOND):
                        return

    def _is_asked(self, entry: Entry) -> bool:
        return (
            entry.state == "accepted"
            and entry.job is not None
            and entry.job_state not in ENDED_STATES
            and entry.server == self._workflows.jobs.server
        )

    def _ask(self, job: str, age: float) -> None:
        try:
            snapshot = self._workflows.jobs.get(job).status()
        except WorkflowsError as error:
            self.trouble = f"{job}: {error.message.splitlines()[0]}"
            self._due[job] = monotonic() + max(AFTER_AN_ERROR, error.retry_after or 0.0)
        else:
            self.trouble = ""
            pace = self._paces.setdefault(job, Pace())
            self._due[job] = monotonic() + pace.next(max(age, 0.0), snapshot.percent)
