"""The exit codes: what a script that calls ``ttdw`` can go by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

SUCCESS: Final = 0
ERROR: Final = 1
USAGE: Final = 2
PARTIAL_SUCCESS: Final = 3
FAILURE: Final = 4
RESULTS_EXPIRED: Final = 5
OUTCOME_UNKNOWN: Final = 6
TIMED_OUT: Final = 75
INTERRUPTED: Final = 130
TERMINATED: Final = 143

MEANINGS = {
    SUCCESS: "success",
    ERROR: "any other error",
    USAGE: "wrong usage: nothing was sent",
    PARTIAL_SUCCESS: "the job ended with partial success",
    FAILURE: "the job failed, or was cancelled",
    RESULTS_EXPIRED: "the job's results have expired",
    OUTCOME_UNKNOWN: "outcome unknown: do not rerun blindly",
    TIMED_OUT: "timed out; the job goes on",
    INTERRUPTED: "interrupted by Ctrl-C",
    TERMINATED: "ended by SIGTERM",
}

_BY_SEVERITY = (SUCCESS, PARTIAL_SUCCESS, TIMED_OUT, RESULTS_EXPIRED, FAILURE, ERROR, OUTCOME_UNKNOWN)

_BY_STATUS = {
    "PartialSuccess": PARTIAL_SUCCESS,
    "Failure": FAILURE,
    "Cancelled": FAILURE,
    "ResultsExpired": RESULTS_EXPIRED,
}


def of_status(status: str) -> int:
    """The exit code that a job's status stands for. A job under way is no error, nor is a status not known yet."""
    return _BY_STATUS.get(status, SUCCESS)


def worst(codes: Iterable[int]) -> int:
    """The one exit code for several outcomes: that of the worst."""
    return max(codes, key=_BY_SEVERITY.index, default=SUCCESS)
