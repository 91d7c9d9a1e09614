"""Which patterns of criteria ever matched anything: those that never did are misspelt."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

DIGITS = 8
# Two patterns at most of each of the hundred criteria of an issue.
MAX_SEEN = 200


@dataclass(frozen=True, slots=True)
class Seen:
    """A memory of texts that fits into an issue: of each only the digest is kept."""

    digests: frozenset[str] = frozenset()

    def __contains__(self, text: object) -> bool:
        return isinstance(text, str) and _digest(text) in self.digests

    def plus(self, texts: Iterable[str]) -> Seen:
        """Remember more; what does not fit is forgotten, so that its criterion counts as broken."""
        new = sorted({_digest(text) for text in texts} - self.digests)
        return Seen(self.digests | frozenset(new[: MAX_SEEN - len(self.digests)]))


NOTHING_SEEN = Seen()


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:DIGITS]
