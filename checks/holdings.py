"""What each path of a tree holds, judged by the rules; what no other file takes part in is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.census import Holding
from checks.compare import Flagged, Side, difference
from checks.config import CONFIG_PATH
from checks.config.rules import RuleName
from checks.definitions import Tally
from checks.engine import is_analysed
from checks.facts import NOTHING, Facts
from checks.findings import Judge, by_path
from checks.flagging import Change, Flagger
from checks.model import Entry, EntryStatus, Skipped, Snapshot
from checks.reading import Compiled, Unread
from checks.registry import rules
from checks.rule import File, View
from checks.trees import Modules
from checks.waivers import Waivers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from checks.config import Config
    from checks.facts import Reference
    from checks.flagging import Answers
    from checks.model import Finding, Version
    from checks.modules import Roots
    from checks.reading import Reply
    from checks.rule import Rule

    # A version of every file of a tree, by path.
    Versions = Mapping[str, Version]
    Follower = Callable[[Facts], frozenset[Reference]]

NO_BASE = ""


class Holdings:
    """Judges the paths of one tree after the other under one config.

    `asked` are the modules that any of them was judged by, there or not.
    """

    def __init__(
        self, config: Config, active: Sequence[Rule], *, roots: Roots, today: date
    ) -> None:
        self._config = config
        self._rules = active
        self._path_rules = [rule for rule in active if rule.view is View.PATH]
        self._looks_around = any(rule.looks_around for rule in active)
        self._roots = roots
        self._waivers = Waivers(config, today, available={rule.name for rule in rules()})
        self._noted: dict[str, bool] = {}
        self._tally = Tally(config)
        self._kept: dict[tuple[str, str], Holding] = {}
        self.asked: set[str] = set()
        self.wanted: frozenset[str] = frozenset()
        self.unfinished: frozenset[str] = frozenset()

    def judge(
        self,
        tree: Versions,
        answers: Answers,
        follower: Follower,
        *,
        among: Versions | None = None,
    ) -> Mapping[str, Holding]:
        """Judge every path that can hold anything, sorted; `unfinished` tells of this tree.

        Of the files of the tree only those `among` others are judged, if that is given. `wanted`
        are blobs that were asked about and are not known.
        """
        oids = {path: version.oid for path, version in tree.items()}
        kept: dict[tuple[str, str], Holding] = {}
        changing: dict[str, Version] = {}
        fresh: dict[str, Version] = {}
        for path in self._interesting(tree if among is None else among, answers):
            version = tree[path]
            place = path, version.oid
            if self._looks_around or follower(_facts(answers.known.get(version.oid))):
                changing[path] = version
            elif place in self._kept:
                kept[place] = self._kept[place]
            else:
                fresh[path] = version
        judged = self._judge({**changing, **fresh}, oids, answers=answers, follower=follower)
        self._kept = kept | {(path, fresh[path].oid): judged[path] for path in fresh}
        found = {path: held for (path, _), held in self._kept.items()}
        return dict(sorted((found | {path: judged[path] for path in changing}).items()))

    def judge_config(self, findings: Sequence[Finding]) -> Holding:
        """Judge the config's own waivers by all that was found in the tree."""
        lapses = self._waivers.tree_lapses(findings)
        file = File(CONFIG_PATH, None, NOTHING, lapses=lapses)
        nowhere = Modules({}, self._roots, {})
        flagged = tuple(
            Flagged(rule.name, flag)
            for rule in self._rules
            if rule.view is View.WAIVERS
            for flag in rule.flags(file, nowhere, self._config)
        )
        gained = difference(
            CONFIG_PATH, Side((), NOTHING), Side(flagged, NOTHING), is_added=lambda _: False
        )
        judged, _ = Judge(Snapshot(NO_BASE, NO_BASE, ()), self._config).judge([gained], {})
        return Holding(judged)

    def _interesting(self, tree: Versions, answers: Answers) -> Iterator[str]:
        read = {oid for oid, reply in answers.known.items() if reply is not NOTHING}
        worth = read | {oid for oid, reply in answers.compiled.items() if not _is_fine(reply)}
        for path, version in tree.items():
            if (version.oid in worth or self._is_noted(path)) and not self._config.ignore.matches(
                path
            ):
                yield path

    def _is_noted(self, path: str) -> bool:
        """Tell whether a rule flags the path, whatever stands in the file."""
        if not self._path_rules:
            return False
        if path not in self._noted:
            self._noted[path] = self._flags_path(path)
        return self._noted[path]

    def _flags_path(self, path: str) -> bool:
        file = File(path, None, NOTHING, is_analysed=False)
        nowhere = Modules({}, self._roots, {})
        try:
            return any(
                True for rule in self._path_rules for _ in rule.flags(file, nowhere, self._config)
            )
        except Exception:  # a bug in one rule is told where all of them run
            return True

    def _judge(
        self,
        versions: Versions,
        oids: Mapping[str, str],
        *,
        answers: Answers,
        follower: Follower,
    ) -> Mapping[str, Holding]:
        entries = [Entry(EntryStatus.ADDED, None, versions[path]) for path in sorted(versions)]
        changes = [Change.of(entry, lambda p: is_analysed(p, self._config)) for entry in entries]
        skipped = {s.path: s for s in _skipped(changes, answers)}
        changes = [change.unread() if change.path in skipped else change for change in changes]
        snapshot = Snapshot(NO_BASE, NO_BASE, tuple(entries), oids)
        flagger = self._flagger(snapshot, answers, follower)
        for change in changes:
            flagger.flag(change)
        self.asked |= flagger.asked()
        self.wanted = flagger.wanted()
        skipped |= {s.path: s for s in flagger.skipped()}
        cycles = frozenset({RuleName.IMPORT_CYCLE.value})
        self.unfinished = cycles if flagger.is_search_ended() else frozenset()
        differences = flagger.differences()
        findings, _ = Judge(snapshot, self._config).judge(differences, {})
        inline = {each.path: each.head.facts.waivers for each in differences}
        found = by_path(self._waivers.waive(findings, inline))
        crashes = by_path(flagger.crashes())
        return {
            change.path: Holding(
                found.get(change.path, ()),
                crashes.get(change.path, ()),
                (skipped[change.path],) if change.path in skipped else (),
                self._defined(change, answers),
            )
            for change in changes
        }

    def _flagger(self, snapshot: Snapshot, answers: Answers, follower: Follower) -> Flagger:
        return Flagger(
            snapshot,
            self._config,
            self._rules,
            answers=answers,
            waivers=self._waivers,
            # Most references of a whole tree could not lead anywhere.
            follow=lambda facts, _: follower(facts),
        )

    def _defined(self, change: Change, answers: Answers) -> Mapping[str, int]:
        facts = _facts(answers.known.get(change.head.oid)) if change.head else NOTHING
        return self._tally.count(facts, change.path)


def _skipped(changes: Iterable[Change], answers: Answers) -> Iterator[Skipped]:
    for change in changes:
        oid = change.head.oid if change.head else ""
        for replies in (answers.known, answers.compiled):
            reply = replies.get(oid)
            if isinstance(reply, Unread):
                yield Skipped(change.path, reply.reason, reply.cause)


def _facts(reply: Reply | None) -> Facts:
    return reply if isinstance(reply, Facts) else NOTHING


def _is_fine(reply: Reply) -> bool:
    return isinstance(reply, Compiled) and reply.error is None
