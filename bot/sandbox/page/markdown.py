"""Markdown as GitHub shows it, without anything that a browser would run or load."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.rules_core import StateCore
    from markdown_it.utils import EnvType

SUGGESTED = "Suggested change"
SUGGESTION = "suggestion"
BOXES = {"[ ] ": "☐", "[x] ": "☑", "[X] ": "☑"}
TICKED = "☑"
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"(</?(?:details|summary)>)")
_BOX = re.compile(r"\[([ xX])\](?= )")
_REFERENCE = re.compile(r"(?<![\w&#/])#(\d+)\b")
_TAGS = ("<details>", "</details>", "<summary>", "</summary>")


def render(text: str, *, repository: str = "", replaced: str | None = None) -> Markup:
    """Render a comment or a summary: comments vanish, `<details>` folds, other HTML is text.

    `#7` links to that issue of `repository`; suggestions show the lines that they replace.
    """
    return _rendered(text, {"repository": repository, "replaced": replaced})


def render_with_boxes(text: str, *, repository: str = "") -> Markup:
    """Render a text whose boxes are buttons of the form around it, named by their lines."""
    return _rendered(text, {"repository": repository, "boxes": True})


def _rendered(text: str, env: dict[str, object]) -> Markup:
    return Markup(_PARSER.render(text, env))  # noqa: S704 -- the rules below escape all that is foreign


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


def _fence(
    _renderer: object, tokens: Sequence[Token], index: int, _options: object, env: EnvType
) -> str:
    token = tokens[index]
    if token.info.strip() != SUGGESTION:
        return _code(token.content)
    replaced = env.get("replaced")
    old = _code(replaced, "deleted") if replaced else ""
    new = _code(token.content, "added") if token.content else ""
    return f'<div class="suggestion"><p>{SUGGESTED}</p>{old}{new}</div>'


def _code_block(_renderer: object, tokens: Sequence[Token], index: int, *_: object) -> str:
    return _code(tokens[index].content)


def _code(text: str, kind: str = "code") -> str:
    # Long lines are scrolled, which without a mouse takes something to stand on.
    return f'<pre class="{kind}" tabindex="0"><code>{escape(text)}</code></pre>'


def _table(_renderer: object, tokens: Sequence[Token], index: int, *_: object) -> str:
    # As with long lines.
    opens = tokens[index].nesting == 1
    return '<div class="scroll" tabindex="0"><table>' if opens else "</table></div>"


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


def _refer(state: StateCore) -> None:
    """Link what is written as `#7` outside of links and code."""
    repository = str(state.env.get("repository") or "")
    for token in state.tokens if repository else ():
        if token.type == "inline":
            token.children = list(_referring_all(token.children or [], repository))


def _referring_all(tokens: Sequence[Token], repository: str) -> Iterator[Token]:
    links = 0
    for token in tokens:
        links += (token.type == "link_open") - (token.type == "link_close")
        yield from [token] if links else _referring(token, repository)


def _referring(token: Token, repository: str) -> list[Token]:
    if token.type != "text":
        return [token]
    parts = _REFERENCE.split(token.content)
    found = [Token("text", "", 0, content=parts[0])]
    for number, rest in zip(parts[1::2], parts[2::2], strict=True):
        href = f"/{repository}/issues/{number}"
        found.append(Token("link_open", "a", 1, attrs={"href": href}))
        found.append(Token("text", "", 0, content=f"#{number}"))
        found.append(Token("link_close", "a", -1))
        found.append(Token("text", "", 0, content=rest))
    return found


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
    parser.core.ruler.push("references", _refer)
    parser.add_render_rule("html_block", _html)
    parser.add_render_rule("html_inline", _html)
    parser.add_render_rule("fence", _fence)
    parser.add_render_rule("code_block", _code_block)
    parser.add_render_rule("table_open", _table)
    parser.add_render_rule("table_close", _table)
    parser.add_render_rule("image", _image)
    parser.add_render_rule("box", _box)
    return parser


_PARSER = _parser()
