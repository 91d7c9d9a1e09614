"""An item's text as words and things, and what each thing is there for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from bot.domain.inference import words
from bot.domain.inference.doubt import DoubtError
from bot.domain.inference.things import Strange, Thing, Whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.domain.inference.knowledge import Knowledge
    from checks.config import Concept

# A sentence; whoever writes more means more than one criterion can say.
MAX_CHARACTERS = 500

TOO_LONG = "it is too long to be understood for certain"
STRUCK = "it is struck through"
QUESTION = "it is a question"
NOT_PLAIN = "it contains HTML or a picture"

_QUESTION = re.compile(r"\?(?![\w`])")
_SHARE = re.compile(r"\d+\+? ?(?:/|of\b|out\b) ?\d*", re.IGNORECASE)
_CODE = re.compile(r"`[^`]*`")
_STRUCK = "~~"
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
_HTML = re.compile(r"<[A-Za-z!/]|!\[")
_PARTS = re.compile(r"(?P<fence>`+)(?P<code>.+?)(?P=fence)(?!`)|(?P<word>[^\s`]+)")
_ARROW = re.compile(r"(?:→|->|=>|⇒|➜|➡\ufe0f?)")
_EDGES = "*_.,;:!?()[]{}\"'\u201c\u201d\u2018\u2019"
_NUMBER = re.compile(r"(\d[\d,]*)\+?")
_SIGNS = re.compile(r"[^\w]+")
# A word with one of them compares, measures a part, or points elsewhere.
_TELLING = frozenset("<>≤≥%#$@&=")


class Role(Enum):
    """What a thing is there for: it is done to, it is what comes in place, or where it is done."""

    OBJECT = "object"
    TARGET = "target"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Sentence:
    """What an item says: plain words in lower case, numbers, things and what they are there for."""

    words: tuple[str, ...]
    numbers: tuple[int, ...] = ()
    things: tuple[tuple[Role, Thing], ...] = ()

    def has(self, listed: frozenset[str]) -> bool:
        """Tell whether one of the words stands there."""
        return not listed.isdisjoint(self.words)

    def of(self, *roles: Role) -> tuple[Thing, ...]:
        """Return the things of these roles, each once; concepts by name have none."""
        found = [one for role, one in self.things if role in roles and not isinstance(one, Whole)]
        return tuple(dict.fromkeys(found))

    @property
    def concepts(self) -> tuple[Concept, ...]:
        """Return the concepts that the things belong to."""
        found = [getattr(one, "concept", None) for _, one in self.things]
        return tuple(dict.fromkeys(concept for concept in found if concept))


def read(text: str, knowledge: Knowledge) -> Sentence:
    """Read an item's text; raise `DoubtError` when something in it cannot be told."""
    if len(text) > MAX_CHARACTERS:
        raise DoubtError(TOO_LONG)
    if _STRUCK in text:
        raise DoubtError(STRUCK)
    plain = _LINK.sub(r"\1", text)
    if _HTML.search(plain):
        raise DoubtError(NOT_PLAIN)
    said = _CODE.sub("", plain)
    if _QUESTION.search(said):
        raise DoubtError(QUESTION)
    reader = _Reader(knowledge)
    if share := _SHARE.search(said):  # no word that anybody knows
        reader.words.append(share.group().strip())
    for piece, is_code, ends in _pieces(plain):
        reader.take(piece, is_code=is_code)
        if ends:
            reader.end_label()
    return reader.sentence()


def strange(sentence: Sentence) -> str:
    """Return why a thing cannot be told, `""` when all can."""
    return next((one.reason for _, one in sentence.things if isinstance(one, Strange)), "")


def _pieces(text: str) -> Iterator[tuple[str, bool, bool]]:
    """Yield code spans and words, whether it is code, and whether a colon ends it."""
    spaced = _ARROW.sub(f" {words.ARROW} ", text)
    for found in _PARTS.finditer(spaced):
        if found["code"] is not None:
            yield found["code"].strip(), True, False
        else:
            word = found["word"]
            yield word, False, word.rstrip("*_").endswith(":")


@dataclass(slots=True)
class _Reader:
    knowledge: Knowledge
    words: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    things: list[tuple[Role, Thing]] = field(default_factory=list)
    role: Role = Role.OBJECT
    labelled: bool = False

    def take(self, piece: str, *, is_code: bool) -> None:
        if is_code:
            self._thing(piece, is_code=True)
        elif piece == words.ARROW:
            self.words.append(piece)
            self.role = Role.TARGET
        elif bare := piece.strip(_EDGES):
            if number := _NUMBER.fullmatch(bare):
                self.numbers.append(int(number[1].replace(",", "")))
            elif not self._thing(bare, is_code=False):
                self._word(bare)

    def end_label(self) -> None:
        """Forget what stands before the first colon, if it says only how much the item matters."""
        if not self.labelled and not self.things and set(self.words) <= words.LABELS:
            self.words.clear()
            self.numbers.clear()
        self.labelled = True

    def sentence(self) -> Sentence:
        return Sentence(tuple(self.words), tuple(self.numbers), tuple(self.things))

    def _thing(self, text: str, *, is_code: bool) -> bool:
        thing = self.knowledge.named(text, is_code=is_code)
        if thing is not None:
            self.things.append((self.role, thing))
        return thing is not None

    def _word(self, text: str) -> None:
        if not _TELLING.isdisjoint(text):
            self.words.append(text)
            return
        for part in filter(None, _SIGNS.split(text)):
            word = part.lower()
            if word in words.TARGETS:
                self.role = Role.TARGET
            elif word in words.OBJECTS:
                self.role = Role.OBJECT
            elif word in words.PLACES:
                self.role = Role.PLACE
            if word.isdecimal():
                self.numbers.append(int(word))
            else:
                self.words.append(word)
            self._concept()

    def _concept(self) -> None:
        """Take the last words for a concept where they are its name."""
        for concept in self.knowledge.config.concepts:
            name = split(concept.name)
            last = self.words[-len(name) :]
            if last == name or last == [*name[:-1], f"{name[-1]}s"]:
                del self.words[-len(name) :]
                self.things.append((self.role, Whole(concept)))
                return


def split(name: str) -> list[str]:
    """Split the name of a concept into its words."""
    return name.lower().replace("_", "-").split("-")


def concepts_in(texts: Iterable[str], knowledge: Knowledge) -> tuple[Concept, ...]:
    """Return the concepts of the first text that names any; none when one cannot be told."""
    for text in texts:
        try:
            sentence = read(text, knowledge)
        except DoubtError:
            continue
        if sentence.concepts:
            return sentence.concepts
    return ()
