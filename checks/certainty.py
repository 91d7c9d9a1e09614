"""Which top-level names of a module may be missing although it was imported."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from checks.regions import Regions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tree_sitter import Node

# A `with` may swallow what its body raises (`suppress(ImportError)`).
COMPOUND = frozenset(
    {
        "for_statement",
        "if_statement",
        "match_statement",
        "try_statement",
        "while_statement",
        "with_statement",
    }
)
# Python refuses a hundred levels of indentation; what tree-sitter reads may have any number.
MAX_DEPTH = 100

# The names that a part of a module binds whichever way it goes; None where it goes no further.
_Names = frozenset[str] | None

NONE: frozenset[str] = frozenset()


def doubtful(
    root: Node, bindings: Iterable[tuple[Node, str]], declared: Iterable[Node]
) -> frozenset[str]:
    """Pick the names that are bound under a condition only.

    `bindings` are the places at module level where a name is bound, `declared` those of them where
    it gets no value.
    """
    void = {node.start_byte for node in declared}
    found = list(bindings)
    bound = [(node, name) for node, name in found if node.start_byte not in void]
    # Most names stand at the margin: that is told at once.
    left = {name for _, name in found} - {n for node, n in bound if not node.start_point.column}
    if not left:
        return NONE
    compounds = [child for child in root.named_children if child.type in COMPOUND]
    inside = Regions(compounds)
    left -= {name for node, name in bound if not inside.cover(node)}
    certainty = _Certainty(sorted((node.start_byte, name) for node, name in bound))
    return frozenset(left.difference(*(certainty.of(each) or NONE for each in compounds)))


class _Certainty:
    """Reads from statements which names they are sure to bind."""

    def __init__(self, places: list[tuple[int, str]]) -> None:
        self._starts = [start for start, _ in places]
        self._names = [name for _, name in places]

    def of(self, statement: Node, depth: int = 0) -> _Names:
        match statement.type:
            case "raise_statement":
                return None
            case "if_statement" if depth <= MAX_DEPTH:
                return self._of_branches(statement, depth)
            case "try_statement" if depth <= MAX_DEPTH:
                return self._of_trial(statement, depth)
            case "with_statement":
                body = _body(statement)
                end = body.start_byte if body is not None else statement.end_byte
            case kind:
                end = statement.start_byte if kind in COMPOUND else statement.end_byte
        return self._within(statement.start_byte, end)

    def _of_branches(self, statement: Node, depth: int) -> _Names:
        others = statement.children_by_field_name("alternative")
        if not others or others[-1].type != "else_clause":
            return NONE
        return _common([self._of_body(each, depth) for each in (statement, *others)])

    def _of_trial(self, statement: Node, depth: int) -> _Names:
        parts = statement.named_children
        handlers = [self._of_body(p, depth) for p in parts if p.type == "except_clause"]
        others = [p for p in parts if p.type == "else_clause"]
        passed = _both([self._of_body(each, depth) for each in (statement, *others)])
        last = [self._of_body(p, depth) for p in parts if p.type == "finally_clause"]
        return _both([_common([passed, *handlers]), *last])

    def _of_body(self, clause: Node, depth: int) -> _Names:
        body = _body(clause)
        statements = body.named_children if body is not None else []
        return _both([self.of(each, depth + 1) for each in statements])

    def _within(self, start: int, end: int) -> _Names:
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        return frozenset(self._names[first:last])


def _body(clause: Node) -> Node | None:
    return next((child for child in clause.named_children if child.type == "block"), None)


def _both(parts: list[_Names]) -> _Names:
    """Join what one after the other binds."""
    known = [names for names in parts if names is not None]
    return NONE.union(*known) if len(known) == len(parts) else None


def _common(ways: list[_Names]) -> _Names:
    """Keep what every way binds that goes on."""
    known = [names for names in ways if names is not None]
    return frozenset.intersection(*known) if known else None
