"""Answers that are no model of the service: lists of ids, and bodies passed through as they came."""

from typing import Any, Self

from ttd_workflows.models.base import HTTPMetadata


class Exchanged:
    """Knows the exchange it came by; see :attr:`ttd_workflows.models.base.Answer.http_meta`."""

    _exchange: tuple[Any, Any] = (None, None)

    @property
    def http_meta(self) -> HTTPMetadata:
        """The request and the response this answer came by; neither holds the body."""
        request, response = self._exchange
        return HTTPMetadata(request=request, response=response)


class ArchivedIds(Exchanged, list[str]):
    """The ids that are archived now."""

    @property
    def strings(self) -> Self:
        """This list: edition 0.13 wraps it, and its code reads it from here."""
        return self


class JSONObject(Exchanged, dict[str, Any]):
    """A JSON object as it came from behind the passthrough."""

    @property
    def object(self) -> Self:
        """This object: edition 0.13 wraps it, and its code reads it from here."""
        return self


class JSONArray(Exchanged, list[Any]):
    """A JSON array as it came from behind the passthrough."""

    @property
    def object(self) -> Self:
        """This array: edition 0.13 wraps objects, and its code reads them from here."""
        return self
