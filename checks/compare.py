"""Tell what a change adds: flags of both sides compared as multisets, never by line."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.model import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from checks.facts import Facts, Reference
    from checks.rule import Flag

# What makes two flags the same on both sides: rule, kind and identity; no line, no scope.
Key = tuple[str, Kind, str]


@dataclass(frozen=True, slots=True)
class Flagged:
    """A flag together with the rule that raised it."""

    rule: str
    flag: Flag

    @property
    def key(self) -> Key:
        """Name what is compared between merge base and head."""
        return self.rule, self.flag.kind, self.flag.identity


# A flag and the path of its file.
Located = tuple[str, Flagged]


@dataclass(frozen=True, slots=True)
class Move:
    """Where a gained flag came from, and the definitions that left there and appeared here."""

    source: Located
    travelled: frozenset[str]


@dataclass(frozen=True, slots=True)
class Moves:
    """The flags that only changed files: as gained here, each with its move, and as lost there."""

    gained: Mapping[Located, Move]
    lost: frozenset[Located]


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a file: what was flagged there, and the facts it was read from."""

    flagged: tuple[Flagged, ...]
    facts: Facts


@dataclass(frozen=True, slots=True)
class Difference:
    """What one file gains and loses: flags, and the names of definitions, to tell moves by.

    `covered` are gained, too, but another gained flag says it all.
    """

    path: str
    base: Side
    head: Side
    gained: tuple[Flagged, ...]
    covered: tuple[Flagged, ...]
    lost: tuple[Flagged, ...]
    arrived: frozenset[str]
    departed: frozenset[str]


def difference(path: str, base: Side, head: Side, *, is_added: Callable[[int], bool]) -> Difference:
    """Compare the sides of one file; of equals, those on added lines are the gained ones."""
    surplus = _surplus(head.flagged, base.flagged, is_added)
    told = {(flagged.rule, flagged.flag.symbol) for flagged in surplus}
    return Difference(
        path=path,
        base=base,
        head=head,
        gained=tuple(f for f in surplus if (f.rule, f.flag.within) not in told),
        covered=tuple(f for f in surplus if (f.rule, f.flag.within) in told),
        lost=_surplus(base.flagged, head.flagged, lambda _: False),
        arrived=_only(head, base),
        departed=_only(base, head),
    )


def unsettled(facts: Facts, other: Facts) -> frozenset[Reference]:
    """Pick the references that do not stand equally often on the other side."""
    here = Counter(reference.identity for reference in facts.references)
    there = Counter(reference.identity for reference in other.references)
    changed = {identity for identity, count in here.items() if there[identity] != count}
    return frozenset(r for r in facts.references if r.identity in changed)


def moves(differences: Sequence[Difference]) -> Moves:
    """Find the gained flags whose code left another file of this change.

    Each vanished occurrence excuses one. Evidence: a definition around it left there and appeared
    here; for a statement at module level any definition did. Cleaning one file does not pay for
    dirtying another.
    """
    vanished: dict[Key, list[tuple[Difference, Flagged]]] = defaultdict(list)
    for source in differences:
        for lost in source.lost:
            vanished[lost.key].append((source, lost))
    found: dict[Located, Move] = {}
    for target in differences:
        for gained in target.gained:
            candidates = vanished[gained.key]
            for source, lost in candidates:
                if travelled := _carriers(source, lost, target, gained):
                    candidates.remove((source, lost))
                    found[target.path, gained] = Move((source.path, lost), travelled)
                    break
    return Moves(found, frozenset(move.source for move in found.values()))


def excused(gained: Iterable[Flagged], base: Side, words: Mapping[str, int]) -> frozenset[Flagged]:
    """Pick the gained flags whose name already stood in the text of a base that does not compile.

    A name that stands k times excuses k occurrences, those the parser found there included.
    """
    seen = Counter(flagged.key for flagged in base.flagged)
    left: dict[Key, int] = {}
    found = set()
    for flagged in gained:
        word = flagged.flag.identity.rpartition(".")[2]
        count = left.setdefault(flagged.key, words.get(word, 0) - seen[flagged.key])
        if count > 0:
            left[flagged.key] -= 1
            found.add(flagged)
    return frozenset(found)


def _surplus(
    side: Sequence[Flagged], other: Sequence[Flagged], is_added: Callable[[int], bool]
) -> tuple[Flagged, ...]:
    if not side:
        return ()
    there = Counter(flagged.key for flagged in other)
    scopes = Counter((flagged.key, flagged.flag.scope) for flagged in other)
    unpaired = _unpaired(side, scopes)
    groups: dict[Key, list[Flagged]] = defaultdict(list)
    for flagged in side:
        groups[flagged.key].append(flagged)
    surplus: list[Flagged] = []
    for key, group in groups.items():
        count = len(group) - there[key]
        if count > 0:
            group.sort(key=lambda f: (not is_added(f.flag.span.line), f not in unpaired))
            surplus += group[:count]
    return tuple(sorted(surplus, key=lambda flagged: (flagged.flag.span, flagged.key)))


def _unpaired(side: Iterable[Flagged], scopes: Mapping[tuple[Key, str], int]) -> set[Flagged]:
    """Pick those that have no partner in the same scope of the other side."""
    left = Counter(scopes)
    unpaired = set()
    for flagged in side:
        place = (flagged.key, flagged.flag.scope)
        if left[place] > 0:
            left[place] -= 1
        else:
            unpaired.add(flagged)
    return unpaired


def _carriers(
    source: Difference, lost: Flagged, target: Difference, gained: Flagged
) -> frozenset[str]:
    """Name the definitions that prove the move of a flag; none where nothing does."""
    if source is target:
        return frozenset()
    travelled = source.departed & target.arrived
    if gained.flag.carrier:
        carriers = set(gained.flag.carrier.split(".")) & set(lost.flag.carrier.split("."))
        return travelled & carriers
    is_same_statement = not lost.flag.carrier and gained.flag.statement == lost.flag.statement
    return travelled if is_same_statement else frozenset()


def _only(side: Side, other: Side) -> frozenset[str]:
    """Name the definitions that stand more often on this side than on the other."""
    if not side.facts.definitions:
        return frozenset()
    here = Counter(definition.name for definition in side.facts.definitions)
    there = Counter(definition.name for definition in other.facts.definitions)
    return frozenset(here - there)
