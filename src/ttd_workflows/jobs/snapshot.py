"""What is known of a job at one moment, the same for both kinds."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ttd_workflows.jobs.reference import JobKind, Reference

if TYPE_CHECKING:
    from ttd_workflows.models import GraphQlBulkJob, GraphQLBulkJobRetrievalResponse, TypeBasedJobStatusResponse

GOOD_STATES = frozenset({"Success", "PartialSuccess"})
ENDED_STATES = GOOD_STATES | {"Failure", "Cancelled", "ResultsExpired"}
RUNNING_STATES = frozenset({"InProgress", "Queued"})
RESULTS_LAST = {JobKind.STANDARD: timedelta(hours=24), JobKind.GRAPHQL: timedelta(hours=1)}
"""How long results are kept after the end: 24 hours as documented; one hour for the file of a GraphQL bulk job."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A job as it was when it was last asked about."""

    reference: Reference
    state: str
    """The service's word; an unknown one is kept and counts as not ended."""
    percent: float | None
    """For people to look at. Whether a job has ended is said by ``state`` alone."""
    created_at: datetime
    completed_at: datetime | None
    errors: tuple[str, ...]
    read_at: datetime
    url: str | None = field(default=None, repr=False)
    """Where the result can be fetched, for a while: the address itself is the permission."""
    raw_result: str | None = field(default=None, repr=False)
    answer: TypeBasedJobStatusResponse | GraphQlBulkJob | None = field(default=None, repr=False, compare=False)
    """What the service said, in its own words."""

    def __reduce__(self) -> tuple[Any, ...]:
        """A pickle goes to other processes, and to disks: the result and the permission to fetch it stay here."""
        told = (self.reference, self.state, self.percent, self.created_at, self.completed_at, self.errors, self.read_at)
        return type(self), told

    def __copy__(self) -> Snapshot:
        return self

    def __deepcopy__(self, _: object) -> Snapshot:
        return self

    @property
    def ended(self) -> bool:
        """Whether the job will not change any more, but for its results expiring."""
        return self.state in ENDED_STATES

    @property
    def known(self) -> bool:
        """Whether this version knows the state's word."""
        return self.state in ENDED_STATES or self.state in RUNNING_STATES

    @property
    def expires_at(self) -> datetime | None:
        """When the results go, as far as that is known."""
        return self.completed_at + RESULTS_LAST[self.reference.kind] if self.completed_at else None

    @classmethod
    def of_standard(cls, reference: Reference, answer: TypeBasedJobStatusResponse, read_at: datetime) -> Snapshot:
        """From the answer about a standard job."""
        return cls(
            reference=reference,
            state=str(answer.status),
            percent=answer.completion_percentage,
            created_at=_aware(answer.created_at_utc),
            completed_at=_aware(answer.completed_at_utc) if answer.completed_at_utc else None,
            errors=as_list(answer.errors),
            read_at=read_at,
            url=answer.url,
            raw_result=answer.raw_result,
            answer=answer,
        )

    @classmethod
    def of_graphql(
        cls, reference: Reference, answer: GraphQLBulkJobRetrievalResponse, read_at: datetime
    ) -> Snapshot | None:
        """From the answer about a GraphQL bulk job; ``None`` when it tells of no job."""
        job = answer.job
        if job is None:
            return None
        return cls(
            reference=reference,
            state=str(job.status),
            percent=job.completion_percentage,
            created_at=_aware(job.created_at),
            completed_at=_aware(job.completed_at) if job.completed_at else None,
            errors=(*as_list(answer.errors), *as_list(job.runtime_errors), *as_list(job.query_gql_errors)),
            read_at=read_at,
            url=job.url,
            raw_result=job.raw_result,
            answer=job,
        )


def as_list(errors: Any) -> tuple[str, ...]:
    """Errors one by one, whether they come as a list, as a list written as JSON, or as lines of text."""
    if isinstance(errors, str):
        try:
            errors = json.loads(errors)
        except ValueError:
            errors = errors.splitlines()
    if errors is None or errors == "":
        return ()
    several = errors if isinstance(errors, list) else [errors]
    return tuple(e if isinstance(e, str) else json.dumps(e, ensure_ascii=False) for e in several if e)


def _aware(moment: datetime) -> datetime:
    """The service writes UTC, at times without saying so."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
