"""What bytes a file must hold to be worth reading: searched before anything is parsed."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Told = dict[tuple[bytes, bytes], bool]

# In UTF-8 every byte of a letter beyond ASCII is one of the upper half.
NAME_BYTE = rb"[\w\x80-\xff]"
END = rb"(?!%b)" % NAME_BYTE

# More patterns than one config and its re-exports ask for.
COMPILED_PATTERNS = 4096


@dataclass(frozen=True, slots=True)
class Needle:
    """A text, found in no time; or a regular expression whose every match holds that text."""

    literal: bytes
    pattern: bytes = b""

    def is_in(self, content: bytes, told: Told) -> bool:
        """Tell whether the content holds it; `told` remembers the needles of this content."""
        if not self.pattern:
            return self.literal in content
        needle = self.literal, self.pattern
        known = told.get(needle)
        if known is None:
            known = self.literal in content and bool(_compiled(self.pattern).search(content))
            told[needle] = known
        return known


@dataclass(frozen=True, slots=True)
class Clause:
    """Needles that all must be there, and others of which one must be, if any are given."""

    needles: tuple[Needle, ...]
    any_of: tuple[Needle, ...] = ()

    def is_in(self, content: bytes, told: Told) -> bool:
        """Tell whether the content holds them all; `told` is as for a needle."""
        for needle in self.needles:
            if not needle.is_in(content, told):
                return False
        return not self.any_of or any(needle.is_in(content, told) for needle in self.any_of)


@dataclass(frozen=True, slots=True)
class Filter:
    """Clauses of which one is enough; the rarest needle of a clause comes first."""

    clauses: tuple[Clause, ...]
    _roots: tuple[tuple[bytes, tuple[Clause, ...]], ...] = field(repr=False, compare=False)

    def __init__(self, clauses: Iterable[Clause]) -> None:
        unique = tuple(dict.fromkeys(clauses))
        object.__setattr__(self, "clauses", unique)
        object.__setattr__(self, "_roots", tuple(_grouped(unique)))

    def takes(self, content: bytes) -> bool:
        """Tell whether the content is worth reading."""
        told: Told = {}
        for literal, clauses in self._roots:
            if literal in content:
                for clause in clauses:
                    if clause.is_in(content, told):
                        return True
        return False

    @property
    def digest(self) -> str:
        """Name what is searched for, whatever the order of the clauses."""
        parts = sorted(_spelled(clause) for clause in self.clauses)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def word(text: str) -> Needle:
    """Look for a name that stands by itself: `engine`, and not in `engines`."""
    return Needle(text.encode(), begin(text) + END)


def begin(text: str) -> bytes:
    """Spell the begin of a name for `re`: what must not stand before it is looked at last.

    A pattern that starts with plain text is searched 20 times as fast as one with `\\b`.
    """
    literal = re.escape(text.encode())
    return literal + rb"(?<!%b%b)" % (NAME_BYTE, literal)


def _grouped(clauses: Iterable[Clause]) -> Iterator[tuple[bytes, tuple[Clause, ...]]]:
    """Group the clauses by a literal that all of them hold: one search rules out many.

    `engine` stands in `old_engine` and `engine_factory`, too.
    """
    waiting = sorted(clauses, key=lambda clause: len(clause.needles[0].literal))
    while waiting:
        literal = waiting[0].needles[0].literal
        yield literal, tuple(c for c in waiting if literal in c.needles[0].literal)
        waiting = [c for c in waiting if literal not in c.needles[0].literal]


@lru_cache(maxsize=COMPILED_PATTERNS)
def _compiled(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern)


def _spelled(clause: Clause) -> str:
    return repr(
        [[(n.literal, n.pattern) for n in needles] for needles in (clause.needles, clause.any_of)]
    )
