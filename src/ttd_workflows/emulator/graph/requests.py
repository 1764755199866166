"""GraphQL requests that are answered at once, by graphql-core: paged, with variables and error codes.

A query alone reads a picture of the world and may do so in a thread. What changes the world, or asks for a job, is
performed on the event loop.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLResolveInfo,
    OperationDefinitionNode,
    OperationType,
    execute,
    parse,
    validate,
)

from ttd_workflows.emulator.graph.complexity import complexity
from ttd_workflows.emulator.graph.mutations import FIELDS
from ttd_workflows.emulator.graph.resolvers import Graph, NotFound, resolve
from ttd_workflows.emulator.graph.schema import graph_schema
from ttd_workflows.emulator.graph.spelling import quoted
from ttd_workflows.emulator.settings import Settings
from ttd_workflows.emulator.world.scene import Scene
from ttd_workflows.emulator.world.world import Members

_INTROSPECTION = {"__schema", "__type"}
_OF_JOBS = {"bulkJob"}


class NotRun(Exception):
    """A request that is answered without being run; ``answer`` says why."""

    def __init__(self, *errors: dict[str, Any]) -> None:
        super().__init__(errors)
        self.answer: Members = {"errors": list(errors)}


@dataclass(frozen=True)
class Request:
    """A request that was found to be valid."""

    document: DocumentNode
    operation: OperationDefinitionNode
    variables: Members

    @property
    def is_query(self) -> bool:
        """Whether it reads the world and nothing else."""
        return self.operation.operation is OperationType.QUERY and not _asked(self.operation) & _OF_JOBS

    def run(self, graph: Graph) -> Members:
        """The answer to a query: ``data``, ``errors``, or both."""
        result = self._execute(graph)
        assert isinstance(result, ExecutionResult)
        return self._answer(result, graph.settings)

    async def perform(self, graph: Graph) -> Members:
        """The answer to a request of any kind."""
        result = self._execute(graph)
        return self._answer(await result if isawaitable(result) else result, graph.settings)

    def _execute(self, graph: Graph) -> Any:
        return execute(
            graph_schema(),
            self.document,
            context_value=graph,
            variable_values=self.variables,
            field_resolver=_resolve_field,
            type_resolver=lambda value, *_: value["__typename"],
        )

    def _answer(self, result: ExecutionResult, settings: Settings) -> Members:
        data = result.data
        if data is not None and settings.introspection == "null":
            hidden = {key for key, name in _keys(self.operation) if name in _INTROSPECTION}
            data = {key: None if key in hidden else value for key, value in data.items()}
        answer: Members = {"data": data}
        if result.errors:
            answer = {"errors": [_formatted(error, _code(error)) for error in result.errors], **answer}
        return answer


def prepare(text: str, variables: Mapping[str, Any] | None, settings: Settings) -> Request:
    """Read a request. Raises :class:`NotRun` with the answer to one that is not valid."""
    try:
        document = parse(text)
    except GraphQLError as error:
        raise NotRun(_formatted(error, "GRAPHQL_PARSE_FAILED")) from None
    if errors := validate(graph_schema(), document):
        raise NotRun(*(_formatted(error, "GRAPHQL_VALIDATION_FAILED") for error in errors))
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if len(operations) != 1:
        raise NotRun({"message": "A request must hold one operation.", "extensions": {"code": "BAD_REQUEST"}})
    given = dict(variables or {})
    if settings.complexity_limit is not None:
        points = complexity(document, operations[0], given, settings.page_size)
        if points > settings.complexity_limit:
            message = (
                f"The request exceeded the complexity limit: it may read {points} things, the limit is"
                f" {settings.complexity_limit}. Ask for smaller pages or fewer connections."
            )
            raise NotRun({"message": message, "extensions": {"code": "RESOURCE_LIMIT_EXCEEDED"}})
    return Request(document, operations[0], given)


def mutate(document: DocumentNode, variables: Members, scene: Scene) -> tuple[Members, list[str]]:
    """The answer to one run of a mutation, and what is wrong according to it."""
    operation = next(node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    graph = Graph.of(scene)
    answer = Request(document, operation, variables).run(graph)
    return answer, [*(error["message"] for error in answer.get("errors", ())), *graph.refused]


def _keys(operation: OperationDefinitionNode) -> list[tuple[str, str]]:
    """The members of the answer and the fields they show."""
    nodes = [node for node in operation.selection_set.selections if isinstance(node, FieldNode)]
    return [((node.alias or node.name).value, node.name.value) for node in nodes]


def _asked(operation: OperationDefinitionNode) -> set[str]:
    return {name for _, name in _keys(operation)}


def _resolve_field(source: Any, info: GraphQLResolveInfo[Graph], **arguments: Any) -> Any:
    name = (info.parent_type.name, info.field_name)
    return (FIELDS.get(name) or resolve(*name))(source, info.context, arguments)


def _code(error: GraphQLError) -> str:
    if isinstance(error.original_error, NotFound):
        return "NOT_FOUND"
    # Without a path it was the request's variables that were wrong.
    if error.path is None or isinstance(error.original_error, ValueError):
        return "VALIDATION_FAILURE"
    return "INTERNAL_SERVER_ERROR"


def _formatted(error: GraphQLError, code: str) -> dict[str, Any]:
    return {**error.formatted, "message": quoted(error.message), "extensions": {"code": code}}
