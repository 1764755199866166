"""Running a query over the whole graph as a stream of text: every row, no paging, never all of it in memory.

graphql-core parses and validates; the walk is our own, since its executor would build the whole answer as one object.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSkipDirective,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_directive_values,
    get_named_type,
    get_nullable_type,
    is_list_type,
)
from graphql.execution.values import get_argument_values

from ttd_workflows.emulator.graph.resolvers import Graph, NotFound, resolve
from ttd_workflows.emulator.graph.schema import graph_schema

_ROWS_AT_ONCE = 250


@dataclass(frozen=True)
class Field:
    """One member of the answer: its key, its value, and what is wanted of the value if that is an object."""

    key: str
    value: Callable[[Any], Any]
    inner: "tuple[Field, ...] | None"
    is_list: bool

    @property
    def is_deep(self) -> bool:
        """Whether there may be many rows below."""
        return self.is_list or any(field.is_deep for field in self.inner or ())


class Projection:
    """One query, ready to be run over ``graph``; ``errors`` fill while the stream is read."""

    def __init__(self, document: DocumentNode, graph: Graph) -> None:
        self.errors: list[dict[str, Any]] = []
        self._graph = graph
        self._fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        operation = next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))
        query = graph_schema().query_type
        assert query is not None
        self._fields = self._compile(query, [operation.selection_set])
        self.any_data = False

    def document(self) -> Iterator[str]:
        """The answer: ``data``, and ``errors`` where there were any."""
        yield '{"data":'
        yield from self._object(self._fields, None, ())
        if self.errors:
            yield f',"errors":{_text(self.errors)}'
        yield "}"

    def _compile(self, kind: GraphQLObjectType, selections: list[SelectionSetNode]) -> tuple[Field, ...]:
        wanted: dict[str, list[FieldNode]] = {}
        for selection in selections:
            self._collect(selection, wanted)
        return tuple(self._field(kind, key, nodes) for key, nodes in wanted.items())

    def _collect(self, selections: SelectionSetNode, into: dict[str, list[FieldNode]]) -> None:
        """The wanted fields in order, those of fragments in their place; the schema has object types only."""
        for node in selections.selections:
            if _is_skipped(node):
                continue
            if isinstance(node, FieldNode):
                into.setdefault((node.alias or node.name).value, []).append(node)
            elif isinstance(node, FragmentSpreadNode):
                self._collect(self._fragments[node.name.value].selection_set, into)
            elif isinstance(node, InlineFragmentNode):
                self._collect(node.selection_set, into)

    def _field(self, kind: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> Field:
        name = nodes[0].name.value
        if name == "__typename":
            return Field(key, lambda _: kind.name, None, is_list=False)
        definition = kind.fields[name]
        arguments = get_argument_values(definition, nodes[0])
        resolver, graph = resolve(kind.name, name), self._graph
        inner_kind = get_named_type(definition.type)
        inner = None
        if isinstance(inner_kind, GraphQLObjectType):
            inner = self._compile(inner_kind, [node.selection_set for node in nodes if node.selection_set])
        is_list = inner is not None and is_list_type(get_nullable_type(definition.type))
        return Field(key, lambda source: resolver(source, graph, arguments), inner, is_list)

    def _object(self, fields: Sequence[Field], source: Any, path: tuple[str, ...]) -> Iterator[str]:
        """An object member by member, so that a long list below is written as it is read."""
        opening = "{"
        for field in fields:
            yield f"{opening}{_text(field.key)}:"
            opening = ","
            value = self._read(field, source, (*path, field.key))
            if value is None or field.inner is None:
                yield _text(value)
            elif field.is_list:
                yield from self._rows(field, value, (*path, field.key))
            else:
                yield from self._object(field.inner, value, (*path, field.key))
        yield "{}" if opening == "{" else "}"

    def _rows(self, field: Field, rows: Sequence[Any], path: tuple[str, ...]) -> Iterator[str]:
        assert field.inner is not None
        deep = any(inner.is_deep for inner in field.inner)
        remaining, separator = iter(rows), ""
        yield "["
        while batch := list(islice(remaining, 1 if deep else _ROWS_AT_ONCE)):
            yield separator
            separator = ","
            if deep:
                yield from self._object(field.inner, batch[0], path)
            else:
                yield _text([_projected(field.inner, row) for row in batch])[1:-1]
        yield "]"

    def _read(self, field: Field, source: Any, path: tuple[str, ...]) -> Any:
        try:
            value = field.value(source)
        except (NotFound, ValueError) as error:
            code = "NOT_FOUND" if isinstance(error, NotFound) else "VALIDATION_FAILURE"
            self.errors.append({"message": str(error), "path": list(path), "extensions": {"code": code}})
            return None
        self.any_data = self.any_data or value is not None
        return value


def _projected(fields: Sequence[Field], row: Any) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for field in fields:
        value = field.value(row)
        shown[field.key] = value if field.inner is None or value is None else _projected(field.inner, value)
    return shown


def _is_skipped(node: Any) -> bool:
    skip: Mapping[str, Any] | None = get_directive_values(GraphQLSkipDirective, node)
    include: Mapping[str, Any] | None = get_directive_values(GraphQLIncludeDirective, node)
    return bool(skip and skip["if"]) or bool(include and not include["if"])


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
