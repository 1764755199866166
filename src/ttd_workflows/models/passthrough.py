"""Requests passed through to The Trade Desk's GraphQL and REST APIs, and bulk GraphQL queries."""

import json
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict
from pydantic_core import PydanticCustomError, PydanticSerializationError, to_json, to_jsonable_python

from ttd_workflows.models.base import Input, NonEmpty, Omittable, Only
from ttd_workflows.models.callbacks import GraphQlBulkJobCallbackInput
from ttd_workflows.models.enums import RestAPIMethodType


class Variables(Input):
    """Variables of a GraphQL request, by name; a plain dict does as well."""

    model_config = ConfigDict(extra="allow")


def _only_json(value: Any) -> Any:
    """Variables may hold what JSON can say; what it cannot (NaN, infinity) has no place to stand in a model."""
    try:
        to_json(value)
        json.dumps(to_jsonable_python(value), allow_nan=False)
    except PydanticSerializationError as error:
        raise PydanticCustomError("json", "{reason}", {"reason": str(error)}) from None
    except ValueError:
        raise PydanticCustomError("finite_number", "NaN and infinity cannot be sent") from None
    return value


class GraphQLRequestInput(Input):
    """A GraphQL request to be passed through, with its variables."""

    request: NonEmpty
    variables: Annotated[dict[str, Any] | Variables | None, AfterValidator(_only_json)] = None
    beta_features: Annotated[str | None, Only("0.13.2")] = None


class CallRestAPIWorkflowInput(Input):
    """A REST v3 request to be passed through; ``data_body`` is JSON text, ``endpoint`` is relative to ``/v3``."""

    method_type: RestAPIMethodType
    endpoint: str | None
    data_body: str | None = None


class GraphQlQueryJobInput(Input, only="0.13.2"):
    """A GraphQL query to be run as a bulk job, every page of it followed by the service."""

    query: str
    callback_input: Omittable[GraphQlBulkJobCallbackInput] = None
    beta_features: str | None = None
