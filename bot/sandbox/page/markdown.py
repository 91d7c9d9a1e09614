"""Markdown as GitHub shows it, without anything that a browser would run or load."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

SUGGESTED = "Suggested change"
SUGGESTION = "suggestion"
BOXES = {"[ ] ": "☐ ", "[x] ": "☑ ", "[X] ": "☑ "}
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"(</?(?:details|summary)>)")
_TAGS = ("<details>", "</details>", "<summary>", "</summary>")


def render(text: str) -> Markup:
    """Render a comment or a summary: comments vanish, `<details>` folds, other HTML is text."""
    return Markup(_PARSER.render(text))  # noqa: S704 -- the rules below escape all that is foreign


def suggested(text: str) -> str | None:
    """Return what the first suggestion of a comment puts in the place of its lines."""
    for token in _PARSER.parse(text):
        if token.type == "fence" and token.info.strip() == SUGGESTION:
            return token.content
    return None


def _html(_renderer: object, tokens: Sequence[Token], index: int, *_: object) -> str:
    parts = _TAG.split(_COMMENT.sub("", tokens[index].content))
    return "".join(part if part in _TAGS else escape(part) for part in parts)


def _fence(_renderer: object, tokens: Sequence[Token], index: int, *_: object) -> str:
    token = tokens[index]
    code = _code(token)
    if token.info.strip() != SUGGESTION:
        return code
    return f'<div class="suggestion"><p>{SUGGESTED}</p>{code}</div>'


def _code_block(_renderer: object, tokens: Sequence[Token], index: int, *_: object) -> str:
    return _code(tokens[index])


def _code(token: Token) -> str:
    # Long lines are scrolled, which without a mouse takes something to stand on.
    return f'<pre tabindex="0"><code>{escape(token.content)}</code></pre>'


def _image(_renderer: object, tokens: Sequence[Token], index: int, *_: object) -> str:
    """Show the text that stands for an image: nothing is loaded from elsewhere."""
    return escape(tokens[index].content)


def _tick(state: StateCore) -> None:
    """Show the boxes of a checklist: what an item begins with, GitHub's task list."""
    for index, token in enumerate(state.tokens[2:], start=2):
        if token.type != "inline" or state.tokens[index - 2].type != "list_item_open":
            continue
        for first in (token.children or [])[:1]:
            mark = first.content[:4]
            if first.type == "text" and mark in BOXES:
                first.content = BOXES[mark] + first.content[4:]


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.core.ruler.push("boxes", _tick)
    parser.add_render_rule("html_block", _html)
    parser.add_render_rule("html_inline", _html)
    parser.add_render_rule("fence", _fence)
    parser.add_render_rule("code_block", _code_block)
    parser.add_render_rule("image", _image)
    return parser


_PARSER = _parser()
