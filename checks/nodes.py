"""Small readings of tree-sitter nodes that every reader of syntax shares."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import normalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from tree_sitter import Node

    from checks.facts import Dotted

# How many of the arguments are types: the other strings are values, no annotations.
# https://typing.python.org/en/latest/spec/literal.html
# https://typing.python.org/en/latest/spec/qualifiers.html#annotated
TYPE_ARGUMENTS = {"Literal": 0, "Annotated": 1}


def text(node: Node | None) -> str:
    """Take the source of a node, a name in its normal form; an absent one has none."""
    source = (node.text or b"").decode("utf-8", "replace") if node is not None else ""
    return source if source.isascii() or node is None else _normal(source, node)


def named_one_of(nodes: Iterable[Node], names: AbstractSet[str]) -> Iterator[tuple[Node, str]]:
    """Pick the nodes whose source is one of these names: most are none, and cost little."""
    wanted = {name.encode() for name in names}
    for node in nodes:
        source = node.text or b""
        if source in wanted or not source.isascii():
            name = text(node)
            if name in names:
                yield node, name


def _normal(source: str, node: Node) -> str:
    """Read a name as Python does.

    https://docs.python.org/3/reference/lexical_analysis.html#identifiers
    """
    return normalize("NFKC", source) if node.type == "identifier" else source


def dotted(node: Node | None) -> Dotted:
    """Split a dotted name; white space and line continuations between the segments go."""
    if node is None:
        return ()
    if node.type == "identifier":
        return (text(node),)
    return tuple(text(child) for child in node.named_children if child.type == "identifier")


def aliased(item: Node) -> tuple[Dotted, str]:
    """Read one imported item: its dotted name, and its alias or `""`."""
    if item.type != "aliased_import":
        return dotted(item), ""
    return dotted(item.child_by_field_name("name")), text(item.child_by_field_name("alias"))


def believable_items(statement: Node) -> Iterator[Node]:
    """Yield what a `from` statement imports; an item on the line of a parse error is not believed.

    `from old import (` that is never closed swallows the names of the next `import` line.
    """
    errors = [child for child in statement.children if child.is_error]
    lines = {row for e in errors for row in range(e.start_point.row, e.end_point.row + 1)}
    for item in statement.children_by_field_name("name"):
        if item.start_point.row not in lines:
            yield item


def source_module(statement: Node) -> tuple[int, Dotted]:
    """Read where a `from` statement imports from: leading dots and dotted name."""
    module = statement.child_by_field_name("module_name")
    if module is None or module.type != "relative_import":
        return 0, dotted(module)
    prefix = module.named_children[0]
    name = next((child for child in module.named_children if child.type == "dotted_name"), None)
    return text(prefix).count("."), dotted(name)


def call_of(callee: Node) -> Node:
    """Climb from a callee's last name to its call."""
    parent = callee.parent
    assert parent is not None
    if parent.type == "call":
        return parent
    assert parent.parent is not None
    return parent.parent


def bound_by(expression: Node) -> Iterator[str]:
    """Yield the names that a lambda or comprehension binds for itself."""
    clauses = [child for child in expression.named_children if child.type == "for_in_clause"]
    waiting = [clause.child_by_field_name("left") for clause in clauses]
    if expression.type == "lambda":
        waiting = [expression.child_by_field_name("parameters")]
    while waiting:
        node = waiting.pop()
        if node is None:
            continue
        if node.type == "identifier":
            yield text(node)
        elif node.type == "default_parameter":
            waiting.append(node.child_by_field_name("name"))
        else:
            waiting.extend(node.named_children)


def own_parts(expression: Node) -> Iterator[Node]:
    """Yield where these names hold: not in defaults, and not in what is gone through first."""
    if expression.type == "lambda":
        yield from expression.children_by_field_name("body")
        return
    first = next((c for c in expression.named_children if c.type == "for_in_clause"), None)
    for child in expression.named_children:
        yield from [child] if child != first else child.children_by_field_name("left")


def headers(definition: Node) -> Iterator[Node]:
    """Yield what is evaluated around a function: its defaults, annotations and type parameters."""
    for field in ("type_parameters", "parameters", "return_type"):
        yield from definition.children_by_field_name(field)


def quoted_annotations(annotations: Iterable[Node]) -> Iterator[Node]:
    """Find the strings inside annotations that are types, in source order."""
    walked_end = -1
    for annotation in annotations:
        if annotation.start_byte < walked_end:
            continue  # it lies in one that was walked: 5,000 nested lists took 5 minutes
        walked_end = annotation.end_byte
        waiting = [annotation]
        while waiting:
            node = waiting.pop()
            if node.type in ("string", "concatenated_string"):
                yield node
            else:
                waiting.extend(_types(node))


def _types(node: Node) -> list[Node]:
    """List the parts of an annotation that are types themselves."""
    if node.type not in ("generic_type", "subscript"):
        return node.named_children
    name, *arguments = (child for child in node.named_children if not child.is_extra)
    if node.type == "generic_type":  # they stand in a node of their own
        arguments = [
            each for argument in arguments for each in argument.named_children if not each.is_extra
        ]
    return arguments[: TYPE_ARGUMENTS.get(text(name).rpartition(".")[2])]
