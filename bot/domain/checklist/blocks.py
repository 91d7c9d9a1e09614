"""Markdown as blocks, with the place of every line in the source."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from bot.domain.checklist.markers import OPENING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

# cmark-gfm stops at lists 100 deep (MAX_LIST_DEPTH in blocks.c), and each list is two levels here.
_DEPTH = 200
_BLOCKS = MarkdownIt("commonmark", {"maxNesting": _DEPTH}).disable(["inline", "text_join"])
# The rules that bind tighter than links and emphasis, and that need time linear in the text.
_INLINE = MarkdownIt("zero", {"html": True}).enable(
    ["newline", "escape", "backticks", "autolink", "html_inline"]
)
_SHOWN = MarkdownIt("commonmark")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LINE_END = re.compile(r"\r\n?|\n")
_BYTE_ORDER_MARK = "\ufeff"
# Characters of private use stand for an opening while the text of a paragraph is parsed.
_FIRST = 0xF0000
_MOST = 0xFFFF


@dataclass(frozen=True, slots=True)
class Line:
    """A line as offsets: its text is `start:end`, its end of line `end:next_start`."""

    start: int
    end: int
    next_start: int


def lines_of(body: str) -> list[Line]:
    """Cut at LF, CRLF and CR, as Markdown does; a byte order mark belongs to no line."""
    lines = []
    start = len(_BYTE_ORDER_MARK) if body.startswith(_BYTE_ORDER_MARK) else 0
    for found in _LINE_END.finditer(body, start):
        lines.append(Line(start, found.start(), found.end()))
        start = found.end()
    return [*lines, Line(start, len(body), len(body))]


def blocks_of(body: str) -> list[Token]:
    """Parse into blocks; the line numbers of the tokens are indexes into `lines_of`."""
    return _BLOCKS.parse(body.removeprefix(_BYTE_ORDER_MARK))


def comments_of(text: str) -> Iterator[tuple[int, str]]:
    """Yield our comments in a paragraph's text, and where they stand: none in a code span."""
    openings = list(islice(OPENING.finditer(text), _MOST))
    if not openings:
        return
    tagged, last = [], 0
    for number, opening in enumerate(openings):
        tagged += [text[last : opening.end()], chr(_FIRST + number)]
        last = opening.end()
    inline = _INLINE.parseInline("".join([*tagged, text[last:]]))
    for token in inline[0].children or ():
        opening_of = OPENING.match(token.content) if token.type == "html_inline" else None
        if opening_of:
            start = openings[ord(token.content[opening_of.end()]) - _FIRST].start()
            yield start, text[start : text.index("-->", start + len("<!--")) + len("-->")]


def shown(text: str) -> str:
    """Render a paragraph's text without its comments and blanks."""
    return "".join(_COMMENT.sub("", _SHOWN.renderInline(text)).split())
