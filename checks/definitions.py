"""Which definitions belong to a concept, by name, and what a file must hold to have one."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from checks.model import Kind
from checks.needles import END, NAME_BYTE, Clause, Needle, begin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from checks.config import Concept, Config
    from checks.facts import Definition, Facts
    from checks.globs import NameGlob, Piece


def globs(concept: Concept, definition: Definition) -> tuple[NameGlob, ...]:
    """Give the concept's patterns for definitions of this kind."""
    return concept.classes if definition.kind is Kind.CLASS else concept.functions


def belongs(definition: Definition, concept: Concept) -> bool:
    """Tell whether the name is one of the concept's."""
    return any(glob.matches(definition.name) for glob in globs(concept, definition))


class Tally:
    """Counts the definitions that belong to each concept of a config."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._known: dict[tuple[Kind, str], Sequence[Concept]] = {}

    def count(self, facts: Facts, path: str) -> Counter[str]:
        """Count those of a file by concept; tests and homes are counted, too."""
        return Counter(
            concept.name
            for definition in facts.definitions
            for concept in self._concepts_of(definition)
            if concept.reaches(path)
        )

    def _concepts_of(self, definition: Definition) -> Sequence[Concept]:
        """Remember by name which concepts a definition belongs to: most belong to none."""
        known = (definition.kind, definition.name)
        if known not in self._known:
            self._known[known] = [c for c in self._config.concepts if belongs(definition, c)]
        return self._known[known]


def clauses(config: Config) -> Iterator[Clause]:
    """Ask for the keyword with the first and the last literal part of a name pattern behind it."""
    for concept in config.concepts:
        for glob in concept.classes:
            yield _clause("class", glob)
        for glob in concept.functions:
            yield _clause("def", glob)


def _clause(keyword: str, glob: NameGlob) -> Clause:
    first, *rest = (_pattern(piece) for piece in glob.wildcard.pieces)
    name = (NAME_BYTE + b"*").join((first, *rest[-1:]))
    pattern = rb"%b[\s\\]+%b" % (begin(keyword), name + END)
    defined = Needle(keyword.encode(), pattern)
    return Clause((Needle(glob.needle.encode()), defined) if glob.needle else (defined,))


def _pattern(piece: Piece) -> bytes:
    """Spell a piece for `re`; a character that may be any is one to four bytes of UTF-8."""
    if isinstance(piece, str):
        return re.escape(piece).encode()
    atoms = (re.escape(a).encode() if isinstance(a, str) else NAME_BYTE + b"{1,4}" for a in piece)
    return b"".join(atoms)
