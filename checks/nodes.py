"""Small readings of tree-sitter nodes that every reader of syntax shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tree_sitter import Node

    from checks.facts import Dotted

# Inside `Literal[…]` a string is a value, not an annotation.
# https://typing.python.org/en/latest/spec/literal.html
LITERAL = "Literal"


def text(node: Node | None) -> str:
    """Take the source of a node; an absent one has none."""
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""


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


def source_module(statement: Node) -> tuple[int, Dotted]:
    """Read where a `from` statement imports from: leading dots and dotted name."""
    module = statement.child_by_field_name("module_name")
    if module is None or module.type != "relative_import":
        return 0, dotted(module)
    prefix, *name = module.named_children
    return text(prefix).count("."), dotted(name[0]) if name else ()


def call_of(callee: Node) -> Node:
    """Climb from a callee's last name to its call."""
    parent = callee.parent
    assert parent is not None
    if parent.type == "call":
        return parent
    assert parent.parent is not None
    return parent.parent


def quoted_annotations(annotations: Iterable[Node]) -> Iterator[Node]:
    """Find the strings inside annotations (in source order), those of `Literal[…]` left out."""
    seen: set[int] = set()
    values_end = -1
    for annotation in annotations:
        waiting = [] if annotation.start_byte < values_end else [annotation]
        while waiting:
            node = waiting.pop()
            if _is_literal(node):
                values_end = max(values_end, node.end_byte)
            elif node.type not in ("string", "concatenated_string"):
                waiting.extend(node.named_children)
            elif node.start_byte not in seen:
                seen.add(node.start_byte)
                yield node


def _is_literal(node: Node) -> bool:
    if node.type not in ("generic_type", "subscript"):
        return False
    return text(node.named_children[0]).rpartition(".")[2] == LITERAL
