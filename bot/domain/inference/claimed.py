"""What an item speaks of, as the parts of a criterion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.inference.doubt import DoubtError
from bot.domain.inference.knowledge import describe
from bot.domain.inference.things import File, Folder, Home, Module, Thing, Whole
from checks.globs import PathGlob

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeVar

    from bot.domain.inference.knowledge import Knowledge
    from bot.domain.inference.sentence import Role, Sentence
    from checks.config import Concept, Deprecated

    Found = TypeVar("Found")

NO_THING = "it does not say which one"
MANY = "it names {count} things, and a criterion measures one: give each its own item"
OTHER = "what it says of '{name}' is not certain"
NOT_DEPRECATED = "'{name}' is not deprecated in the config"
NO_CONCEPT = "it does not name the concept"
CONCEPTS = "it may be about several concepts: {names}"
NONE_DEPRECATED = "the config names no deprecated module of '{concept}'"
GONE = "the file of '{name}' is not in the tree"
A_PATTERN = "'{path}' would be read as a pattern"

_SPECIAL = frozenset('*?["')


@dataclass(frozen=True, slots=True)
class Claimed:
    """A sentence, and the concepts that it can be about by its place where it names none."""

    sentence: Sentence
    around: tuple[Concept, ...]
    knowledge: Knowledge

    @property
    def concepts(self) -> tuple[Concept, ...]:
        """Return the concepts that it can be about."""
        return self.sentence.concepts or self.around

    def concept(self) -> Concept:
        """Return the one concept that it is about."""
        if not self.concepts:
            raise DoubtError(NO_CONCEPT)
        if len(self.concepts) > 1:
            names = ", ".join(f"'{concept.name}'" for concept in self.concepts)
            raise DoubtError(CONCEPTS.format(names=names))
        return self.concepts[0]

    def only(self, *roles: Role) -> Thing:
        """Return the one thing of these roles."""
        return _one(self.sentence.of(*roles))

    def module(self, *roles: Role) -> Deprecated:
        """Return the one deprecated module that it speaks of."""
        thing = self.only(*roles)
        if not isinstance(thing, Module):
            raise DoubtError(NOT_DEPRECATED.format(name=describe(thing)))
        return thing.deprecated

    def only_deprecated(self) -> Deprecated:
        """Return the one deprecated module of the concept."""
        concept = self.concept()
        if not concept.deprecated:
            raise DoubtError(NONE_DEPRECATED.format(concept=concept.name))
        return _one(concept.deprecated)

    def only_homes(self, *roles: Role) -> None:
        """Doubt what speaks of anything but what is canonical."""
        for thing in self.sentence.of(*roles):
            if not isinstance(thing, Home):
                raise DoubtError(OTHER.format(name=describe(thing)))

    def not_of_concept(self) -> None:
        """Doubt what names a concept, where the criterion cannot."""
        for thing in (one for _, one in self.sentence.things if isinstance(one, Whole)):
            raise DoubtError(OTHER.format(name=thing.concept.name))

    def place(self, *roles: Role) -> PathGlob | None:
        """Return where it holds, None everywhere."""
        if not self.sentence.of(*roles):
            return None
        match self.only(*roles):
            case File(path=path):
                return exactly(path)
            case Folder(path=path):
                return below(path)
            case Module(deprecated=deprecated):
                return self.file_of(deprecated)
            case other:
                raise DoubtError(OTHER.format(name=describe(other)))

    def file_of(self, deprecated: Deprecated) -> PathGlob:
        """Return the file of a deprecated module."""
        path = self.knowledge.path_of(deprecated)
        if not path:
            raise DoubtError(GONE.format(name=deprecated.module))
        return exactly(path)


def exactly(path: str) -> PathGlob:
    """Return the pattern that fits one file only: without a folder it fits its name anywhere."""
    if "/" not in path or not _SPECIAL.isdisjoint(path) or "--" in path:
        raise DoubtError(A_PATTERN.format(path=path))
    return PathGlob(path)


def below(folder: str) -> PathGlob:
    """Return the pattern that fits all files of a folder."""
    if not _SPECIAL.isdisjoint(folder) or "--" in folder:
        raise DoubtError(A_PATTERN.format(path=folder))
    return PathGlob(f"{folder}/**")


def _one(found: Sequence[Found]) -> Found:
    if not found:
        raise DoubtError(NO_THING)
    if len(found) > 1:
        raise DoubtError(MANY.format(count=len(found)))
    return found[0]
