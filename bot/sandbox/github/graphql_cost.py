"""How many nodes a query may return at most: GitHub refuses over 500,000 before it starts.

https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    VariableNode,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import DocumentNode, SelectionSetNode, ValueNode

TOO_MANY = (
    "This query requests up to {count} possible nodes which exceeds the maximum limit of {limit}."
)


def check_node_count(
    document: DocumentNode, variables: Mapping[str, object], *, limit: int
) -> None:
    """Refuse a query that could return more than `limit` nodes."""
    counter = _Counter(document, variables)
    count = sum(
        counter.count(definition.selection_set, 1)
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
    )
    if count > limit:
        raise GraphQLError(TOO_MANY.format(count=f"{count:,}", limit=f"{limit:,}"))


class _Counter:
    def __init__(self, document: DocumentNode, variables: Mapping[str, object]) -> None:
        self._variables = variables
        self._fragments = {
            definition.name.value: definition.selection_set
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }

    def count(self, selections: SelectionSetNode | None, parents: int) -> int:
        total = 0
        for selection in selections.selections if selections else ():
            if isinstance(selection, FieldNode):
                size = self._size(selection)
                nodes = parents * size if size else 0
                total += nodes + self.count(selection.selection_set, nodes or parents)
            elif isinstance(selection, InlineFragmentNode):
                total += self.count(selection.selection_set, parents)
            elif isinstance(selection, FragmentSpreadNode):
                total += self.count(self._fragments[selection.name.value], parents)
        return total

    def _size(self, field: FieldNode) -> int:
        sizes = [
            self._number(argument.value)
            for argument in field.arguments or ()
            if argument.name.value in ("first", "last")
        ]
        return max(sizes, default=0)

    def _number(self, value: ValueNode) -> int:
        if isinstance(value, IntValueNode):
            return int(value.value)
        if isinstance(value, VariableNode):
            given = self._variables.get(value.name.value)
            return given if isinstance(given, int) else 0
        return 0
