"""Inline waivers: the comments that ask for one, and the lines that they speak for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tree_sitter import Query, QueryCursor

from checks.facts import InlineWaiver
from checks.nodes import text
from checks.source import WAIVER_MARK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Language, Node

    from checks.model import Span

    Rows = tuple[int, int]

# It may follow another comment on its line (`# see #12  # ssot: allow[…]`), not be part of one.
_ASKED = re.compile(rf"(?:^|\s)#[ \t]*({WAIVER_MARK.decode()}\b.*)")
_BLOCKS = frozenset({"module", "block"})


def inline_waivers(
    module: Node,
    language: Language,
    utf8: bytes,
    *,
    written: Node,
    span: Callable[[Node], Span],
) -> Iterator[InlineWaiver]:
    """Yield the waivers of a file in source order; text that looks like one in a string is none.

    The comments are those of the tree of the source as it is `written`.
    """
    if WAIVER_MARK not in utf8:
        return
    lines = utf8.split(b"\n")
    codes = _next_codes(lines)
    comments = QueryCursor(Query(language, "(comment) @comment")).captures(written)
    for comment in sorted(comments.get("comment", ()), key=lambda node: node.start_byte):
        asked = _ASKED.search(text(comment))
        if asked is not None:
            row, column = comment.start_point
            spoken_of = row if lines[row][:column].strip() else codes[row]
            first, last = _covered(module, spoken_of, lines)
            if row < codes[0]:
                first = 0  # of a whole file, the first line is flagged
            yield InlineWaiver(asked[1].rstrip(), span(comment), range(first + 1, last + 2))


def _next_codes(lines: list[bytes]) -> list[int]:
    """Tell for each row the next one that holds code, itself included; the last row if none does.

    Looked up, not searched each time: comments can stand in thousands.
    """
    codes = [len(lines) - 1] * len(lines)
    for row in range(len(lines) - 2, -1, -1):
        stripped = lines[row].strip()
        is_code = bool(stripped) and not stripped.startswith(b"#")
        codes[row] = row if is_code else codes[row + 1]
    return codes


def _covered(module: Node, row: int, lines: list[bytes]) -> Rows:
    """Widen a row to the whole statement that begins or ends there, or to a block's header.

    Formatters wrap the long line of a waiver and leave the comment at either end.
    """
    column = len(lines[row]) - len(lines[row].lstrip())
    node = module.descendant_for_point_range((row, column), (row, column))
    while node is not None and node.parent is not None and node.parent.type not in _BLOCKS:
        node = node.parent
    if node is None or node.is_error or node.parent is None:
        return row, row
    first, last = _extent(node)
    return (first, last) if row in (first, last) else (row, row)


def _extent(statement: Node) -> Rows:
    """Tell the rows of a statement; of one with a block, up to the colon before it."""
    definition = statement.child_by_field_name("definition") or statement  # below decorators
    body = definition.child_by_field_name("body") or definition.child_by_field_name("consequence")
    end = body.prev_sibling if body is not None else definition
    while end is not None and end.type == "comment":
        end = end.prev_sibling
    return statement.start_point.row, (end or statement).end_point.row
