"""Which issues a pull request speaks of: in its title, body and commits, in its branch's name.

    link   = keyword , [ ":" ] , target , { ( "," | "and" | "&" ) , target } ;
    target = [ owner , "/" , name ] , "#" , number | "GH-" , number ;

The keywords are GitHub's closing ones and `ref`, `refs`, `references`, `part of`, `issue`,
`issues`, in any case. In a branch's name `issue-12` is one. A number without keyword is a mention,
no link; so is what stands in code, quotes, HTML or HTML comments of the body.
https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/linking-a-pull-request-to-an-issue
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.checklist import MAX_NUMBER
from bot.domain.unquoted import MAX_CHARACTERS, unquoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

# Each is one more issue to read; GitHub itself takes ten links made by hand.
MAX_LINKS = 20

_TARGET = r"(?:(?:[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9_.-]{1,100})?#|GH-)[0-9]{1,10}\b"
_NEXT = r"(?:,|[ \t]+and\b|[ \t]*&)[ \t]*"
_KEYWORD = r"(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|refs?|references|part\s+of|issues?)"
_LINK = re.compile(
    rf"(?<![\w-]){_KEYWORD}:?[ \t]+(?P<targets>{_TARGET}(?:{_NEXT}{_TARGET})*)", re.IGNORECASE
)
_ONE = re.compile(
    r"(?:(?P<owner>[^\s/#,&]+)/(?P<name>[^\s/#]+))?(?:#|GH-)(?P<number>[0-9]+)", re.IGNORECASE
)
_IN_BRANCH = re.compile(
    r"(?<![0-9a-z])issues?[-_/]?(?P<number>[0-9]{1,10})(?![0-9a-z])", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Link:
    """An issue or pull request that a text names; without `owner` and `name` of this repository."""

    number: int
    owner: str = ""
    name: str = ""


def linked(*, title: str, body: str, messages: Sequence[str], branch: str) -> tuple[Link, ...]:
    """List what a pull request links to, each once, in the order of the texts; at most 20.

    Of the body the first 20,000 characters count.
    """
    texts = [title, *_said(body), *messages]
    found = [link for text in texts for link in _links(text)]
    numbers = [match["number"] for match in _IN_BRANCH.finditer(branch)]
    found += [Link(int(number)) for number in numbers]
    return tuple(one for one in dict.fromkeys(found) if 0 < one.number <= MAX_NUMBER)[:MAX_LINKS]


def _links(text: str) -> Iterator[Link]:
    for match in _LINK.finditer(text):
        for one in _ONE.finditer(match["targets"]):
            yield Link(int(one["number"]), one["owner"] or "", one["name"] or "")


def _said(body: str) -> Iterator[str]:
    """Yield the paragraphs of a body as a person reads them."""
    for token in unquoted(body[:MAX_CHARACTERS]):
        children = token.children or ()
        yield "".join(child.content if child.type == "text" else _gap(child) for child in children)


def _gap(token: Token) -> str:
    """Keep apart what a line end or a span of code stands between; emphasis is not there."""
    return "" if token.nesting else "\n"
