"""The GraphQL documents that jobs run: read, checked against the schema, and freed of paging."""

from functools import lru_cache
from typing import Any

from graphql import (
    REMOVE,
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLObjectType,
    InlineFragmentNode,
    Lexer,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    Source,
    TokenKind,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    print_ast,
    validate,
    visit,
)

from ttd_workflows.emulator import strict_json
from ttd_workflows.emulator.graph.schema import graph_schema
from ttd_workflows.emulator.graph.spelling import quoted
from ttd_workflows.emulator.world.world import Members

_DEFAULT_SHAPES = {
    "firstPartyData": """nodes { name id activeUniques {
        householdCount idsConnectedTvCount idsCount idsInAppCount idsWebCount personsCount } }""",
    "thirdPartyData": """nodes { id name providerId providerElementId description buyable fullPath activeUniques {
        householdCount idsConnectedTvCount idsInAppCount idsWebCount personsCount thirdPartyDataOverlapCount
        lastUpdated } }""",
}
_DEEPEST_PAGING = 2
_IN_BULK = ("campaign", "adGroup")
_MOST_TOKENS = 15_000
_MOST_INPUTS = 1_000


class BadQuery(Exception):
    """A query, or a query shape, that cannot be run; its arguments say why."""


def data_query(job_input: Members) -> DocumentNode:
    """What a first- or third-party data job runs: its shape below the connection of its advertiser or partner."""
    if "advertiserId" in job_input:
        owner, id, connection = "advertiser", job_input["advertiserId"], "firstPartyData"
    else:
        owner, id, connection = "partner", job_input["partnerId"], "thirdPartyData"
    shape = _selection(job_input.get("queryShape") or _DEFAULT_SHAPES[connection])
    name_filter = job_input.get("nameFilter")
    where = f"(where: {{name: {{contains: {_literal(name_filter)}}}}})" if name_filter else ""
    # The shape is printed from its own syntax tree, so that none can close the braces around it.
    text = f"query {{ {owner}(id: {_literal(id)}) {{ {connection}{where} {print_ast(shape)} }} }}"
    return _without_paging(_checked(text))


def bulk_query(text: str) -> DocumentNode:
    """What a GraphQL bulk job runs: one query, no mutation, no inline fragments, two levels of paging at most."""
    document = _parsed(text)
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if len(operations) != 1 or operations[0].operation is not OperationType.QUERY:
        raise BadQuery("A bulk query must be exactly one query operation; mutations are not supported.")
    _check(document)
    survey = _Survey(TypeInfo(graph_schema()))
    visit(document, TypeInfoVisitor(survey.types, survey))
    if survey.inline_fragments:
        raise BadQuery("Inline fragments are not supported in bulk queries.")
    if survey.deepest > _DEEPEST_PAGING:
        raise BadQuery(f"At most {_DEEPEST_PAGING} levels of pagination are supported in bulk queries.")
    if any(operation.variable_definitions for operation in operations):
        raise BadQuery("Variables are not supported in bulk queries.")
    if survey.of_jobs:
        raise BadQuery("bulkJob cannot be asked for in a bulk query.")
    return _without_paging(document)


def bulk_mutation(text: str) -> DocumentNode:
    """What a bulk mutation job runs for each input: exactly one mutation, of campaigns or ad groups."""
    document = _checked(text)
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if len(operations) != 1 or operations[0].operation is not OperationType.MUTATION:
        raise BadQuery("A bulk mutation must be exactly one mutation operation.")
    fields = [node for node in operations[0].selection_set.selections if isinstance(node, FieldNode)]
    if len(fields) != 1 or len(operations[0].selection_set.selections) != 1:
        raise BadQuery("A bulk mutation must hold exactly one mutation field.")
    if not fields[0].name.value.startswith(_IN_BULK):
        raise BadQuery(f"Only mutations of campaigns and ad groups can be run in bulk, not {fields[0].name.value}.")
    if (tokens := _tokens(text)) >= _MOST_TOKENS:
        raise BadQuery(f"A bulk mutation must have fewer than {_MOST_TOKENS} tokens, not {tokens}.")
    return document


def bulk_variables(texts: list[str]) -> list[Members]:
    """The variables of a bulk mutation's inputs, each of which is a JSON object as text."""
    if not 0 < len(texts) <= _MOST_INPUTS:
        raise BadQuery(f"A bulk mutation has 1 to {_MOST_INPUTS} inputs, not {len(texts)}.")
    read: list[Members] = []
    for index, text in enumerate(texts):
        try:
            variables = strict_json.loads(text)
        except ValueError:
            variables = None
        if not isinstance(variables, dict):
            raise BadQuery(f"mutationVariables[{index}] must be the text of a JSON object.")
        read.append(variables)
    return read


def _tokens(text: str) -> int:
    lexer, count = Lexer(Source(text)), 0
    while lexer.advance().kind is not TokenKind.EOF:
        count += 1
    return count


def _selection(shape: str) -> SelectionSetNode:
    text = shape.strip()
    try:
        document = parse(text if text.startswith("{") else f"{{ {text} }}", no_location=True)
    except GraphQLError as error:
        raise BadQuery(f"queryShape is not a GraphQL selection: {error.message}") from None
    only = document.definitions[0]
    if len(document.definitions) != 1 or not isinstance(only, OperationDefinitionNode):
        raise BadQuery("queryShape is not a GraphQL selection: it must be one selection, such as 'nodes { id name }'.")
    return only.selection_set


@lru_cache(maxsize=64)  # most jobs of a test run the same
def _checked(text: str) -> DocumentNode:
    document = _parsed(text)
    _check(document)
    return document


def _parsed(text: str) -> DocumentNode:
    try:
        return parse(text)
    except GraphQLError as error:
        raise BadQuery(quoted(error.message)) from None


def _check(document: DocumentNode) -> None:
    if errors := validate(graph_schema(), document):
        raise BadQuery(*(quoted(error.message) for error in errors))


def _literal(text: str) -> str:
    from graphql import StringValueNode

    return print_ast(StringValueNode(value=text, block=False))


class _Survey(Visitor):
    """Counts what bulk queries must not have too much of. Fragments count where they are written."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.types = types
        self.inline_fragments = 0
        self.deepest = 0
        self.of_jobs = 0
        self._depth = 0

    def enter_inline_fragment(self, node: InlineFragmentNode, *_: Any) -> None:
        self.inline_fragments += 1

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        self.of_jobs += node.name.value == "bulkJob"
        self._depth += self._is_connection()
        self.deepest = max(self.deepest, self._depth)

    def leave_field(self, node: FieldNode, *_: Any) -> None:
        self._depth -= self._is_connection()

    def _is_connection(self) -> bool:
        kind = get_named_type(self.types.get_type()) if self.types.get_type() else None
        return isinstance(kind, GraphQLObjectType) and kind.name.endswith("Connection")


class _PagingStripper(Visitor):
    """Takes out what has no meaning once every page has been followed; paging arguments are not looked at then."""

    def enter_field(self, node: FieldNode, *_: Any) -> Any:
        return REMOVE if node.name.value in {"totalCount", "pageInfo", "cursor"} else None


def _without_paging(document: DocumentNode) -> DocumentNode:
    stripped: DocumentNode = visit(document, _PagingStripper())
    return stripped
