"""One file parsed by tree-sitter: its captured nodes, their spans and the scopes around them."""

from __future__ import annotations

from functools import cache, cached_property
from operator import attrgetter
from typing import TYPE_CHECKING

import tree_sitter_python
from tree_sitter import Language, Parser, Query, QueryCursor

from checks.continuations import joined
from checks.facts import Definition
from checks.model import Kind, Span
from checks.nodes import text
from checks.scopes import Scopes
from checks.source import Columns, without_comment_runs

if TYPE_CHECKING:
    from tree_sitter import Node

# One pass in C finds every node that a fact can start from; Python sees nothing else.
_QUERY = """
(import_statement) @import
(import_from_statement) @from
(class_definition) @definition
(function_definition) @definition
(attribute object: (identifier) @chain)
(case_pattern (dotted_name . (identifier) @chain . (identifier)))
(class_pattern (dotted_name . (identifier) @chain . (identifier)))
(union_pattern (dotted_name . (identifier) @chain . (identifier)))
(keyword_pattern (dotted_name . (identifier) @chain . (identifier)))
(dict_pattern (dotted_name . (identifier) @chain . (identifier)))
(call function: (identifier) @callee)
(call function: (attribute attribute: (identifier) @callee))
(subscript) @subscript
(type) @annotation
(assignment left: (identifier) right: [(identifier) (attribute)]) @alias
(assignment left: (identifier) @all (#eq? @all "__all__")) @export
(augmented_assignment left: (identifier) @all (#eq? @all "__all__")) @export
(assignment left: (identifier) @declared !right)
(delete_statement (identifier) @deleted)
(delete_statement [(expression_list (identifier) @deleted) (tuple (identifier) @deleted)])
(if_statement condition: [(identifier) (attribute) (not_operator) (comparison_operator)]) @branch
(elif_clause condition: [(identifier) (attribute) (not_operator) (comparison_operator)]) @branch
(lambda) @expression
(list_comprehension) @expression
(set_comprehension) @expression
(dictionary_comprehension) @expression
(generator_expression) @expression
(parameters (identifier) @bound)
(parameters (list_splat_pattern (identifier) @bound))
(parameters (dictionary_splat_pattern (identifier) @bound))
(typed_parameter (identifier) @bound)
(default_parameter name: (identifier) @bound)
(typed_default_parameter name: (identifier) @bound)
(assignment left: (identifier) @bound)
(assignment left: (pattern_list (identifier) @bound))
(for_statement left: (identifier) @bound)
(for_statement left: (pattern_list (identifier) @bound))
(tuple_pattern (identifier) @bound)
(list_pattern (identifier) @bound)
(case_pattern (dotted_name . (identifier) @bound .))
(splat_pattern (identifier) @bound)
(as_pattern_target (tuple (identifier) @bound))
(named_expression name: (identifier) @bound)
(as_pattern_target (identifier) @bound)
"""
_START = attrgetter("start_byte")


class Captures:
    """What the query finds in a source; every list of nodes is in source order.

    `named` are the definitions that have a name, with the node of that name. `written` is the
    tree of the `source` before its lines were joined: with all its comments.
    """

    def __init__(self, utf8: bytes) -> None:
        self.source = without_comment_runs(utf8)
        self.written = parse(self.source)
        self.utf8, self.root = _joined(self.source, self.written)
        self._columns = Columns(self.source)
        captured = QueryCursor(_query()).captures(self.root)
        self._nodes = {capture: sorted(nodes, key=_START) for capture, nodes in captured.items()}
        self.named = [
            (node, name)
            for node in self.nodes("definition")
            if (name := node.child_by_field_name("name")) is not None
        ]
        self.scopes = Scopes((n.start_byte, n.end_byte, text(name)) for n, name in self.named)

    @cached_property
    def definitions(self) -> tuple[Definition, ...]:
        """The classes and functions, in source order."""
        return tuple(self._definition(node, name) for node, name in self.named)

    def nodes(self, capture: str) -> list[Node]:
        """List the nodes of a capture."""
        return self._nodes.get(capture, [])

    def scope(self, node: Node) -> str:
        """Name the definition around a node, `""` at module level."""
        return self.scopes.enclosing(node.start_byte)

    def span(self, node: Node) -> Span:
        """Span a node."""
        start, end = node.start_point, node.end_point
        column = self._columns.column
        return Span(
            start.row + 1,
            column(start.row, start.column),
            end.row + 1,
            column(end.row, end.column),
        )

    def first_line(self, node: Node) -> Span:
        """Span a node up to the end of its first line: a block is pointed at, not covered."""
        span = self.span(node)
        if span.line == span.end_line:
            return span
        first = text(node).partition("\n")[0]
        return Span(span.line, span.column, span.line, span.column + len(first))

    def _definition(self, node: Node, name: Node) -> Definition:
        kind = Kind.CLASS if node.type == "class_definition" else Kind.FUNCTION
        return Definition(kind, text(name), self.scopes.qualified(node.start_byte), self.span(name))


def parse_source(utf8: bytes) -> tuple[bytes, Node]:
    """Parse a file; return its root, and the bytes whose offsets the nodes have.

    Their rows and columns are those of the file.
    """
    source = without_comment_runs(utf8)
    return _joined(source, parse(source))


def _joined(utf8: bytes, root: Node) -> tuple[bytes, Node]:
    """Parse a source with its lines joined where the parser finds fewer errors so."""
    other = joined(utf8) if root.has_error else utf8
    if other == utf8:
        return utf8, root
    found = parse(other)
    return (other, found) if _error_bytes(found) < _error_bytes(root) else (utf8, root)


def _error_bytes(root: Node) -> int:
    errors = QueryCursor(_errors()).captures(root).get("error", ())
    return sum(node.end_byte - node.start_byte for node in errors)


def parse(utf8: bytes) -> Node:
    """Parse UTF-8 source, with or without errors, to its root node."""
    return Parser(language()).parse(utf8).root_node


@cache
def language() -> Language:
    """Load the grammar."""
    return Language(tree_sitter_python.language())


@cache
def _errors() -> Query:
    return Query(language(), "(ERROR) @error")


@cache
def _query() -> Query:
    return Query(language(), _QUERY)
