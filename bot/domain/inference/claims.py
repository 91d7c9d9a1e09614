"""The kinds of claims that items make, and the words that each consists of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.inference import building, words
from bot.domain.inference.things import Retired

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.domain.inference.claimed import Claimed
    from bot.domain.inference.sentence import Sentence
    from checks.config import Concept
    from checks.criteria import Criterion


@dataclass(frozen=True, slots=True)
class Claim:
    """A kind of claim: the words it is known by, and the criterion it comes to.

    `beside` are further words that may stand there, next to the fillers; what a concept is called
    may where the claim is about one. One of `goals` must stand there, if there are any.
    """

    marks: frozenset[str]
    criterion: Callable[[Claimed], Criterion]
    beside: frozenset[str] = frozenset()
    goals: frozenset[str] = frozenset()
    of_concept: bool = False

    def knows(self, word: str, concepts: Sequence[Concept]) -> bool:
        """Tell whether the word may stand in such an item about one of these concepts."""
        known = self.marks | self.beside | self.goals | words.FILLERS
        return word in known or (self.of_concept and word in building.nouns(concepts))


def claim_of(sentence: Sentence) -> Claim | None:
    """Return the kind of claim, None where there is none; the more special ones come first."""
    if any(isinstance(thing, Retired) for _, thing in sentence.things):
        return ARGUMENTS
    for claim in (BACKUPS, SYNTAX, DUPLICATES, ARGUMENTS, REDIRECT, WARNS, IMPORTS):
        if sentence.has(claim.marks):
            return claim
    if sentence.has(words.ONE) or (words.ARROW in sentence.words and len(sentence.numbers) == 2):
        return DEFINITIONS
    return REMOVAL if sentence.has(words.REMOVE) else None


_ARROW = frozenset({words.ARROW})

IMPORTS = Claim(
    words.IMPORTS,
    building.imports,
    words.BANNED | words.FILES | words.FINDINGS | words.PREPOSITIONS | {"longer"},
    words.REMOVE | words.CHANGE | words.NONE | _ARROW,
    of_concept=True,
)
REDIRECT = Claim(
    words.REDIRECTS | words.MERGES,
    building.redirect,
    words.DEPRECATED | words.FILES | words.PREPOSITIONS | words.IS_REDIRECT | _ARROW,
)
WARNS = Claim(
    words.WARNS,
    building.warns,
    words.DEPRECATED
    | words.FILES
    | words.PREPOSITIONS
    | {"deprecation", "add", "added", "emit", "emits"},
)
REMOVAL = Claim(words.REMOVE, building.removal, words.DEPRECATED | words.FILES | words.CLASSES)
BACKUPS = Claim(
    words.BACKUPS,
    building.backups,
    words.FILES | words.PREPOSITIONS | {"copies"},
    words.REMOVE | words.NONE,
)
SYNTAX = Claim(
    words.SYNTAX,
    building.syntax,
    words.ERRORS | words.DEPRECATED | words.FILES | words.PREPOSITIONS,
    words.REMOVE | words.NONE | {"fix", "fixed"},
)
DUPLICATES = Claim(
    words.DUPLICATES,
    building.duplicates,
    words.DEFINITIONS | words.PREPOSITIONS,
    words.REMOVE | words.NONE,
    of_concept=True,
)
ARGUMENTS = Claim(
    words.ARGUMENTS,
    building.arguments,
    words.DEPRECATED | words.PREPOSITIONS | {"calls", "call"},
    words.REMOVE | words.NONE | words.CHANGE | _ARROW,
)
DEFINITIONS = Claim(
    words.ONE,
    building.definitions,
    words.DEFINITIONS | words.PREPOSITIONS | _ARROW | {"only", "exactly"},
    of_concept=True,
)
