"""What a Markdown text says itself: its tokens outside of quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

# Hostile Markdown of 65,000 characters takes a second to parse, of this length a fifth of it.
MAX_CHARACTERS = 20_000

_MARKDOWN = MarkdownIt("commonmark")


def unquoted(text: str) -> Iterator[Token]:
    """Yield the tokens outside of quotes; a paragraph that continues a quote is quoted."""
    depth = 0
    for token in _MARKDOWN.parse(text):
        if token.type in {"blockquote_open", "blockquote_close"}:
            depth += token.nesting
        elif not depth:
            yield token
