"""Errors as people read them: what went wrong, why, and what to do next, a line each."""

from __future__ import annotations

import re
import shlex
from typing import NamedTuple

from ttd_workflows import errors
from ttd_workflows.cli import exits
from ttd_workflows.cli.calling import name_of_this_program

_EXTRAS = {
    "click": "cli",
    "rich": "cli",
    "textual": "top",
    "starlette": "emulator",
    "uvicorn": "emulator",
    "httptools": "emulator",
    "graphql": "emulator",
    "yaml": "emulator",
}
_WHITE_SPACE = re.compile(r"\s+")


class Failure(NamedTuple):
    """Three lines, and the exit code that goes with them."""

    what: str
    why: str
    next: str
    code: int = exits.ERROR

    def __str__(self) -> str:
        lines = {"error": self.what, "why": self.why, "next": self.next}
        return "\n".join(f"{label + ':':<6} {_WHITE_SPACE.sub(' ', text).strip()}" for label, text in lines.items())


class Trouble(Exception):
    """A command cannot go on, and says so in its own words."""

    def __init__(self, what: str, why: str, next: str, code: int = exits.ERROR) -> None:  # noqa: A002 - its name on the screen
        super().__init__(what)
        self.failure = Failure(what, why, next, code)


ERRORS_SHOWN = 20
"""Of a job; ``--json`` has them all."""


class _Advice(NamedTuple):
    what: str
    next: str
    """With ``{program}`` and ``{job}`` for what to type."""
    code: int = exits.ERROR


_READ = "Read the reason above; --debug shows where it came up."
_CONNECTION = "Check the address (--server-url, WORKFLOWS_SERVER_URL), the network and the proxy; trying again is safe."
_BY_STATUS = {
    401: _Advice(
        "The service does not know this token.",
        "Log in with a valid one, {program} login, or put it into WORKFLOWS_TTD_AUTH. "
        "The local emulator's is called emulator.",
    ),
    403: _Advice(
        "This token may not do that, or it has expired.",
        "Get a fresh token, or ask for the permission; a token can see some partners and not others.",
    ),
    404: _Advice(
        "There is no such thing, or this token cannot see it.",
        "Check the id and the server. Standard jobs and GraphQL bulk jobs (graphql:ID) are numbered apart.",
    ),
    429: _Advice("The service wants fewer requests.", "Wait a minute, then run the command again."),
}
_BY_TYPE: dict[type[errors.WorkflowsError], _Advice] = {
    errors.SubmissionUnknown: _Advice(
        "Whether the service took this on is not known.",
        "Do not run it again blindly: look in the platform whether its work was done. If it was not: "
        "{program} resubmit {job}",
        exits.OUTCOME_UNKNOWN,
    ),
    errors.OutcomeUnknown: _Advice(
        "Whether the service carried this out is not known.",
        "Do not run it again blindly: look first whether it took effect.",
        exits.OUTCOME_UNKNOWN,
    ),
    errors.JobFailed: _Advice(
        "The job failed.",
        "Once the cause is mended, {program} resubmit {job} sends it again, if the record has it; another key starts "
        "another job.",
        exits.FAILURE,
    ),
    errors.PartialFailure: _Advice(
        "The job ended with a result and with errors.",
        "Look at the result, and submit again only what is missing from it.",
        exits.PARTIAL_SUCCESS,
    ),
    errors.ResultsExpired: _Advice(
        "The job's results are gone.",
        "To have them, {program} resubmit {job} sends it again, if the record has it; that makes another job.",
        exits.RESULTS_EXPIRED,
    ),
    errors.NotReady: _Advice("There is no result yet.", "Wait for it: {program} wait {job}"),
    errors.WaitTimeout: _Advice(
        "The time for waiting is over; the job goes on.",
        "To come back: {program} wait {job}",
        exits.TIMED_OUT,
    ),
    errors.LedgerError: _Advice(
        "The record of submissions cannot be used; nothing was sent.",
        "Correct what is named above, or let WORKFLOWS_LEDGER name another file.",
    ),
    errors.ConfigurationError: _Advice(
        "The settings do not allow that; nothing was sent.",
        "Correct the setting. The token is read from WORKFLOWS_TTD_AUTH, the address from WORKFLOWS_SERVER_URL.",
    ),
    errors.InputError: _Advice(
        "That cannot be done as it stands; nothing was sent.",
        "Correct what is named above and run it again.",
        exits.USAGE,
    ),
    errors.NotSent: _Advice("The service could not be reached; nothing was sent.", _CONNECTION),
    errors.NoResponseError: _Advice("The service did not answer.", _CONNECTION),
    errors.BadRequest: _Advice(
        "The service did not accept the request.", "Correct what is named above and run it again."
    ),
    errors.ServerError: _Advice("The service failed.", "Wait a little, then run the command again."),
    errors.ResponseValidationError: _Advice(
        "The service's answer is not what its contract says.",
        "Check that the address is the Workflows service's; if it is, please report this.",
    ),
    errors.ProblemDetailsError: _Advice("The service refused the request.", _READ),
    errors.APIError: _Advice("The service refused the request.", _READ),
    errors.WorkflowsError: _Advice("That could not be done.", _READ),
}


def explain(error: BaseException) -> Failure:
    """The three lines for an error, whatever it is."""
    if isinstance(error, Trouble):
        return error.failure
    if isinstance(error, errors.WorkflowsError):
        return _of_service(error)
    if isinstance(error, ModuleNotFoundError) and (extra := _EXTRAS.get((error.name or "").partition(".")[0])):
        return Failure(
            "A package this command needs is not installed.", str(error), f'Install it: pip install "ttdw[{extra}]"'
        )
    if (usage := getattr(error, "format_message", None)) is not None:
        return _of_usage(error, usage())
    if isinstance(error, OSError):
        return Failure("The system refused.", str(error), "Correct that and run the command again.")
    return Failure(
        "ttdw stopped on an error of its own; that is a bug.",
        f"{type(error).__name__}: {error}",
        "Run it again as: ttdw --debug …, and report what it shows.",
    )


def _of_service(error: errors.WorkflowsError) -> Failure:
    advice = _BY_TYPE[next(kind for kind in _BY_TYPE if isinstance(error, kind))]
    next_step = advice.next
    if not isinstance(error, errors.OutcomeUnknown):  # whatever was answered, that one is not simply run again
        if error.status_code in _BY_STATUS:
            advice = _BY_STATUS[error.status_code]
            next_step = advice.next
        if error.retry_after:
            next_step = f"Wait {error.retry_after:.0f} s as the service asks, then run the command again."
    next_step = next_step.format(program=name_of_this_program(), job=_typed(error))
    if error.request_id:
        next_step += f" The request's id is {error.request_id}."
    notes = getattr(error, "__notes__", ())  # what else holds: jobs that go on, parts that were taken on
    return Failure(advice.what, _why(error), " ".join((next_step, *notes)), advice.code)


def _why(error: errors.WorkflowsError) -> str:
    """The reason; of a job that ended, what the service said of it, as the ways on that Python has are not ours."""
    if isinstance(error, errors.SubmissionUnknown):
        return error.message.partition("\n")[0]
    if not isinstance(error, errors.JobError) or error.snapshot is None:
        return error.message
    last, names = error.snapshot, ", ".join(error.references)
    if not last.ended:
        return f"{names} has not ended: {last.state}{'' if last.percent is None else f', {last.percent:.0f} %'}."
    said = "; ".join(last.errors[:ERRORS_SHOWN])
    return f"{names} ended as {last.state}: {said}" if said else f"{names} ended as {last.state}."


def _typed(error: errors.WorkflowsError) -> str:
    """What to type for the job or the submission that an error is about."""
    if isinstance(error, errors.JobError):
        return " ".join(error.references) or "JOB"
    entry = error.entry if isinstance(error, errors.SubmissionUnknown) else None
    return "KEY" if entry is None else shlex.quote(entry.key or f"submission:{entry.id}")


def _of_usage(error: BaseException, message: str) -> Failure:
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "ttdw"
    return Failure("The command cannot be read that way.", message, f"See: {command} --help", exits.USAGE)
