"""The rows of a sheet in the jobs that take them, and what becomes of each row, whatever becomes of the jobs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ttd_workflows import errors
from ttd_workflows.cli import exits, waiting
from ttd_workflows.sheets import outcomes
from ttd_workflows.sheets.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import timedelta

    from ttd_workflows import Workflows
    from ttd_workflows.jobs.job import Job
    from ttd_workflows.sheets import Row, Sheet


@dataclass(slots=True)
class Share:
    """Rows that went into one job, or were to go."""

    rows: Sequence[Row]
    job: Job | None = None
    outcome: Outcome | None = None
    """What became of all of them, where there is no job to tell."""


class Submission:
    """A sheet's rows on their way."""

    def __init__(self, sheet: Sheet, *, per_job: int, only_check: bool) -> None:
        self._sheet = sheet
        self._per_job = per_job
        self._only_check = only_check
        rows = sheet.to_send
        self.shares = [Share(rows[start : start + per_job]) for start in range(0, len(rows), per_job)]
        self._heard: dict[Job, waiting.Outcome] = {}
        self.trouble: Exception | None = None
        """What kept it from going on; the copy of the sheet is written before anybody is told."""

    @property
    def jobs(self) -> list[Job]:
        """The jobs that took rows."""
        return [share.job for share in self.shares if share.job is not None]

    @property
    def _at_once(self) -> Outcome:
        """What became of rows that the service took in without a job; what it made of each, it does not tell."""
        return Outcome(outcomes.VALID if self._only_check else self._sheet.kind.done)

    def send(self, workflows: Workflows, key: str | None) -> None:
        """Hand the rows in, once under the key. What keeps all of them from being sent is raised."""
        submit: Callable[..., Job] = getattr(workflows.jobs, self._sheet.kind.name)
        try:
            job = submit(
                self._sheet.inputs,
                key=key,
                labels={"file": self._sheet.path.name},
                per_job=self._per_job,
                validate_input_only=self._only_check or None,
            )
        except errors.WorkflowsError as error:
            word = _word_of(error)
            if word == outcomes.NOT_SENT and not error.taken_on:
                raise
            self.trouble = error
            self._stopped_by(error, word, workflows)
        else:
            for share, part in zip(self.shares, job.parts, strict=True):
                share.job = part

    def _stopped_by(self, error: errors.WorkflowsError, word: str, workflows: Workflows) -> None:
        """The parts before the one that failed have their jobs, those behind it were not sent."""
        for share, reference in zip(self.shares, error.taken_on, strict=False):
            if reference:
                share.job = workflows.jobs.get(reference)
            else:
                share.outcome = self._at_once
        failed, *behind = self.shares[len(error.taken_on) :]
        failed.outcome = Outcome(word, error=error.message)
        for share in behind:
            share.outcome = Outcome(outcomes.NOT_SENT)

    def follow(self, workflows: Workflows, *, timeout: timedelta | None, poll: float, back: str) -> None:
        """Wait until the jobs have ended, or the time is over. ``back`` is the command to come back with."""
        heard = waiting.wait(workflows, self.jobs, timeout=timeout, poll=poll, back=back)
        self._heard = {outcome.job: outcome for outcome in heard}
        if self.trouble is None and any(outcome.code == exits.TIMED_OUT for outcome in heard):
            self.trouble = waiting.timed_out(heard, back)

    def outcomes(self) -> dict[int, Outcome]:
        """What is known of each row that was to be sent, by its number."""
        return {
            row.number: outcome
            for share in self.shares
            for row, outcome in zip(share.rows, self._of(share), strict=True)
        }

    def _of(self, share: Share) -> list[Outcome]:
        if share.job is None:
            return [share.outcome or Outcome(outcomes.NOT_SENT)] * len(share.rows)
        try:
            return list(self._of_job(share.job, len(share.rows)))
        except errors.WorkflowsError as error:  # the job did its work, and what it did cannot be read here
            self.trouble = self.trouble or error
            return [Outcome(outcomes.UNKNOWN, error=error.message)] * len(share.rows)

    def _of_job(self, job: Job, inputs: int) -> Iterator[Outcome]:
        if job.reference is None:
            yield from [self._at_once] * inputs
            return
        try:
            heard = self._heard.get(job)
            if heard is not None and isinstance(heard.error, errors.NotFound):
                raise heard.error
            result = job.outcome()
        except errors.NotReady:
            yield from [Outcome(outcomes.SUBMITTED, error=f"{job.name} goes on")] * inputs
        except errors.JobFailed as failed:
            said = failed.snapshot.errors if failed.snapshot else ()
            yield from outcomes.of_failed_job(said, inputs, job.name)
        else:
            yield from (
                outcomes.of_item(item, self._sheet.kind, only_checked=self._only_check) for item in result.items()
            )


def _word_of(error: errors.WorkflowsError) -> str:
    if isinstance(error, errors.OutcomeUnknown):
        return outcomes.UNKNOWN
    unsent = (errors.NotSent, errors.RateLimited, errors.InputError, errors.ConfigurationError)
    return outcomes.NOT_SENT if isinstance(error, unsent) else outcomes.REFUSED
