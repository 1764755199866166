"""The OpenAPI document of the service, made from the declarations: what the emulator takes and answers, per edition."""

from functools import cache
from typing import Any

from pydantic.alias_generators import to_camel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from ttd_workflows import models
from ttd_workflows.core.operation import NEWEST_EDITION, Operation
from ttd_workflows.core.port import LARGEST_ID
from ttd_workflows.emulator import examples
from ttd_workflows.emulator.handlers.serving import SERVED, Served, body_type
from ttd_workflows.models.base import Answer, Model, Only, is_nullable
from ttd_workflows.operations import Campaign, JobStatus
from ttd_workflows.version import __version__

Schema = dict[str, Any]
_REF = "#/components/schemas/{model}"
_PROBLEM = {"$ref": _REF.format(model="ProblemDetails")}
_IDS = {"type": "array", "items": {"type": "string"}}
_PASSED_THROUGH = {"type": ["object", "array"]}
_READERS: dict[type[Answer], Operation[..., Any]] = {
    models.TypeBasedJobSubmitResponse: JobStatus.get_job_status,
    models.CampaignPayload: Campaign.get_version,
}
"""What is asked next with the id in an answer. A GraphQL bulk job may be refused with 200, and has no id then."""
_NULL_ALL_THE_SAME = {(models.GraphQlBulkJobPayload, "data")}
"""Members that are null at times though the contract, whose OpenAPI cannot say that of an object, does not tell."""
_REFUSALS = {
    400: "The request is not valid.",
    401: "The token is missing or not known.",
    403: "The token may not do that.",
    404: "There is no such thing, or the token may not see it.",
    413: "The body is too large.",
    415: "The body is no JSON.",
    429: "Too many requests.",
    500: "The service failed.",
    503: "The service cannot answer now.",
}


@cache
def openapi(edition: str = NEWEST_EDITION) -> Schema:
    """The document of an edition."""
    served = sorted((one for one in SERVED if one.operation.path(edition)), key=lambda one: str(one.operation))
    schemas = _components(served, edition)
    paths: dict[str, Schema] = {}
    for one in served:
        paths.setdefault(one.operation.path(edition) or "", {})[one.operation.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Workflows Service, emulated",
            "version": edition,
            "description": f"Made by ttdw {__version__} from its declarations.",
        },
        "servers": [{"url": "/workflows"}],
        "security": [{"TTD-Auth": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"TTD-Auth": {"type": "apiKey", "in": "header", "name": "TTD-Auth"}},
        },
    }


def _operation(served: Served) -> Schema:
    operation = served.operation
    told: Schema = {
        "operationId": str(operation),
        "tags": [operation.resource.attribute],
        "summary": (operation.declaration.__doc__ or "").strip().splitlines()[0],
        "parameters": _parameters(operation),
        "responses": _responses(served),
    }
    if body := body_type(operation):
        content = {"schema": _schema_of(body), "example": examples.BODIES[str(operation)]}
        told["requestBody"] = {"required": True, "content": {"application/json": content}}
    return told


def _parameters(operation: Operation[..., Any]) -> list[Schema]:
    told: list[Schema] = []
    if "id" in operation.parameters:
        number = {"type": "integer", "format": "int64", "minimum": 1, "maximum": LARGEST_ID}
        text = {"type": "string", "pattern": "^[1-9][0-9]*$"} if "job" in operation.name else {"type": "string"}
        schema = number if operation.types["id"] is int else text
        example = examples.IDS[str(operation)]
        told.append({"name": "id", "in": "path", "required": True, "schema": schema, "example": example})
    if "force_archive" in operation.parameters:
        schema = {"type": "boolean", "default": False}
        told.append({"name": "forceArchive", "in": "query", "required": False, "schema": schema})
    return told


def _responses(served: Served) -> Schema:
    operation = served.operation
    answers = [part for part in _parts(operation.types["return"]) if isinstance(part, type)]
    content = {"application/json": {"schema": _any_of([_schema_of(answer) for answer in answers])}}
    told: Schema = {
        str(served.status): {"description": "Done, or taken on.", "content": content, "links": _links(answers)}
    }
    if served.status == 201:
        checked = {"description": "The input is valid; nothing was made."}
        told["200"] = checked if operation.bodiless else {**checked, "content": content}
    passed = operation.resource.attribute == "rest_request"
    for status, description in _REFUSALS.items():
        schema = {"anyOf": [_PROBLEM, {"type": "object"}]} if passed or status in {401, 429} else _PROBLEM
        told[str(status)] = {"description": description, "content": {"application/json": {"schema": schema}}}
    if passed:
        told["240"] = {"description": "REST v3 has nothing to say.", "content": content}
    return told


def _links(answers: list[type]) -> Schema:
    """Where the id goes that an answer holds."""
    return {
        reader.name: {
            "operationId": str(reader),
            "parameters": {"id": f"$response.body#/{'/'.join(to_camel(step) for step in answer.identity)}"},
        }
        for answer, reader in _READERS.items()
        if answer in answers
    }


def _any_of(schemas: list[Schema]) -> Schema:
    different = [schema for place, schema in enumerate(schemas) if schema not in schemas[:place]]
    return different[0] if len(different) == 1 else {"anyOf": different}


def _parts(annotation: Any) -> tuple[Any, ...]:
    return getattr(annotation, "__args__", ()) or (annotation,)


def _schema_of(kind: Any) -> Schema:
    if isinstance(kind, type) and issubclass(kind, Model):
        return {"$ref": _REF.format(model=kind.__name__)}
    if kind is list or kind is models.ArchivedIds:
        return _IDS
    return _PASSED_THROUGH


class _WithoutTitles(GenerateJsonSchema):
    """Schemas without a title for each member: its name says it."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _components(served: list[Served], edition: str) -> Schema:
    """The schemas of all models that the operations name."""
    wanted: list[tuple[type[Model], JsonSchemaMode]] = [(models.ProblemDetails, "validation")]
    for one in served:
        kinds = [body_type(one.operation), *_parts(one.operation.types["return"])]
        models_named = (kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Model))
        wanted.extend((kind, "validation") for kind in models_named)
    _, found = models_json_schema(list(dict.fromkeys(wanted)), ref_template=_REF, schema_generator=_WithoutTitles)
    schemas: Schema = found["$defs"]
    for name, schema in schemas.items():
        model = getattr(models, name, None)
        if isinstance(model, type) and issubclass(model, Model):
            _fit(schema, model, edition)
    return schemas


def _fit(schema: Schema, model: type[Model], edition: str) -> None:
    """Make a model's schema that of one edition: without the other's members, and null only where the wire has it."""
    members, required = schema.get("properties", {}), schema.setdefault("required", [])
    for name, field in model.model_fields.items():
        wire = field.alias or name
        member = members.get(wire)
        if member is None:
            continue
        mark = next((one for one in field.metadata if isinstance(one, Only)), None)
        if mark and mark.edition != edition:
            del members[wire]
            continue
        if mark and mark.required and wire not in required:
            required.append(wire)
        member.pop("default", None)
        may_be_null = is_nullable(field) or (model, name) in _NULL_ALL_THE_SAME
        if not may_be_null and "anyOf" in member:
            kinds = [kind for kind in member.pop("anyOf") if kind != {"type": "null"}]
            member.update(_any_of(kinds))
    if not required:
        del schema["required"]
