"""The census of a tree from that of one nearby: for changes that concern no other file."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from checks import facades, limits
from checks.census import Holding
from checks.config import CONFIG_PATH
from checks.counting import direct, is_python
from checks.engine import active, is_analysed, landmarks
from checks.facts import NOTHING, Facts
from checks.flagging import Answers
from checks.holdings import Holdings
from checks.model import Cause, Entry, EntryStatus
from checks.modules import Roots
from checks.rule import View
from checks.trees import Modules

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from checks.census import Blobs, Census, Footing
    from checks.config import Config
    from checks.facades import Facades
    from checks.holdings import Versions
    from checks.model import Version
    from checks.reading import Reply


class Advance:
    """Takes the census of a tree of which a footing and the changes since then are known."""

    def __init__(self, config: Config, blobs: Blobs, *, today: date) -> None:
        """Waivers hold on the day `today`, UTC: that of the footing, as the config is."""
        self._config = config
        self._blobs = blobs
        self._today = today
        self._roots = Roots(config.roots)
        self._rules = active(config)
        self._landmarks = landmarks(config)

    def take(
        self, footing: Footing, rev: str, entries: Sequence[Entry], *, tree: Callable[[], Versions]
    ) -> Census | None:
        """Take the census of the tree of `rev`; None where other files must be judged anew.

        `entries` are all files that differ from the tree of the footing, renames as two of them.
        The whole `tree` is listed only where what a changed file says leads to other ones, or
        where files could not be analysed: they are tried once more.
        """
        tree = cache(tree)
        entries = (*entries, *_unread(footing.census, entries, tree))
        if self._concerns_others(footing, entries):
            return None
        changed = {entry.head.path: entry.head for entry in entries if entry.head}
        oids = {path: version.oid for path, version in changed.items() if is_python(version)}
        known = self._read(oids.values(), footing.handing)
        read = [(path, facts) for path in oids if isinstance(facts := known[oids[path]], Facts)]
        if self._hands_on_otherwise(footing.handing, entries, read):
            return None
        follower = footing.handing.follower()
        leads = any(follower(facts) for _, facts in read)
        answers = Answers(known, self._compile(oids), {})
        judged, holdings = self._judge(changed, answers, footing, tree=tree() if leads else changed)
        if holdings.asked and not leads:
            return None
        census = self._joined(footing.census, rev, entries, holdings=holdings, judged=judged)
        return census if len(census.findings) <= limits.FLAGS else None

    def _concerns_others(self, footing: Footing, entries: Iterable[Entry]) -> bool:
        """Tell whether a changed path is one that other files or the stages hang on."""
        paths = {version.path for entry in entries for version in entry.versions}
        modules = {self._roots.module_of(path) for path in paths}
        return (
            CONFIG_PATH in paths
            or not paths.isdisjoint(self._landmarks)
            or not modules.isdisjoint(footing.asked)
            or self._has_twins(modules, paths.union(footing.census.paths))
        )

    def _has_twins(self, modules: Iterable[str | None], paths: Container[str]) -> bool:
        """Tell whether one of the modules is, or was, more than one file: each veils the others."""
        places = (self._roots.paths_of(module) for module in modules if module)
        return any(sum(path in paths for path in each) > 1 for each in places)

    def _read(self, oids: Iterable[str], handing: Facades) -> dict[str, Reply]:
        """Read what can hold a finding, by itself or through the modules that hand on."""
        every = set(oids)
        taken = self._blobs.sifted_facts(direct(self._config, self._rules), every)
        others = self._blobs.sifted_facts(handing.ways(), every - taken.keys())
        return {**dict.fromkeys(every, NOTHING), **taken, **others}

    def _hands_on_otherwise(
        self,
        handing: Facades,
        entries: Iterable[Entry],
        read: Sequence[tuple[str, Facts]],
    ) -> bool:
        """Tell whether a changed file hands on other names: these are searched for everywhere."""
        modules = {self._roots.module_of(entry.path) for entry in entries}
        others = {m: names for m, names in handing.handed.items() if m not in modules}
        before = {m: names for m, names in handing.handed.items() if m in modules}
        nowhere = Modules({}, self._roots, {})
        return facades.find(read, self._config, nowhere, others=others).handed != before

    def _judge(
        self, changed: Versions, answers: Answers, footing: Footing, *, tree: Versions
    ) -> tuple[Mapping[str, Holding], Holdings]:
        """Judge the changed files, in rounds: each may want modules that are not known yet."""
        known = dict(answers.known)
        whole = self._whole(footing, tree)
        while True:
            # Others each time: what they keep, they judged by all that was known.
            holdings = Holdings(self._config, self._rules, roots=self._roots, today=self._today)
            judged = holdings.judge(
                tree,
                Answers(known, answers.compiled, {}),
                footing.handing.follower(),
                among=changed,
            )
            if not holdings.wanted:
                return judged, holdings
            known |= self._read(holdings.wanted, footing.handing)
            known |= self._blobs.facts(holdings.wanted & whole)

    def _whole(self, footing: Footing, tree: Versions) -> frozenset[str]:
        """List the blobs that are read whatever they hold."""
        starred = {path for module in footing.starred for path in self._roots.paths_of(module)}
        return frozenset(tree[path].oid for path in self._landmarks | starred if path in tree)

    def _compile(self, oids: Mapping[str, str]) -> Mapping[str, Reply]:
        if not any(rule.view is View.COMPILED for rule in self._rules):
            return {}
        return self._blobs.compiled({oids[p] for p in oids if is_analysed(p, self._config)})

    def _joined(
        self,
        census: Census,
        rev: str,
        entries: Sequence[Entry],
        *,
        holdings: Holdings,
        judged: Mapping[str, Holding],
    ) -> Census:
        before = {entry.base.path: entry.base for entry in entries if entry.base}
        after = {entry.head.path: entry.head for entry in entries if entry.head}
        held = {path: h for path, h in census.holdings.items() if path not in before}
        held.update((path, each) for path, each in judged.items() if each != Holding())
        paths = (frozenset(census.paths) - before.keys()) | after.keys()
        if CONFIG_PATH in paths:
            held.pop(CONFIG_PATH, None)
            found = [finding for each in held.values() for finding in each.findings]
            own = holdings.judge_config(found)
            held |= {CONFIG_PATH: own} if own != Holding() else {}
        return replace(
            census,
            rev=rev,
            holdings=dict(sorted(held.items())),
            paths=paths,
            files_analyzed=census.files_analyzed + self._count(after) - self._count(before),
        )

    def _count(self, versions: Versions) -> int:
        return sum(self._is_counted(version) for version in versions.values())

    def _is_counted(self, version: Version) -> bool:
        return is_python(version) and is_analysed(version.path, self._config)


def _unread(
    census: Census, entries: Iterable[Entry], tree: Callable[[], Versions]
) -> Iterator[Entry]:
    """Yield the files that could not be analysed as if they had changed.

    What kept us from it may have been the machine on that day.
    """
    lost = {one.path for one in census.skipped if one.cause is not Cause.NATURE}
    lost -= {version.path for entry in entries for version in entry.versions}
    for path in sorted(lost):
        yield Entry(EntryStatus.MODIFIED, tree()[path], tree()[path])
