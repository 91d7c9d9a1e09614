"""Which definitions belong to a concept, by name, and what a file must hold to have one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.model import Kind
from checks.needles import END, NAME_BYTE, Clause, Needle, begin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.config import Concept, Config
    from checks.facts import Definition
    from checks.globs import NameGlob, Piece


def globs(concept: Concept, definition: Definition) -> tuple[NameGlob, ...]:
    """Give the concept's patterns for definitions of this kind."""
    return concept.classes if definition.kind is Kind.CLASS else concept.functions


def belongs(definition: Definition, concept: Concept) -> bool:
    """Tell whether the name is one of the concept's."""
    return any(glob.matches(definition.name) for glob in globs(concept, definition))


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
    return Clause((Needle((glob.needle or keyword).encode(), pattern),))


def _pattern(piece: Piece) -> bytes:
    """Spell a piece for `re`; a character that may be any is one to four bytes of UTF-8."""
    if isinstance(piece, str):
        return re.escape(piece).encode()
    atoms = (re.escape(a).encode() if isinstance(a, str) else NAME_BYTE + b"{1,4}" for a in piece)
    return b"".join(atoms)
