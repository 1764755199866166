"""GraphQL requests that are answered at once, by graphql-core: paged, with variables and error codes."""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo, execute_sync, parse, validate
from graphql.language import OperationDefinitionNode

from ttd_workflows.emulator.resolvers import Graph, NotFound, resolve
from ttd_workflows.emulator.schema import graph_schema


def run(graph: Graph, text: str, variables: Mapping[str, Any] | None) -> dict[str, Any]:
    """The answer to a request: ``data``, ``errors``, or both."""
    try:
        document = parse(text)
    except GraphQLError as error:
        return {"errors": [_formatted(error, "GRAPHQL_PARSE_FAILED")]}
    if errors := validate(graph_schema(), document):
        return {"errors": [_formatted(error, "GRAPHQL_VALIDATION_FAILED") for error in errors]}
    named = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if len(named) > 1:
        return {"errors": [{"message": "A request must hold one operation.", "extensions": {"code": "BAD_REQUEST"}}]}
    result = execute_sync(
        graph_schema(),
        document,
        context_value=graph,
        variable_values=dict(variables or {}),
        field_resolver=_resolve_field,
    )
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        answer = {"errors": [_formatted(error, _code(error)) for error in result.errors], **answer}
    return answer


def _resolve_field(source: Any, info: GraphQLResolveInfo[Graph], **arguments: Any) -> Any:
    return resolve(info.parent_type.name, info.field_name)(source, info.context, arguments)


def _code(error: GraphQLError) -> str:
    if isinstance(error.original_error, NotFound):
        return "NOT_FOUND"
    # Without a path it was the request's variables that were wrong.
    if error.path is None or isinstance(error.original_error, ValueError):
        return "VALIDATION_FAILURE"
    return "INTERNAL_SERVER_ERROR"


def _formatted(error: GraphQLError, code: str) -> dict[str, Any]:
    return {**error.formatted, "extensions": {"code": code}}
