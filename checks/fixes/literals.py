"""Edits inside one plain string literal: targets of `mock.patch` and their kin, annotations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.nodes import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from checks.edits import Respell
    from checks.fixes.place import Replacement, Source

PLAIN = re.compile(
    r"""(?P<open>[rRuU]?(?P<quote>"{3}|'{3}|"|'))(?P<text>[\w.:\[\], |]*)(?P=quote)"""
)
CONCATENATED = "concatenated_string"
# `sys.modules["…"]` is a place: what stands there is somebody's decision.
PLACE = "subscript"
# It gives the first package of a dotted name, not the module.
BUILTIN = "__import__"


def respelled(source: Source, edit: Respell) -> Iterator[Replacement]:
    """Yield the literal with the new name in it, when it is one literal without escapes."""
    node = source.node(edit.span)
    if node is None or node.type != "string" or _stands_in(node, CONCATENATED):
        return
    if not edit.is_annotation and (_stands_in(node, PLACE) or _called(node) == BUILTIN):
        return
    match = PLAIN.fullmatch(source.source(node))
    if match is None:
        return
    old = match["text"]
    new = _in_annotation(old, edit) if edit.is_annotation else _whole(old, edit)
    if new:
        yield source.replacing(node, f"{match['open']}{new}{match['quote']}", (edit,))


def _called(argument: Node) -> str:
    """Name what a literal is passed to, by position or name; empty when it is no argument."""
    node: Node | None = argument
    while node is not None and node.type in ("string", "keyword_argument", "argument_list"):
        node = node.parent
    return text(node.child_by_field_name("function")) if node is not None else ""


def _stands_in(node: Node, parent_type: str) -> bool:
    return node.parent is not None and node.parent.type == parent_type


def _whole(text: str, edit: Respell) -> str:
    """Keep the colon of `module:name`."""
    for separator in (".", ":"):
        if text == _joined(edit.old, separator):
            return _joined(edit.new, separator)
    return ""


def _in_annotation(text: str, edit: Respell) -> str:
    old = re.compile(rf"(?<![\w.]){re.escape(_joined(edit.old, '.'))}(?![\w.])")
    new, count = old.subn(lambda _: _joined(edit.new, "."), text)
    return new if count == 1 else ""


def _joined(target: tuple[str, str], separator: str) -> str:
    module, name = target
    return f"{module}{separator}{name}" if name else module
