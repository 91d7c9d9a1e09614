"""The namespace of one module: what its top-level names are, and which of them a star takes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from checks.bindings import bound_target, module_aliases
from checks.certainty import doubtful
from checks.facts import Alias
from checks.idioms import fold
from checks.nodes import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tree_sitter import Node

    from checks.captures import Captures
    from checks.facts import Reference

EXPORTS = "__all__"
LISTS = frozenset({"list", "tuple"})


def aliases(captures: Captures, imports: Iterable[tuple[Node, Reference]]) -> Mapping[str, Alias]:
    """Map the module-level names that are another one to where they come from."""
    return module_aliases(_bindings(captures, imports))


def own_bindings(captures: Captures) -> tuple[tuple[Node, str], ...]:
    """List the names that the module binds to something else than an import, and where."""
    return tuple(_own(captures))


def doubtful_names(
    captures: Captures,
    imports: Iterable[tuple[Node, Reference]],
    own: Iterable[tuple[Node, str]],
) -> frozenset[str]:
    """Pick the names of the module that need not be there once it is imported."""
    imported = ((node, each.bound) for node, each in imports if each.bound and not each.scope)
    bindings = [*imported, *own]
    deleted = {text(node) for node in captures.nodes("deleted") if not captures.scope(node)}
    return doubtful(captures.root, bindings, captures.nodes("declared")) | deleted


def exports(captures: Captures) -> frozenset[str] | None:
    """Read `__all__`; None when there is none, or more than literal lists make it up."""
    if EXPORTS.encode() not in captures.utf8:
        return None
    parts = [_listed(node) for node in captures.nodes("export") if not captures.scope(node)]
    is_changed_by_call = any(text(node) == EXPORTS for node in captures.nodes("chain"))
    if not parts or is_changed_by_call:
        return None
    names: set[str] = set()
    for part in parts:
        if part is None:
            return None
        names |= part
    return frozenset(names)


def _bindings(
    captures: Captures, imports: Iterable[tuple[Node, Reference]]
) -> Iterator[tuple[int, bool, str, Alias | None]]:
    """Yield the module-level bindings of names, as `module_aliases` takes them."""
    for statement, reference in imports:
        if reference.bound and not reference.scope:
            alias = replace(bound_target(reference), span=reference.span)
            yield statement.start_byte, _is_unindented(statement), reference.bound, alias
    for node, name in captures.named:
        if not captures.scopes.enclosing(node.start_byte - 1):
            yield node.start_byte, _is_unindented(node), text(name), None
    for node in captures.nodes("alias"):
        if not captures.scope(node):
            target = node.child_by_field_name("left")
            first, *rest = text(node.child_by_field_name("right")).split(".")
            alias = Alias(0, tuple(rest), root=first, span=captures.span(node))
            yield node.start_byte, _is_unindented(node), text(target), alias


def _own(captures: Captures) -> Iterator[tuple[Node, str]]:
    for node, name in captures.named:
        if not captures.scopes.enclosing(node.start_byte - 1):
            yield node, text(name)
    for node in captures.nodes("bound"):
        if not captures.scope(node):
            yield node, text(node)


def _listed(assignment: Node) -> frozenset[str] | None:
    """Read the literal names that an assignment to `__all__` lists; None when there are others."""
    waiting = [assignment.child_by_field_name("right")]
    names: set[str] = set()
    while waiting:
        node = waiting.pop()
        if node is not None and node.type == "binary_operator":
            waiting += [node.child_by_field_name("left"), node.child_by_field_name("right")]
            continue
        if node is None or node.type not in LISTS:
            return None
        items = [fold(item) for item in node.named_children if not item.is_extra]
        names.update(item.text for item in items if item is not None and item.whole)
    return frozenset(names)


def _is_unindented(node: Node) -> bool:
    return node.start_point.column == 0
