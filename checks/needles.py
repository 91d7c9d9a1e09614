"""What bytes a file must hold to be worth reading: searched before anything is parsed."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# In UTF-8 every byte of a letter beyond ASCII is one of the upper half.
NAME_BYTE = rb"[\w\x80-\xff]"
_WORD = re.compile(NAME_BYTE + rb"+")

# More patterns than one config and its re-exports ask for.
COMPILED_PATTERNS = 4096


@dataclass(frozen=True, slots=True)
class Needle:
    """A text, found in no time; and what must match beside it, if a regular expression is given."""

    literal: bytes
    pattern: bytes = b""

    def is_in(self, content: bytes) -> bool:
        """Tell whether the content holds it."""
        if self.literal not in content:
            return False
        return not self.pattern or _compiled(self.pattern).search(content) is not None


@dataclass(frozen=True, slots=True)
class Clause:
    """Needles that all must be there, and words of which one must be, if any are given."""

    needles: tuple[Needle, ...]
    words: frozenset[bytes] = frozenset()

    def is_in(self, content: bytes) -> bool:
        """Tell whether the content holds them all."""
        if not all(needle.is_in(content) for needle in self.needles):
            return False
        return not self.words or not self.words.isdisjoint(_WORD.findall(content))


@dataclass(frozen=True, slots=True)
class Filter:
    """Clauses of which one is enough; the rarest needle of a clause comes first."""

    clauses: tuple[Clause, ...]

    def __init__(self, clauses: Iterable[Clause]) -> None:
        object.__setattr__(self, "clauses", tuple(dict.fromkeys(clauses)))

    def takes(self, content: bytes) -> bool:
        """Tell whether the content is worth reading."""
        return any(clause.is_in(content) for clause in self.clauses)

    @property
    def digest(self) -> str:
        """Name what is searched for, whatever the order of the clauses."""
        parts = sorted(_spelled(clause) for clause in self.clauses)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def word(text: str) -> Needle:
    """Look for a name that stands by itself: `engine`, and not in `engines`."""
    literal = text.encode()
    return Needle(literal, rb"(?<!" + NAME_BYTE + rb")" + re.escape(literal) + _END)


_END = rb"(?!" + NAME_BYTE + rb")"


@lru_cache(maxsize=COMPILED_PATTERNS)
def _compiled(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern)


def _spelled(clause: Clause) -> str:
    needles = [(needle.literal, needle.pattern) for needle in clause.needles]
    return repr((needles, sorted(clause.words)))
