"""Import statements whose items come from somewhere else: which can be changed, and how."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from checks.fixes.imports import rewrite
from checks.modules import is_loaded_alike
from checks.nodes import aliased, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from checks.edits import Reimport
    from checks.facts import Dotted
    from checks.fixes.place import Replacement, Source

STATEMENTS = frozenset({"import_statement", "import_from_statement"})


def reimported(source: Source, edits: Sequence[Reimport]) -> Iterator[Replacement]:
    """Yield each statement with all its edits made; one that is not certain is left out."""
    statements: dict[tuple[int, int], Node] = {}
    moves: dict[tuple[int, int], dict[int, Reimport]] = defaultdict(dict)
    for edit in edits:
        item = source.node(edit.span)
        statement = _statement(item)
        if item is None or statement is None or not _fits(source, item, edit):
            continue
        place = (statement.start_byte, statement.end_byte)
        statements[place] = statement
        moves[place][_index(statement, item)] = edit
    for place, statement in statements.items():
        made = _written(source, statement, moves[place])
        if made is not None:
            yield source.replacing(statement, made, tuple(moves[place].values()))


def _statement(item: Node | None) -> Node | None:
    node = item
    while node is not None and node.type not in STATEMENTS:
        node = node.parent
    return node


def _index(statement: Node, item: Node) -> int:
    starts = [name.start_byte for name in statement.children_by_field_name("name")]
    return starts.index(item.start_byte)


def _written(source: Source, statement: Node, moves: dict[int, Reimport]) -> str | None:
    """Write the statement anew; two of them only where it stands alone on its lines."""
    parts = rewrite(source.source(statement), moves)
    before, behind = source.around(statement)
    if len(parts) < 2:
        return parts[0] if parts else None
    comment = behind.strip()
    if before.strip() or (comment and not comment.startswith("#")):
        return None
    # What the comment says (`noqa`, a reason) holds for both.
    return f"{behind.rstrip()}\n{before}".join(parts)


def _fits(source: Source, item: Node, edit: Reimport) -> bool:
    """Tell whether a module that is imported whole has all that the file takes from it."""
    if edit.name and edit.members is None:
        return True
    name, alias = aliased(item)
    members, new = edit.members, tuple(edit.module.split("."))
    bound = alias or name[0 if members is None else -1]
    uses = (node for node in source.identifiers(bound) if not _is_label(node))
    return all(
        is_loaded_alike(_chain(node), name, new) if members is None else _is_fine(node, members)
        for node in uses
        if _statement(node) is None
    )


def _chain(root: Node) -> Dotted:
    """Read the names of the chain of attributes that begins here."""
    names, node = [text(root)], root
    while (parent := node.parent) is not None and parent.type == "attribute":
        names.append(text(parent.child_by_field_name("attribute")))
        node = parent
    return tuple(names)


def _is_label(node: Node) -> bool:
    """Tell whether this names an attribute or an argument: no variable."""
    parent = node.parent
    field = {"attribute": "attribute", "keyword_argument": "name"}.get(
        parent.type if parent else ""
    )
    return bool(parent and field and parent.child_by_field_name(field) == node)


def _is_fine(node: Node, members: frozenset[str]) -> bool:
    parent = node.parent
    if parent is None or parent.type != "attribute":
        return False
    return text(parent.child_by_field_name("attribute")) in members
