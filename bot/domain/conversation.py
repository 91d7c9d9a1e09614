"""What is said on a pull request or issue, and what our own answers say hidden about themselves.

An answer of ours begins with hidden lines, which are believed in texts of ours alone:

    <!-- ssot:answer=ASKED/DIGEST -->     what it answers, and the text that it answers
    <!-- ssot:accepted=TERMS:FP,FP -->    a waiver or pause that holds from now on, and its findings
    <!-- ssot:revoked=ASKED/TERMS -->     one that holds no more

ASKED is the id of a comment, or a pressed button and a head.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MARKER = re.compile(r"<!-- ssot:(answer|accepted|revoked)=([0-9A-Za-z:,/@_-]+) -->")
_HEADER = re.compile(rf"\A(?:{_MARKER.pattern}\r?\n)+")


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment on a pull request or issue; `author` and `editor` are logins, `""` when unknown.

    `author_id` is the author's, 0 for whoever is no person (a bot, a deleted account). `ours` tells
    whether this App wrote it. `editor` is the last one, `""` when nobody edited it or nobody
    knows; `edited` tells whether anybody did.
    """

    id: int
    author: str
    author_id: int
    body: str
    ours: bool = False
    editor: str = ""
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Revoked:
    """A waiver or pause that ended: the comment that asked for it, and the digest of its terms."""

    asked: str
    terms: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer of ours says hidden: `accepted` maps terms to the findings they cover.

    `editor` is whoever changed it since, `""` when nobody knows, None when nobody did: it says what
    they say.
    """

    asked: str
    digest: str
    accepted: Mapping[str, frozenset[str]]
    revoked: tuple[Revoked, ...] = ()
    editor: str | None = None


def digest_of(*parts: str) -> str:
    """Name a text, or terms of several parts, by 16 hex digits; line ends do not matter."""
    text = "\0".join(part.replace("\r\n", "\n").strip() for part in parts)
    return sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


def header(answer: Answer) -> str:
    """Write the hidden lines that an answer begins with."""
    lines = [f"answer={answer.asked}/{answer.digest}"]
    for terms, fingerprints in answer.accepted.items():
        lines.append(f"accepted={terms}:{','.join(sorted(fingerprints))}")
    lines += [f"revoked={one.asked}/{one.terms}" for one in answer.revoked]
    return "".join(f"<!-- ssot:{line} -->\n" for line in lines)


def answers(remarks: Iterable[Remark]) -> tuple[Answer, ...]:
    """Read what our own answers say, in the order in which they were given."""
    read = (_answer(remark) for remark in remarks if remark.ours)
    return tuple(answer for answer in read if answer is not None)


def _answer(remark: Remark) -> Answer | None:
    top = _HEADER.match(remark.body)
    pairs = _MARKER.findall(top.group()) if top else []
    if not pairs or pairs[0][0] != "answer":
        return None
    asked, _, digest = pairs[0][1].partition("/")
    accepted = [value.partition(":") for name, value in pairs if name == "accepted"]
    revoked = [value.partition("/") for name, value in pairs if name == "revoked"]
    return Answer(
        asked=asked,
        digest=digest,
        accepted={terms: frozenset(names.split(",")) - {""} for terms, _, names in accepted},
        revoked=tuple(Revoked(asked, terms) for asked, _, terms in revoked),
        editor=remark.editor if remark.edited else None,
    )
