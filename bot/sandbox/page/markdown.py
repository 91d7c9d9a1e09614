"""Markdown as GitHub shows it, without anything that a browser would run or load."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.rules_core import StateCore
    from markdown_it.utils import EnvType

SUGGESTED = "Suggested change"
SUGGESTION = "suggestion"
BOXES = {"[ ] ": "☐", "[x] ": "☑", "[X] ": "☑"}
TICKED = "☑"
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"(</?(?:details|summary)>)")
_BOX = re.compile(r"\[([ xX])\](?= )")
_TAGS = ("<details>", "</details>", "<summary>", "</summary>")


def render(text: str) -> Markup:
    """Render a comment or a summary: comments vanish, `<details>` folds, other HTML is text."""
    return Markup(_PARSER.render(text))  # noqa: S704 -- the rules below escape all that is foreign


def render_with_boxes(text: str) -> Markup:
    """Render a text whose boxes are buttons of the form around it, named by their lines."""
    return Markup(_PARSER.render(text, {"boxes": True}))  # noqa: S704 -- as above


def toggled(text: str, line: int) -> str | None:
    """Tick or empty the box in a line, counted from 0; None where there is none."""
    lines = text.split("\n")
    found = _BOX.search(lines[line]) if line < len(lines) else None
    if found is None:
        return None
    mark = "x" if found[1] == " " else " "
    lines[line] = f"{lines[line][: found.start(1)]}{mark}{lines[line][found.end(1) :]}"
    return "\n".join(lines)


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
        children = token.children or []
        mark = children[0].content[:4] if children and children[0].type == "text" else ""
        if mark in BOXES:
            children[0].content = children[0].content[3:]
            label = token.content[4:]
            line = (token.map or [0])[0]
            meta = {"line": line, "label": _COMMENT.sub("", label).strip()}
            children.insert(0, Token("box", "", 0, content=BOXES[mark], meta=meta))


def _box(
    _renderer: object, tokens: Sequence[Token], index: int, _options: object, env: EnvType
) -> str:
    box = tokens[index]
    if not env.get("boxes"):
        return box.content
    is_ticked = str(box.content == TICKED).lower()
    return (
        f'<button class="box" role="checkbox" aria-checked="{is_ticked}" name="line"'
        f' value="{box.meta["line"]}" aria-label="{escape(box.meta["label"])}">'
        f"{box.content}</button>"
    )


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.core.ruler.push("boxes", _tick)
    parser.add_render_rule("html_block", _html)
    parser.add_render_rule("html_inline", _html)
    parser.add_render_rule("fence", _fence)
    parser.add_render_rule("code_block", _code_block)
    parser.add_render_rule("image", _image)
    parser.add_render_rule("box", _box)
    return parser


_PARSER = _parser()
