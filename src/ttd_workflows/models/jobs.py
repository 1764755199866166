"""Answers about jobs: taken on, under way, ended."""

import json
from datetime import datetime
from typing import Annotated, ClassVar, Self

from pydantic import BeforeValidator

from ttd_workflows.models.base import Answer, Integer, Omittable
from ttd_workflows.models.enums import BulkJobStatus, WorkflowStatus


def _as_text(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value


ErrorsText = Annotated[str, BeforeValidator(_as_text)]
"""Text as declared; a list, which the member's description speaks of, is kept as its JSON text."""


class TypeBasedJobStatusResponse(Answer):
    """What became of a standard job: its status, how far it is and, once it has ended, where its result is."""

    id: Integer
    created_at_utc: datetime
    status: WorkflowStatus
    completed_at_utc: datetime | None = None
    completion_percentage: float | None = None
    url: str | None = None
    raw_result: str | None = None
    errors: ErrorsText | None = None

    @property
    def standard_job_status_response(self) -> Self:
        """This answer: edition 0.13 wraps it, and its code reads it from here."""
        return self


class TypeBasedJobSubmitResponse(Answer):
    """The service took a standard job on; ``id`` is the number to ask for its status with."""

    identity: ClassVar = ("id",)

    id: Integer

    @property
    def standard_job_submit_response(self) -> Self:
        """This answer: edition 0.13 wraps it, and its code reads it from here."""
        return self

    @property
    def campaign_payload(self) -> None:
        """Nothing: a job was taken on. Where a campaign came instead, that is a :class:`CampaignPayload`."""
        return


class GraphQlBulkJob(Answer, only="0.13.2"):
    """A GraphQL bulk job: its own id space, its own status words."""

    id: Integer
    created_at: datetime
    status: BulkJobStatus
    runtime_errors: list[str] | None
    completed_at: datetime | None = None
    completion_percentage: float | None = None
    url: str | None = None
    raw_result: str | None = None
    query_gql_errors: list[str] | None = None


class GraphQLBulkJobError(Answer, only="0.13.2"):
    """One reason why a GraphQL bulk job was not taken on."""

    message: str | None
    field: list[str] | None = None
    additional_data: dict[str, str] | None = None


class GraphQlBulkJobPayload(Answer, only="0.13.2"):
    """The job that was taken on, or the errors that kept it from being so."""

    data: Omittable[GraphQlBulkJob] = None
    errors: list[GraphQLBulkJobError] | None = None


class GraphQlBulkJobResponse(Answer, only="0.13.2"):
    """Answer to submitting a GraphQL bulk query; a refusal arrives here too, with status 200."""

    identity: ClassVar = ("payload", "data", "id")

    payload: Omittable[GraphQlBulkJobPayload] = None
    errors: str | None = None

    @property
    def graph_ql_bulk_job_response(self) -> Self:
        """This answer: edition 0.13 wraps it, and its code reads it from here."""
        return self


class GraphQLBulkJobRetrievalResponse(Answer, only="0.13.2"):
    """What became of a GraphQL bulk job."""

    job: Omittable[GraphQlBulkJob] = None
    errors: str | None = None

    @property
    def graph_ql_bulk_job_retrieval_response(self) -> Self:
        """This answer: edition 0.13 wraps it, and its code reads it from here."""
        return self


# Edition 0.13.2 gave the same answers new names.
StandardJobStatusResponse = TypeBasedJobStatusResponse
StandardJobSubmitResponse = TypeBasedJobSubmitResponse
