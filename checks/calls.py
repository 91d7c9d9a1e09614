"""Calls that name arguments, and what is called."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from tree_sitter import Query, QueryCursor

from checks.facts import Call
from checks.nodes import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Language, Node

    from checks.facts import Alias
    from checks.model import Span

_QUERY = """
(call function: [(identifier) (attribute)] @callee
      arguments: (argument_list (keyword_argument name: (identifier) @keyword)))
(call function: (subscript value: [(identifier) (attribute)] @callee)
      arguments: (argument_list (keyword_argument name: (identifier) @keyword)))
"""


def named_calls(
    root: Node,
    language: Language,
    *,
    origin: Callable[[str, str], Alias | None],
    scope: Callable[[int], str],
    span: Callable[[Node], Span],
) -> Iterator[Call]:
    """Yield every call of a name or attribute that passes arguments by name."""
    keywords: dict[tuple[int, int], list[Node]] = defaultdict(list)
    callees: dict[tuple[int, int], Node] = {}
    for _, match in QueryCursor(_query(language)).matches(root):
        callee = match["callee"][0]
        place = (callee.start_byte, callee.end_byte)
        callees[place] = callee
        keywords[place] += match["keyword"]
    for place, callee in sorted(callees.items()):
        first, *rest = _names(callee)
        where = scope(callee.start_byte)
        found = origin(first, where)
        target = (*(found.target if found else (first,)), *rest)
        arguments = tuple((text(keyword), span(keyword)) for keyword in keywords[place])
        yield Call(found.level if found else 0, target, arguments, where)


def _names(callee: Node) -> list[str]:
    """Split a callee at its dots; white space and comments around them go."""
    names: list[str] = []
    node = callee
    while node.type == "attribute" and (inner := node.child_by_field_name("object")) is not None:
        names.append(text(node.child_by_field_name("attribute")))
        node = inner
    return [text(node), *reversed(names)]


@cache
def _query(language: Language) -> Query:
    return Query(language, _QUERY)
