"""Edits of calls: an argument that is passed by another name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.nodes import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.edits import RenameArgument
    from checks.fixes.place import Replacement, Source

SPLATS = frozenset({"list_splat", "dictionary_splat"})


def renamed(source: Source, edit: RenameArgument) -> Iterator[Replacement]:
    """Yield the new name, unless the call passes it already or could: by `*` or `**`."""
    node = source.node(edit.span)
    keyword = node.parent if node is not None else None
    arguments = keyword.parent if keyword is not None else None
    if node is None or arguments is None or arguments.type != "argument_list":
        return
    passed = {text(child.child_by_field_name("name")) for child in arguments.named_children}
    has_splat = any(child.type in SPLATS for child in arguments.named_children)
    if not has_splat and edit.new not in passed:
        yield source.replacing(node, edit.new, (edit,))
