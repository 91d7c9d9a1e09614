"""Lines inside brackets that stand further left than their block: Python joins them, so do we."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Strings whole, comments, brackets, and line ends that are not escaped. A string that is never
# closed takes the rest: looked for again at each quote, 40 kB of them took 3 s.
_TOKEN = re.compile(
    rb'''"""(?:[^"\\]|\\.|"(?!""))*+(?:"""|\Z)|"(?:[^"\\\n]|\\.)*+"?'''
    rb"""|'''(?:[^'\\]|\\.|'(?!''))*+(?:'''|\Z)|'(?:[^'\\\n]|\\.)*+'?"""
    rb"""|\#[^\n]*+|[][(){}]|\\\n|\n""",
    re.DOTALL,
)
_INDENT = re.compile(rb"[ \t\f]*+")
# As tree-sitter-python counts.
TAB_WIDTH = 8

# Where a line ends, or the comment before its end begins; and the end.
Break = tuple[int, int]


def joined(utf8: bytes) -> bytes:
    """Put a backslash before the line ends inside such brackets; each row and column stays.

    tree-sitter-python ends the block there where the bracket cannot be closed yet, as in
    `from a import (` in a function, with the names at the left edge.
    """
    pieces: list[bytes] = []
    done = 0
    for at, end in _breaks(utf8):
        pieces += [utf8[done:at], b"\\"]
        done = end
    return b"".join((*pieces, utf8[done:])) if pieces else utf8


def _breaks(utf8: bytes) -> Iterator[Break]:
    """Yield what the backslashes replace: line ends, with the comments before them."""
    for indent, breaks in _brackets(utf8):
        if any(_indent(utf8, end + 1, indent) < indent for _, end in breaks):
            yield from breaks


def _brackets(utf8: bytes) -> Iterator[tuple[int, Iterable[Break]]]:
    """Yield the outermost brackets of more than one line: the indent of their block, the breaks."""
    depth = line = 0
    breaks: list[Break] = []
    comment = -1
    for token in _TOKEN.finditer(utf8):
        first = token[0][:1]
        if first in b"([{":
            depth += 1
        elif first in b")]}":
            depth = max(depth - 1, 0)
            if not depth and breaks:
                yield _indent(utf8, line, 0), breaks
                breaks = []
        elif first == b"\n" and depth:
            at = comment if comment >= 0 else token.start()
            breaks.append((at, token.start()))
        elif first == b"\n":
            line = token.end()
        comment = token.start() if first == b"#" else -1


def _indent(utf8: bytes, start: int, blank: int) -> int:
    """Count the columns before the first word of a line; `blank` for one that has none."""
    match = _INDENT.match(utf8, start)
    assert match is not None
    if utf8[match.end() : match.end() + 1] in (b"\n", b"#", b""):
        return blank
    return len(match[0].expandtabs(TAB_WIDTH))
