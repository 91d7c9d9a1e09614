"""Propose a criterion for each item that nothing decides, or say why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.checklist import grounds_of, headings_of, items
from bot.domain.inference import words
from bot.domain.inference.claimed import Claimed
from bot.domain.inference.claims import DEFINITIONS, claim_of
from bot.domain.inference.doubt import DoubtError
from bot.domain.inference.knowledge import Knowledge
from bot.domain.inference.sentence import concepts_in, read, strange

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.domain.checklist import Item, Tracker
    from bot.domain.inference.sentence import Sentence
    from checks.config import Concept, Config
    from checks.criteria import Criterion

TESTS = "it is about tests: a census cannot know whether they pass"
ACTS = "it is about work that a census cannot see: '{word}'"
STAYS = "it is about what must stay, which is true before any work is done"
PART = "it is about a part, or an exception: '{word}'"
MORE = "it says more than a census counts: {words}"
NOTHING = "it mentions nothing that a census counts"
NUMBERS = "it may not mean all: it has several numbers, or none"
OPPOSITE = "it may say the opposite"
NO_GOAL = "it does not say what should happen to them"
_WORDS_SHOWN = 3
_SILENT = words.FILLERS | words.PREPOSITIONS | {words.ARROW}


@dataclass(frozen=True, slots=True)
class Proposal:
    """The criterion of an item, or (None) the reason why there is none, in a clause.

    The reason quotes what others wrote: show it as foreign text.
    """

    item: Item
    criterion: Criterion | None
    reason: str = ""


def propose(
    body: str, *, tracker: Tracker, config: Config, paths: Iterable[str]
) -> tuple[Proposal, ...]:
    """Read the items of an issue that nothing decides; `paths` are the files of the tree.

    Every word of an item must be known and fit to the others: whoever says more than that means
    more than a criterion can say.
    """
    knowledge = Knowledge(config, paths)
    found = items(body)
    grounds = grounds_of(body, tracker, config.checklists.bind)
    tracked = _of_issue(config, tracker.number)
    proposals = []
    for item, ground, headings in zip(found, grounds, headings_of(body, found), strict=True):
        if ground is not None:
            continue
        try:
            if item.problem:
                raise DoubtError(item.problem)
            sentence = read(item.text, knowledge)
            around = concepts_in(headings, knowledge) or tracked
            proposals.append(Proposal(item, _criterion(sentence, around, knowledge)))
        except DoubtError as doubt:
            proposals.append(Proposal(item, None, str(doubt)))
    return tuple(proposals)


def _of_issue(config: Config, number: int) -> tuple[Concept, ...]:
    """Return the concepts that name the issue, or the only one that there is."""
    named = tuple(concept for concept in config.concepts if number in concept.issues)
    return named or (config.concepts if len(config.concepts) == 1 else ())


def _criterion(sentence: Sentence, around: Sequence[Concept], knowledge: Knowledge) -> Criterion:
    claimed = Claimed(sentence, tuple(around), knowledge)
    claim = claim_of(sentence)
    unknown = [
        word
        for word in sentence.words
        if not (claim.knows(word, claimed.concepts) if claim else word in _SILENT)
    ]
    if doubt := _doubt(unknown) or strange(sentence):
        raise DoubtError(doubt)
    if claim is None or not (sentence.things or sentence.words):
        raise DoubtError(NOTHING)
    if claim.goals and not sentence.has(claim.goals):
        raise DoubtError(NO_GOAL)
    if sentence.has(words.NONE) and sentence.has(words.REMOVE | words.CHANGE):
        raise DoubtError(OPPOSITE)
    if claim is not DEFINITIONS and _is_partial(sentence):
        raise DoubtError(NUMBERS)
    return claim.criterion(claimed)


def _doubt(unknown: Sequence[str]) -> str:
    """Say why these words speak against any criterion at all, the plainest first."""
    for listed, reason in ((words.TESTS, TESTS), (words.STAYS, STAYS)):
        if not listed.isdisjoint(unknown):
            return reason
    for listed, reason in ((words.ACTS, ACTS), (words.PART, PART)):
        if word := next((word for word in unknown if word in listed), ""):
            return reason.format(word=word)
    shown = [f"'{word}'" for word in dict.fromkeys(unknown)][:_WORDS_SHOWN]
    return MORE.format(words=", ".join(shown)) if shown else ""


def _is_partial(sentence: Sentence) -> bool:
    """Tell whether numbers may leave something over: `53 → 10`, `0 files removed`."""
    numbers = sentence.numbers
    if words.ARROW in sentence.words and numbers:
        return len(numbers) > 2 or (len(numbers) == 2 and numbers[-1] != 0)
    return len(numbers) > 1 or numbers == (0,)
