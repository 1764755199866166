"""Problems as the service describes them (RFC 9457), and what else an error may hold."""

from typing import Any

from pydantic import Field

from ttd_workflows.models.base import Answer, Input, Omittable


class ProblemDetails(Answer):
    """What went wrong. Members beyond the standard ones (``errors``, ``traceId``) are kept."""

    type: str | None = None
    title: str | None = None
    status: int | None = None
    detail: str | None = None
    instance: str | None = None

    @property
    def additional_properties(self) -> dict[str, Any]:
        """The members beyond the standard ones."""
        return self.model_extra or {}


ProblemDetailsErrorData = ProblemDetails


class ContentResult(Answer):
    """The wrapped body that early editions answered passthrough calls with."""

    content: str | None = None
    content_type: str | None = None
    status_code: int | None = None


class Security(Input):
    """The token, as the official package passes it around; it does not show in the representation."""

    ttd_auth: Omittable[str] = Field(default=None, repr=False)
