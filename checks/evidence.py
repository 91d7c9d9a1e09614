"""Why findings count as new, moved or old: what stands at merge base and head, flag by flag."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from checks.compare import excused, moves
from checks.findings import fingerprints

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from checks.compare import Difference, Flagged, Key, Moves
    from checks.model import Entry, Kind, Snapshot


class Why(StrEnum):
    """What the comparison makes of one occurrence."""

    KEPT = "kept"  # it has a counterpart on the other side
    SURPLUS = "surplus"  # head has more of them than the merge base, and this is one of those
    COVERED = "covered"  # surplus too, but the finding of what encloses it says it all
    UNPARSED = "unparsed"  # surplus, but its name stood in a base that does not compile
    MOVED = "moved"  # its code left another file of the change
    LEFT = "left"  # seen from the merge base: its code went to another file of the change
    GONE = "gone"  # the merge base has more of them than head, and this is one of those


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a moved occurrence stood at the merge base, and the definitions that came with it."""

    path: str
    line: int
    travelled: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One flag on one side; `fingerprint` is there at head, `origin` where it is moved."""

    line: int
    scope: str
    why: Why
    is_added: bool = False
    fingerprint: str = ""
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """All occurrences of one identity in one file, on both sides.

    `base_path` is what the file is called at the merge base, `""` where it is not there.
    """

    rule: str
    kind: Kind
    symbol: str
    path: str
    base_path: str
    at_base: tuple[Occurrence, ...]
    at_head: tuple[Occurrence, ...]


def evidence(
    snapshot: Snapshot,
    differences: Sequence[Difference],
    words: Mapping[str, Mapping[str, int]],
) -> tuple[Evidence, ...]:
    """Trace every flag of the changed files, by path, rule and symbol; `words` as for findings."""
    entries = {entry.path: entry for entry in snapshot.entries}
    moved = moves(differences)
    base_paths = {e.path: e.base.path for e in snapshot.entries if e.base}
    found: list[Evidence] = []
    for each in differences:
        tracer = _Tracer(
            each,
            entries[each.path],
            moved=moved,
            base_paths=base_paths,
            words=words.get(each.path, {}),
        )
        found += tracer.trace()
    return tuple(found)


class _Tracer:
    """What the comparison makes of the flags of one file."""

    def __init__(
        self,
        difference: Difference,
        entry: Entry,
        *,
        moved: Moves,
        base_paths: Mapping[str, str],
        words: Mapping[str, int],
    ) -> None:
        self._difference = difference
        self._entry = entry
        self._moved = moved
        self._base_paths = base_paths
        self._fingerprints = fingerprints(difference)
        self._gained = frozenset(difference.gained)
        self._covered = frozenset(difference.covered)
        self._lost = frozenset(difference.lost)
        self._excused = excused(difference.gained, difference.base, words)

    def trace(self) -> Iterator[Evidence]:
        """Yield the identities of the file, by rule and symbol."""
        path = self._difference.path
        base, head = _by_key(self._difference.base.flagged), _by_key(self._difference.head.flagged)
        for key in sorted(base.keys() | head.keys()):
            rule, kind, symbol = key
            yield Evidence(
                rule=rule,
                kind=kind,
                symbol=symbol,
                path=path,
                base_path=self._base_paths.get(path, ""),
                at_base=tuple(map(self._at_base, base.get(key, ()))),
                at_head=tuple(map(self._at_head, head.get(key, ()))),
            )

    def _at_base(self, flagged: Flagged) -> Occurrence:
        why = Why.KEPT
        if flagged in self._lost:
            has_left = (self._difference.path, flagged) in self._moved.lost
            why = Why.LEFT if has_left else Why.GONE
        return Occurrence(flagged.flag.span.line, flagged.flag.scope, why)

    def _at_head(self, flagged: Flagged) -> Occurrence:
        line = flagged.flag.span.line
        return Occurrence(
            line=line,
            scope=flagged.flag.scope,
            why=self._why(flagged),
            is_added=self._entry.is_added(line),
            fingerprint=self._fingerprints[flagged],
            origin=self._origin(flagged),
        )

    def _why(self, flagged: Flagged) -> Why:
        if flagged in self._covered:
            return Why.COVERED
        if flagged not in self._gained:
            return Why.KEPT
        if (self._difference.path, flagged) in self._moved.gained:
            return Why.MOVED
        return Why.UNPARSED if flagged in self._excused else Why.SURPLUS

    def _origin(self, flagged: Flagged) -> Origin | None:
        move = self._moved.gained.get((self._difference.path, flagged))
        if move is None:
            return None
        path, source = move.source
        travelled = tuple(sorted(move.travelled))
        return Origin(self._base_paths.get(path, path), source.flag.span.line, travelled)


def _by_key(flagged: Iterable[Flagged]) -> Mapping[Key, list[Flagged]]:
    grouped: defaultdict[Key, list[Flagged]] = defaultdict(list)
    for each in sorted(flagged, key=lambda one: one.flag.span):
        grouped[each.key].append(each)
    return grouped
