"""The block of an issue's body that we keep, between two comments on lines of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.checklist.blocks import blocks_of, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from markdown_it.token import Token

    from bot.domain.checklist.blocks import Line

PROGRESS_MARK = "<!-- ssot:progress -->"
_END = "<!-- /ssot:progress -->"

OUT_OF_BLOCK = "the text would not fit between the two `ssot:progress` comments"


def progress_of(body: str) -> str | None:
    """Return what stands in the block, with LF as line ends; None when the body has no block."""
    lines = lines_of(body)
    span = span_of(body, blocks_of(body), lines)
    if span is None:
        return None
    return "\n".join(body[lines[at].start : lines[at].end] for at in range(span[0] + 1, span[1]))


def with_progress(body: str, content: str) -> str | None:
    """Replace what stands in the block; None when the body has no block.

    `content` is Markdown with LF as line ends; it takes the line ends of the block. ValueError
    when it would not stay in the block: an open fence, or one of the two comments.
    """
    lines = lines_of(body)
    span = span_of(body, blocks_of(body), lines)
    if span is None:
        return None
    first, last = lines[span[0]], lines[span[1]]
    line_end = body[first.end : first.next_start]
    inside = "".join(f"{line}{line_end}" for line in content.split("\n")) if content else ""
    replaced = body[: first.next_start] + inside + body[last.start :]
    if progress_of(replaced) != content:
        raise ValueError(OUT_OF_BLOCK)
    return replaced


def span_of(body: str, tokens: Iterable[Token], lines: Sequence[Line]) -> tuple[int, int] | None:
    """Tell which lines hold the two comments; neither may stand in code, a quote or a list."""
    start = None
    for token in tokens:
        if token.type != "html_block" or token.level or token.map is None:
            continue
        line = lines[token.map[0]]
        text = body[line.start : line.end].strip(" \t")
        if start is None and text == PROGRESS_MARK:
            start = token.map[0]
        elif start is not None and text == _END:
            return start, token.map[0]
    return None
