"""What a change does to a census: of each path that it touches, what goes and what comes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from checks.config import CONFIG_PATH
from checks.definitions import Tally
from checks.facts import Facts
from checks.findings import Judge, by_path
from checks.flagging import ANALYSED_MODES
from checks.model import Cause
from checks.reading import Distant, Question, Request, Warned
from checks.registry import rules
from checks.rule import View
from checks.stages import Stage, paths_of, stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from checks.compare import Difference, Flagged
    from checks.config import Config, Deprecated
    from checks.engine import Reading
    from checks.flagging import Flagger
    from checks.model import Crash, Finding, Fixed, Skipped, Snapshot
    from checks.reading import Inquiry, Replies, Reply

    Stages = Mapping[str, Stage | None]

OF_COMPILER = frozenset(rule.name for rule in rules() if rule.view is View.COMPILED)


@dataclass(frozen=True, slots=True)
class Shift:
    """What a change does to one path, which is `base` before and `head` after it, None if absent.

    `gained` and `lost` are told by symbol: also what only moved, or changed its qualified name. Of
    what `compile()` says, all that stands at head is gained: nobody asks it about every base.
    `defined` is by how much the definitions of each concept become more. Of a head that is not
    `read` nothing but the path is known.
    """

    base: str | None
    head: str | None
    read: bool
    gained: tuple[Finding, ...] = ()
    lost: tuple[Fixed, ...] = ()
    defined: Mapping[str, int] = field(default_factory=dict)
    crashes: tuple[Crash, ...] = ()
    skipped: Skipped | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does to a census of the tree that it starts from.

    `stages` are those of the deprecated modules whose files it touches, None where nobody can
    tell. Of `unfinished` rules it is not known what they find elsewhere now.
    """

    shifts: tuple[Shift, ...]
    stages: Stages
    unfinished: frozenset[str]

    @property
    def is_of_config(self) -> bool:
        """Tell whether the change edits the config: what counts afterwards is another question."""
        return any(CONFIG_PATH in (shift.base, shift.head) for shift in self.shifts)


def find(
    snapshot: Snapshot, config: Config, flagger: Flagger, *, reading: Reading
) -> Inquiry[Effect | None]:
    """Compare both sides of every changed path as a census counts them."""
    paths = {entry.path for entry in snapshot.entries}
    refused = {one.path: one for one in reading.skipped}
    if refused.keys() - paths:  # the change as a whole was not listed
        return None
    stages = yield from _stages(snapshot, config, reading.known)
    differences = {one.path: one for one in flagger.differences()}
    net = [left for one in differences.values() if (left := _net(one)) is not None]
    shifts = _Shifts(
        Tally(config),
        differences,
        _judged(snapshot, config, net),
        by_path(flagger.crashes()),
        refused={path: one for path, one in refused.items() if one.cause is not Cause.NATURE},
    )
    read = {change.path for change in reading.changes if change.head is not None}
    return Effect(
        tuple(
            shifts.shift(
                entry.base.path if entry.base else None,
                entry.head.path if entry.head else None,
                read=entry.path in read,
            )
            for entry in snapshot.entries
        ),
        stages,
        _unfinished(flagger, reading.known, net),
    )


@dataclass(frozen=True, slots=True)
class _Shifts:
    tally: Tally
    differences: Mapping[str, Difference]
    judged: Mapping[str, tuple[tuple[Finding, ...], tuple[Fixed, ...]]]
    crashes: Mapping[str, tuple[Crash, ...]]
    refused: Mapping[str, Skipped]

    def shift(self, base: str | None, head: str | None, *, read: bool) -> Shift:
        path = head or base or ""
        gained, lost = self.judged.get(path, ((), ()))
        return Shift(
            base,
            head,
            read,
            gained,
            lost,
            self._defined(self.differences.get(path), base),
            self.crashes.get(path, ()),
            self.refused.get(path),
        )

    def _defined(self, found: Difference | None, base: str | None) -> Mapping[str, int]:
        if found is None:
            return {}
        counts = self.tally.count(found.head.facts, found.path)
        counts.subtract(self.tally.count(found.base.facts, base or found.path))
        return {concept: count for concept, count in counts.items() if count}


def _net(found: Difference) -> Difference | None:
    """Narrow a difference to what a census would count more or less often; None for nothing."""
    before = [one for one in _counted(found.base.flagged) if one.rule not in OF_COMPILER]
    after = _counted(found.head.flagged)
    gained, lost = _surplus(after, before), _surplus(before, after)
    return replace(found, gained=gained, lost=lost) if gained or lost else None


def _counted(flagged: Sequence[Flagged]) -> list[Flagged]:
    told = {(one.rule, one.flag.symbol) for one in flagged}
    return [one for one in flagged if (one.rule, one.flag.within) not in told]


def _surplus(side: Iterable[Flagged], other: Iterable[Flagged]) -> tuple[Flagged, ...]:
    left = Counter(map(_sign, other))
    surplus = []
    for one in side:
        left[_sign(one)] -= 1
        if left[_sign(one)] < 0:
            surplus.append(one)
    return tuple(surplus)


def _sign(flagged: Flagged) -> tuple[str, ...]:
    flag = flagged.flag
    return flagged.rule, flag.kind, flag.symbol, flag.concept


def _judged(
    snapshot: Snapshot, config: Config, net: Sequence[Difference]
) -> Mapping[str, tuple[tuple[Finding, ...], tuple[Fixed, ...]]]:
    """Judge gains and losses apart, so that none excuses another."""
    judge = Judge(snapshot, config)
    return {
        one.path: (
            judge.judge([replace(one, lost=())], {})[0],
            judge.judge([replace(one, gained=())], {})[1],
        )
        for one in net
    }


def _unfinished(flagger: Flagger, known: Replies, net: Iterable[Difference]) -> frozenset[str]:
    """Name the rules whose findings elsewhere may have changed, or that did not see enough."""
    if any(isinstance(known.get(oid), Distant) for _, oid in flagger.consulted()):
        return frozenset(rule.name for rule in rules())
    around = {rule.name for rule in rules() if rule.looks_around}
    named = {flagged.rule for one in net for flagged in (*one.gained, *one.lost)}
    return frozenset(around if flagger.is_search_ended() else around & named)


def _stages(snapshot: Snapshot, config: Config, known: Replies) -> Inquiry[Stages]:
    """Judge the deprecated modules whose files are touched; their blobs are at hand already."""
    modules = list(_touched(snapshot, config))
    if not modules:
        return {}
    homes = {module: _home(module, snapshot, config) for module in modules}
    oids = frozenset(oid for oid in homes.values() if oid)
    unread = frozenset(oid for oid in oids if not isinstance(known.get(oid), Facts))
    read, warned = yield (Request(Question.MODULE, unread), Request(Question.WARNS, oids))
    facts = {**known, **read}
    links = {e.path for e in snapshot.entries if e.head and e.head.mode not in ANALYSED_MODES}
    return {
        module.module: _stage(module, facts.get(oid), warned.get(oid))
        if oid
        else (None if links & set(paths_of(module, config)) else Stage.REMOVED)
        for module, oid in homes.items()
    }


def _touched(snapshot: Snapshot, config: Config) -> Iterator[Deprecated]:
    changed = {version.path for entry in snapshot.entries for version in entry.versions}
    for concept in config.concepts:
        for module in concept.deprecated:
            if changed.intersection(paths_of(module, config)):
                yield module


def _home(module: Deprecated, snapshot: Snapshot, config: Config) -> str:
    """Find the file of a module at head; `""` when there is none."""
    paths = paths_of(module, config)
    return next((snapshot.tree[path] for path in paths if path in snapshot.tree), "")


def _stage(module: Deprecated, facts: Reply | None, warned: Reply | None) -> Stage | None:
    if not isinstance(facts, Facts) or not isinstance(warned, Warned):
        return None
    return stage(module, facts, warns=warned.told)
