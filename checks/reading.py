"""What the engine asks of a blob, and the answer: one blob at a time, fit for a worker process."""

from __future__ import annotations

import re
import sys
import warnings
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from checks.edits import Attempts, Draft
from checks.facts import NOTHING, Facts
from checks.limits import FILE_BYTES
from checks.model import Cause
from checks.source import UndecodableError, decode
from checks.stages import warns
from checks.syntax import read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checks.edits import Edit

Result = TypeVar("Result")

TOO_LARGE = "it is larger than {limit:,} bytes and contains words that a rule looks for"
TOO_DEEP = "it is nested too deeply to be read"
_WORD = re.compile(r"\w+")


class Question(StrEnum):
    """What there is to know of a blob."""

    FACTS = "facts"  # for the rules; a blob without any needle holds nothing for them
    MODULE = "module"  # for re-exports: no needle is asked
    COMPILED = "compiled"  # whether Python takes it
    WARNS = "warns"  # whether the module warns of itself
    TEXT = "text"  # the bytes themselves
    EDITED = "edited"  # what becomes of it when some edits are made


@dataclass(frozen=True, slots=True)
class Request:
    """The engine asks one question of some blobs, by id; `edits` are to be tried on each."""

    question: Question
    blobs: frozenset[str]
    edits: Mapping[str, tuple[Edit, ...]] = field(default_factory=dict)

    def asked(self, oid: str, content: bytes) -> Asked:
        """Put a blob's content in the form that `reply` answers for."""
        if self.question is Question.EDITED:
            return self.question, Draft(content, self.edits[oid])
        return self.question, content


@dataclass(frozen=True, slots=True)
class Compiled:
    """What `compile()` says; `words` counts the words of a text that it refuses.

    `python` is the version that judged, `(major, minor)`.
    """

    python: tuple[int, int]
    error: str | None = None
    line: int | None = None
    words: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Warned:
    """Whether a module warns of itself, as `checks.stages.warns` tells."""

    told: bool | None


@dataclass(frozen=True, slots=True)
class Text:
    """A blob as it is."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Unread:
    """A blob that nothing can be said of, and whose doing that is."""

    reason: str
    cause: Cause


@dataclass(frozen=True, slots=True)
class Distant:
    """A blob that was not brought: it would have cost the review one batch too many."""


@dataclass(frozen=True, slots=True)
class Unsought:
    """A blob without any needle: it holds nothing for the rules, so its names were not read."""


Reply = Facts | Compiled | Warned | Attempts | Text | Unread | Distant | Unsought
Replies = Mapping[str, Reply]  # by blob id
Material = bytes | Draft
Asked = tuple[Question, Material]
# What makes several requests at a time, is sent the replies to each, and comes to a result.
Inquiry = Generator[Sequence[Request], Sequence[Replies], Result]


def ask(request: Request) -> Inquiry[Replies]:
    """Make one request by itself."""
    (replies,) = yield (request,)
    return replies


def reply(question: Question, content: Material, needles: frozenset[bytes]) -> Reply:
    """Answer one question of one blob; never raises for what the blob holds."""
    if isinstance(content, Draft):
        # Only here: libcst takes longer to import than a small change to check.
        from checks.fixes import attempt  # noqa: PLC0415

        return attempt(content)
    match question:
        case Question.TEXT:
            return Text(content)
        case Question.COMPILED:
            return compiled(content)
        case Question.WARNS:
            return Warned(warns(content))
        case Question.FACTS if not any(needle in content for needle in needles):
            return Unsought()
        case _:
            return _facts(content)


def answer(asked: Asked, needles: frozenset[bytes]) -> Reply:
    """Answer as `reply`, in the form that workers are handed."""
    return reply(*asked, needles)


def reply_large(chunks: Iterable[bytes], needles: frozenset[bytes]) -> Reply:
    """Answer for a blob that is too large to be parsed: only the needles are searched."""
    overlap = max(map(len, needles), default=1) - 1
    tail = b""
    for chunk in chunks:
        window = tail + chunk
        if any(needle in window for needle in needles):
            return Unread(TOO_LARGE.format(limit=FILE_BYTES), Cause.CHANGE)
        tail = window[len(window) - overlap :]
    return NOTHING


def _facts(content: bytes) -> Facts | Unread:
    try:
        return read(content)
    except UndecodableError as error:
        return Unread(str(error), Cause.CHANGE)
    except RecursionError:
        return Unread(TOO_DEEP, Cause.CHANGE)


def compiled(content: bytes) -> Compiled:
    """Have Python compile a file, and tell what it says."""
    python = sys.version_info[:2]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(content, "<file>", "exec", dont_inherit=True)
    except SyntaxError as error:
        text = f"{type(error).__name__}: {error.msg}"
        return Compiled(python, text, error.lineno, _words(content))
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return Compiled(python, f"{type(error).__name__}: {error}", None, _words(content))
    return Compiled(python)


def _words(content: bytes) -> Mapping[str, int]:
    try:
        text = decode(content)
    except UndecodableError:
        text = content.decode("latin-1")
    return Counter(_WORD.findall(text))
