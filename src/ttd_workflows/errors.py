"""Everything that can go wrong, each error saying what happened, what is certain and what to do next.

::

    WorkflowsError
    ├── ConfigurationError                  before any request: a wrong setting, no token, used after close
    │   └── LedgerError                     the record of submissions cannot be read or written
    ├── InputError (ValueError)             before any request: a member or argument that cannot be sent
    │   └── KeyReused                       the key stands for another submission already
    ├── NoResponseError                     no answer came
    │   └── NotSent                         and the request never left: safe to send again
    ├── ProblemDetailsError                 400, 401, 403, 404 with a problem in JSON
    │   └── BadRequest, Unauthorized, Forbidden, NotFound
    ├── APIError                            every other 3XX, 4XX and 5XX, and those four with another body
    │   └── Conflict, RateLimited, ServerError
    ├── ResponseValidationError             a 2XX that is not what the contract says
    ├── OutcomeUnknown                      a creating call that may have been carried out
    │   ├── OutcomeUnknownAfterError        a 3XX, 408 or 5XX came      (also a ServerError)
    │   ├── OutcomeUnknownWithoutResponse   nothing came                (also a NoResponseError)
    │   ├── OutcomeUnknownUnreadable        a 2XX came, without an id   (also a ResponseValidationError)
    │   └── SubmissionUnknown               the same of a recorded submission; ``resubmit()`` sends it again
    └── JobError                            about a job that the service has
        ├── JobFailed                       it ended without a result
        ├── PartialFailure                  it ended with a result and with errors, and errors were not wanted
        ├── NotReady                        it has not ended, or not to a result that can be had
        ├── ResultsExpired                  its results are gone
        └── WaitTimeout (TimeoutError)      it goes on; only the waiting has ended

Every error survives pickling. ``status_code``, ``request_id`` and ``operation`` are ``None`` where there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from ttd_workflows.core.port import Response
    from ttd_workflows.jobs.job import Job
    from ttd_workflows.jobs.ledger import Entry
    from ttd_workflows.jobs.result import Result
    from ttd_workflows.jobs.snapshot import Snapshot
    from ttd_workflows.models.problems import ProblemDetails

__all__ = [
    "APIError",
    "BadRequest",
    "ConfigurationError",
    "Conflict",
    "Fault",
    "Forbidden",
    "InputError",
    "JobError",
    "JobFailed",
    "KeyReused",
    "LedgerError",
    "NoResponseError",
    "NotFound",
    "NotReady",
    "NotSent",
    "OutcomeUnknown",
    "OutcomeUnknownAfterError",
    "OutcomeUnknownUnreadable",
    "OutcomeUnknownWithoutResponse",
    "PartialFailure",
    "ProblemDetailsError",
    "RateLimited",
    "ResponseValidationError",
    "ResultsExpired",
    "ServerError",
    "SubmissionUnknown",
    "Unauthorized",
    "WaitTimeout",
    "WorkflowsError",
]


class WorkflowsError(Exception):
    """Anything this library raises on purpose."""

    taken_on: tuple[str, ...] = ()
    """Of a submission that was split: the jobs that were taken on before this; empty for one that was done at once."""

    def __init__(
        self,
        message: str = "",
        *,
        operation: str | None = None,
        response: Response | None = None,
        problem: Mapping[str, Any] | None = None,
        retry_after: float | None = None,
        partial: Any = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.operation = operation
        """The operation's name, as in ``campaign.create``."""
        self.raw_response = response
        """The answer as it came, secrets masked."""
        self.problem = problem
        """The problem the service described, with its extra members (``errors``, ``traceId``)."""
        self.retry_after = retry_after
        """Seconds after which the service wants to be asked again."""
        self.partial = partial
        """What could be read of an answer that does not fit."""

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args, self.__dict__)

    @property
    def status_code(self) -> int | None:
        """The HTTP status that was answered."""
        return self.raw_response.status_code if self.raw_response is not None else None

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of the answer; reading them ignores case."""
        return self.raw_response.headers if self.raw_response is not None else {}

    @property
    def body(self) -> str:
        """The body of the answer as text."""
        return self.raw_response.text if self.raw_response is not None else ""

    @property
    def request_id(self) -> str | None:
        """What to name when asking The Trade Desk about this call."""
        return self.raw_response.request_id if self.raw_response is not None else None

    @property
    def data(self) -> ProblemDetails:
        """The problem as a model, as the documented client has it."""
        from ttd_workflows.models.problems import ProblemDetails  # noqa: PLC0415 - pydantic is loaded when wanted

        standard = {"type": str, "title": str, "status": int, "detail": str, "instance": str}
        problem = self.problem or {}
        fits = {k: v for k, v in problem.items() if isinstance(v, standard.get(k, object)) and not k.startswith("_")}
        return ProblemDetails.model_construct(None, **fits)


def _restore(cls: type[WorkflowsError], args: tuple[Any, ...], state: dict[str, Any]) -> WorkflowsError:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class ConfigurationError(WorkflowsError):
    """The client was set up, or is used, in a way that cannot work. Nothing was sent."""


class LedgerError(ConfigurationError):
    """The record of submissions cannot be read or written. Nothing was sent."""


class Fault(NamedTuple):
    """What is wrong with an input, and where: ``primary_input.name``, or an empty path for the whole of it."""

    path: str
    message: str


class InputError(WorkflowsError, ValueError):
    """An argument cannot be sent. Nothing was sent. ``faults`` has the place of each fault and what is wrong there."""

    faults: tuple[Fault, ...] = ()

    @classmethod
    def of(cls, subject: str, faults: list[Fault], *, operation: str | None = None) -> InputError:
        """Say every fault of ``subject`` in one message, a line each."""
        lines = [f"  {f.path}: {f.message}" if f.path else f"  {f.message}" for f in faults]
        error = cls("\n".join([f"{subject} cannot be sent:", *lines]), operation=operation)
        error.faults = tuple(faults)
        return error


class KeyReused(InputError):
    """The key stands for another submission already. Nothing was sent."""


class NoResponseError(WorkflowsError):
    """No answer came."""


class NotSent(NoResponseError):
    """The request never reached the service, so sending it again is safe."""


class ProblemDetailsError(WorkflowsError):
    """The service refused the request and described why, in JSON."""


class BadRequest(ProblemDetailsError):
    """400: the service did not accept the request; ``problem["errors"]`` may say which member is at fault."""


class Unauthorized(ProblemDetailsError):
    """401: there is no token, or not one the service knows."""


class Forbidden(ProblemDetailsError):
    """403: the token has expired, or it does not give access to this."""


class NotFound(ProblemDetailsError):
    """404: there is no such thing, or it is not visible to this token."""


class APIError(WorkflowsError):
    """The service answered with an error that is not a described refusal."""


class Conflict(APIError):
    """409: the request contradicts what is there."""


class RateLimited(APIError):
    """429: too many requests; ``retry_after`` says for how long to wait, if the service said so."""


class ServerError(APIError):
    """5XX: the service failed."""


class ResponseValidationError(WorkflowsError):
    """A 2XX answer that is not what the contract says: ``body`` has it, ``partial`` what could be read of it."""


class OutcomeUnknown(WorkflowsError):
    """A call that creates or changes something was sent, and whether it was carried out is not known."""


class OutcomeUnknownAfterError(OutcomeUnknown, ServerError):
    """The service answered 5XX, 408 or a redirect, any of which may come after it acted."""


class OutcomeUnknownWithoutResponse(OutcomeUnknown, NoResponseError):
    """The request left, and no answer came."""


class OutcomeUnknownUnreadable(OutcomeUnknown, ResponseValidationError):
    """The service answered 2XX, but no id could be read from what it said."""


class SubmissionUnknown(OutcomeUnknown):
    """A recorded submission was sent, and whether the service took it on is not known."""

    entry: Entry | None = None
    """The submission as recorded."""
    _resubmit: Callable[[], Job] | None = None
    _resubmit_async: Callable[[], Coroutine[Any, Any, Job]] | None = None

    def bind(self, resubmit: Callable[[], Job], resubmit_async: Callable[[], Coroutine[Any, Any, Job]]) -> None:
        """Say how it is sent again."""
        self._resubmit, self._resubmit_async = resubmit, resubmit_async

    def resubmit(self) -> Job:
        """Send it again, on your word: as the next attempt under the same key."""
        if self._resubmit is None:
            raise ConfigurationError(_UNBOUND)
        return self._resubmit()

    async def resubmit_async(self) -> Job:
        """Send it again, on your word: as the next attempt under the same key."""
        if self._resubmit_async is None:
            raise ConfigurationError(_UNBOUND)
        return await self._resubmit_async()

    def __reduce__(self) -> tuple[Any, ...]:
        kept = {name: value for name, value in self.__dict__.items() if not name.startswith("_resubmit")}
        return _restore, (type(self), self.args, kept)


_UNBOUND = "this error comes from another process, where its client is; submit under another key, or there"


class JobError(WorkflowsError):
    """Something about a job that the service has."""

    references: tuple[str, ...] = ()
    """The jobs that it is about."""
    snapshot: Snapshot | None = None
    """The job as it was when it was last asked about."""
    result: Result | None = None
    """What there is of a result."""

    def __reduce__(self) -> tuple[Any, ...]:
        kept = {name: value for name, value in self.__dict__.items() if name != "result"}  # it holds the client
        return _restore, (type(self), self.args, kept)


class JobFailed(JobError):
    """The job ended without a result; ``snapshot.errors`` says why."""


class PartialFailure(JobError):
    """The job ended as a partial success, and that was not to count as one; ``result`` has what there is."""


class NotReady(JobError):
    """The job has not ended, so there is no result yet."""


class ResultsExpired(JobError):
    """The job ended long ago and its results are gone."""


class WaitTimeout(JobError, TimeoutError):
    """The time for waiting is over. The job goes on."""
