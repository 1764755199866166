"""One question that changes nothing and says whether the service takes a token: the status of a job that cannot exist.

A service that answers "no such job" has read the token and taken it. So the token is asked about without a job, and
without anything that the service would have to do.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from ttd_workflows import errors

if TYPE_CHECKING:
    from ttd_workflows import Workflows

NO_JOB = 2**31 - 1
"""No job has this number: ids have six digits today. It fits 32 bits, so that it is read as a number everywhere."""
ANSWERS_WITHIN = 10_000
"""Milliseconds."""


class Verdict(StrEnum):
    """What an answer says of the token."""

    TAKEN = "taken"
    REFUSED = "refused"
    OPEN = "open"
    """The answer does not say."""


class Reply(NamedTuple):
    """What came of the question."""

    verdict: Verdict
    error: errors.WorkflowsError | None
    """What the service answered, or why it did not; ``None`` if there was such a job after all."""


def ask(workflows: Workflows) -> Reply:
    """Ask once, within ten seconds. Raises :class:`ConfigurationError` for settings that allow no call."""
    try:
        workflows.job_status.get_job_status(id=NO_JOB, retries=None, timeout_ms=ANSWERS_WITHIN)
    except errors.ConfigurationError:
        raise
    except errors.WorkflowsError as error:
        return Reply(_verdict(error), error)
    return Reply(Verdict.TAKEN, None)


def _verdict(error: errors.WorkflowsError) -> Verdict:
    match error:
        case errors.NotFound():
            return Verdict.TAKEN
        case errors.Unauthorized():
            return Verdict.REFUSED
        case errors.Forbidden() if "not valid" in error.body or "expired" in error.body:
            return Verdict.REFUSED  # the service says so with 403; any other 403 may be about the job
        case errors.APIError(status_code=401):
            return Verdict.REFUSED
        case _:
            return Verdict.OPEN
