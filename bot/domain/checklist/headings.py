"""The headings that stand above each item."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.domain.checklist.blocks import blocks_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.domain.checklist.model import Item


@dataclass(frozen=True, slots=True)
class _Heading:
    line: int
    level: int
    text: str


def headings_of(body: str, found: Sequence[Item]) -> tuple[tuple[str, ...], ...]:
    """Return the headings that each of the items of a body stands under, the nearest first."""
    headings = list(_headings(body))
    above: list[_Heading] = []
    texts = []
    for item in found:
        while headings and headings[0].line < item.line:
            heading = headings.pop(0)
            above = [one for one in above if one.level < heading.level]
            above.append(heading)
        texts.append(tuple(one.text for one in reversed(above)))
    return tuple(texts)


def _headings(body: str) -> Iterator[_Heading]:
    """Yield the headings of the body itself: those in quotes and lists are about these alone."""
    tokens = blocks_of(body)
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open" and opening.level == 0 and opening.map:
            yield _Heading(opening.map[0] + 1, int(opening.tag[1:]), inline.content)
