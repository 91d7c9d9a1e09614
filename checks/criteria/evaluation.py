"""What a criterion comes to in a census; where that could deceive, why it cannot be said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.criteria.doubts import doubts
from checks.criteria.model import DefinitionsOf, Exists, FindingsOf, StageOf, Unit, Value
from checks.criteria.patterns import alone, matches
from checks.criteria.scope import findings_by_path

if TYPE_CHECKING:
    from collections.abc import Container

    from checks.census import Census
    from checks.config import Config
    from checks.criteria.model import Criterion, Query


@dataclass(frozen=True, slots=True)
class Decided:
    """Whether a criterion holds, and what its query came to."""

    holds: bool
    value: Value


@dataclass(frozen=True, slots=True)
class Broken:
    """Nothing can be said: `reason` tells a person why, in a clause without capital or full stop.

    It names paths and words that others wrote: show it as foreign text.
    """

    reason: str


Decision = Decided | Broken


def evaluate(
    criterion: Criterion, census: Census, config: Config, *, seen: Container[str] = frozenset()
) -> Decision:
    """Decide a criterion by a census that was taken under `config`.

    Waived findings count as all others do, as they do in `ssot scan` and `ssot history`: what is
    accepted until a day is not migrated, an item that a waiver could tick would tell a lie, and a
    box must not change its mind on a day on which no code did.

    A pattern that matches nothing and never did is taken for a slip: `seen` holds what `matched`
    told of earlier censuses of the branch. Whoever keeps the issue keeps that, too (a text for each
    pattern; what is lost can be told anew from the history, and until then nothing is ticked). Only
    `exists(…) == true` waits for a first match: while there is none it does not hold.
    """
    query = criterion.query
    waits = isinstance(query, Exists) and not criterion.holds(measured=False)
    doubt = None if waits else next(doubts(query, census, config, seen=seen), None)
    if doubt is not None:
        return Broken(doubt)
    value = _value(query, census, config)
    return Decided(criterion.holds(value), value)


def matched(query: Query, census: Census, config: Config) -> frozenset[str]:
    """Name the patterns of a query that match something in this census, to be kept for `seen`.

    Each is the text of the query with this pattern alone.
    """
    return frozenset(str(each) for each in alone(query) if matches(each, census, config))


def _value(query: Query, census: Census, config: Config) -> Value:
    match query:
        case Exists(path=glob):
            return any(glob.matches(path) for path in census.paths)
        case StageOf(module=module):
            return census.stages[module]
        case DefinitionsOf(concept=concept):
            return census.definitions(concept, excluded=config.tests.matches)
        case FindingsOf():
            counts = findings_by_path(query, census, config)
            return sum(counts.values()) if query.unit is Unit.COUNT else len(counts)
