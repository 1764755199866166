"""How much a GraphQL request may read: the number of things it can show, counted before it is run."""

from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
)

_OF_A_MUTATION = 10
_CONNECTED = {"nodes", "edges"}


def complexity(
    document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any], page_size: int
) -> int:
    """The points of a request: one for each object it may show; a mutation has a fixed cost besides."""
    counter = _Counter(document, variables, page_size)
    points = counter.of(operation.selection_set, 1)
    is_mutation = operation.operation is OperationType.MUTATION
    return points + _OF_A_MUTATION * len(operation.selection_set.selections) * is_mutation


class _Counter:
    def __init__(self, document: DocumentNode, variables: Mapping[str, Any], page_size: int) -> None:
        self._fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        self._variables = variables
        self._page_size = page_size

    def of(self, selections: SelectionSetNode, page: int) -> int:
        """The points of what is selected of one object; ``page`` is how many rows its connection shows."""
        return sum(self._of_one(node, page) for node in selections.selections)

    def _of_one(self, node: Any, page: int) -> int:
        if isinstance(node, FragmentSpreadNode):
            return self.of(self._fragments[node.name.value].selection_set, page)
        if isinstance(node, InlineFragmentNode):
            return self.of(node.selection_set, page)
        if not isinstance(node, FieldNode) or node.selection_set is None or node.name.value.startswith("__"):
            return 0
        rows = page if node.name.value in _CONNECTED else 1
        return rows * (1 + self.of(node.selection_set, self._page(node)))

    def _page(self, node: FieldNode) -> int:
        for argument in node.arguments or ():
            if argument.name.value in {"first", "last"}:
                value = argument.value
                if isinstance(value, IntValueNode):
                    return max(0, int(value.value))
                given = self._variables.get(value.name.value) if isinstance(value, VariableNode) else None
                if isinstance(given, int):
                    return max(0, given)
        return self._page_size
