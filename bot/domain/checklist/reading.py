"""Task items, found where GitHub renders a box, with the places of what may be edited."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.domain.checklist.blocks import blocks_of, comments_of, lines_of, shown
from bot.domain.checklist.markers import is_another, is_criterion, parse
from bot.domain.checklist.model import Item
from bot.domain.checklist.progress import span_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from markdown_it.token import Token

    from bot.domain.checklist.blocks import Line

TWO_CRITERIA = "it has two criteria: keep one"
UNREADABLE_MARKER = "its marker cannot be read: write `<!-- ssot: CRITERION -->` on one line"
TAB_BOX = "its box contains a tab: write `[ ]`"

# What github.com renders, as recorded by micromark-extension-gfm-task-list-item: the first thing
# in a list item is a paragraph that goes on behind the box. A paragraph ends in no blank.
_BOX = re.compile(r"\[([ \txX])\][ \t\n]")
_BOX_LENGTH = len("[ ]")
_BLANK = " \t"


@dataclass(frozen=True, slots=True)
class _Found:
    """A task item: its paragraph, and the blocks of HTML right under it."""

    paragraph: Token
    parent: int | None
    html: list[Token] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Open:
    """A list item that is being read; `task` is the index of the nearest task item, if any."""

    level: int
    task: int | None
    is_task: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """The items of a body, and the text of the paragraph of each."""

    items: tuple[Item, ...]
    paragraphs: tuple[str, ...]

    def shown(self, index: int) -> str:
        """Return what a person sees of an item, `""` where nothing goes on behind its first line.

        A link that is broken over two lines breaks for good when something is written between.
        """
        paragraph = self.paragraphs[index]
        return shown(paragraph[_BOX_LENGTH:]) if "\n" in paragraph else ""


def items(body: str) -> tuple[Item, ...]:
    """Find the task items in their order: none in code, quotes, HTML or the block that we keep."""
    return read(body).items


def read(body: str) -> Reading:
    """Find the task items as `items` does, with the text of their paragraphs."""
    tokens, lines = blocks_of(body), lines_of(body)
    start, end = span_of(body, tokens, lines) or (0, 0)
    source = _Source(body, lines)
    tasks = _tasks(tokens, kept=range(start, end))
    return Reading(
        tuple(_item(found, source) for found in tasks),
        tuple(found.paragraph.content for found in tasks),
    )


def _tasks(tokens: Sequence[Token], *, kept: range) -> list[_Found]:
    tasks: list[_Found] = []
    opened: list[_Open] = []
    quotes = 0
    for index, token in enumerate(tokens):
        if token.type in {"blockquote_open", "blockquote_close"}:
            quotes += token.nesting
        elif token.type == "list_item_close":
            opened.pop()
        elif token.type == "list_item_open":
            above = opened[-1].task if opened else None
            paragraph = None if quotes else _boxed(tokens, index + 1)
            if paragraph and paragraph.map and paragraph.map[0] not in kept:
                opened.append(_Open(token.level, len(tasks), is_task=True))
                tasks.append(_Found(paragraph, above))
            else:
                opened.append(_Open(token.level, above, is_task=False))
        elif token.type == "html_block" and opened and _is_own(token, opened[-1]):
            tasks[opened[-1].task or 0].html.append(token)
    return tasks


def _boxed(tokens: Sequence[Token], first: int) -> Token | None:
    """Return the text of the paragraph that begins a list item, if it begins with a box."""
    if tokens[first].type != "paragraph_open" or not _BOX.match(tokens[first + 1].content):
        return None
    return tokens[first + 1]


def _is_own(html: Token, item: _Open) -> bool:
    return item.is_task and html.level == item.level + 1


def _item(found: _Found, source: _Source) -> Item:
    paragraph = _Paragraph(found.paragraph, source)
    comments = list(comments_of(paragraph.text))
    hidden = [(paragraph.place(at), comment) for at, comment in comments]
    hidden += [place for html in found.html for place in _alone(html, source)]
    markers = [parse(text, start) for start, text in hidden if not is_another(text)]
    readable = tuple(marker for marker in markers if marker)
    box = paragraph.place(1)
    problem = ""
    if source.body[box] == "\t":
        problem = TAB_BOX
    elif len(readable) < len(markers):
        problem = UNREADABLE_MARKER
    elif sum(map(is_criterion, readable)) > 1:
        problem = TWO_CRITERIA
    return Item(
        line=paragraph.first + 1,
        box=box,
        checked=source.body[box] in "xX",
        text=_text(paragraph.text, comments),
        first_end=source.text_end(paragraph.first, wraps="\n" in paragraph.text),
        parent=found.parent,
        markers=readable,
        problem=problem,
    )


def _alone(html: Token, source: _Source) -> Iterator[tuple[int, str]]:
    """Yield a comment of ours that is the whole block: it ends on the line where it begins."""
    number = html.map[0] if html.map else 0
    line = source.line(number)
    for start, comment in comments_of(line):
        if comment == line.strip(_BLANK):
            yield source.lines[number].start + start, comment


def _text(paragraph: str, comments: Iterable[tuple[int, str]]) -> str:
    parts, last = [], _BOX_LENGTH
    for start, comment in comments:
        before = paragraph[last:start]
        last = start + len(comment)
        # Before the backslash of a hard break our own blank is the only one.
        parts.append(before.removesuffix(" ") if paragraph.startswith("\\\n", last) else before)
    return " ".join("".join([*parts, paragraph[last:]]).split())


@dataclass(frozen=True, slots=True)
class _Source:
    body: str
    lines: Sequence[Line]

    def line(self, number: int) -> str:
        line = self.lines[number]
        # The parser shows NUL so; every offset stays.
        return self.body[line.start : line.end].replace("\0", "\ufffd")

    def text_end(self, number: int, *, wraps: bool) -> int:
        """Tell where text can be appended to a line: a hard break at its end stays one."""
        text = self.line(number)
        bare = text.rstrip(_BLANK)
        slashes = len(bare) - len(bare.rstrip("\\"))
        breaks = wraps and bare == text and slashes % 2
        return self.lines[number].start + len(bare) - (1 if breaks else 0)


class _Paragraph:
    """The text of a paragraph, whose lines lost their indent, and where each stands in the body."""

    def __init__(self, token: Token, source: _Source) -> None:
        assert token.map is not None
        self.text = token.content
        self.first = token.map[0]
        self._starts: list[int] = []
        self._places: list[int] = []
        start = 0
        for number, line in enumerate(self.text.split("\n"), self.first):
            bare = line.lstrip(_BLANK)
            # Only blanks stand behind it, so the last place that fits is the place.
            found = source.line(number).rfind(bare) - (len(line) - len(bare))
            self._starts.append(start)
            self._places.append(source.lines[number].start + found)
            start += len(line) + 1

    def place(self, offset: int) -> int:
        """Turn an offset into the text into one into the body."""
        line = bisect_right(self._starts, offset) - 1
        return self._places[line] + offset - self._starts[line]
