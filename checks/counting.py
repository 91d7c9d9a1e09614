"""Take the census of a tree: sift all blobs, read the few that matter, judge each path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks import definitions, facades
from checks.census import Census, Footing, Holding
from checks.config import CONFIG_PATH
from checks.engine import active, is_analysed, landmarks
from checks.facts import NOTHING, Facts
from checks.flagging import ANALYSED_MODES, Answers
from checks.holdings import Holdings
from checks.memory import Remembered
from checks.modules import SUFFIXES, Roots
from checks.needles import Clause, Filter, Needle
from checks.reexports import MAX_HOPS
from checks.rule import View
from checks.source import WAIVER_MARK
from checks.stages import Stage, paths_of, stage
from checks.trees import Modules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from checks.census import Blobs
    from checks.config import Config, Deprecated
    from checks.facades import Facades
    from checks.holdings import Versions
    from checks.model import Version
    from checks.reading import Reply
    from checks.rule import Rule


class Counting:
    """Takes the census of one tree after the other under one config; what stays is remembered.

    It finds what a review of the whole tree would find, with three differences: a dotted name in a
    string that is cut inside a name, and a module that a third one hands on under another name,
    are not seen; and of the config's own file only the waivers are judged, unused ones too.
    """

    def __init__(self, config: Config, blobs: Blobs, *, today: date) -> None:
        """Waivers hold on the day `today`, UTC."""
        self._config = config
        self._blobs = Remembered(blobs)
        self._roots = Roots(config.roots)
        self._rules = active(config)
        self._holdings = Holdings(config, self._rules, roots=self._roots, today=today)
        self._landmarks = landmarks(config)
        self._has_others = False
        self._direct = direct(config, self._rules)
        self._starred_modules: set[str] = set()
        self._footing: Footing | None = None

    @classmethod
    def of_many(cls, config: Config, blobs: Blobs, *, today: date) -> Counting:
        """Search more in each tree, so that less is left for the others."""
        counting = cls(config, blobs, today=today)
        counting._has_others = True
        return counting

    def take(self, rev: str, tree: Versions) -> Census:
        """Take the census of the tree of commit `rev`."""
        oids = {path: version.oid for path, version in tree.items() if is_python(version)}
        known = self._read(oids)
        modules = Modules(oids, self._roots, known)
        handing = self._follow(oids, known, modules)
        answers = Answers(known, self._compile(oids), {})
        holdings = dict(self._holdings.judge(tree, answers, handing.follower()))
        if CONFIG_PATH in tree:
            found = [finding for held in holdings.values() for finding in held.findings]
            holdings[CONFIG_PATH] = self._holdings.judge_config(found)
        stages = dict(self._stages(tree, known))
        self._blobs.forget(known.keys())
        census = Census(
            rev,
            tuple(rule.name for rule in self._rules),
            holdings={path: held for path, held in sorted(holdings.items()) if held != Holding()},
            stages={module: told or Stage.IMPLEMENTATION for module, told in stages.items()},
            paths=tree.keys(),
            files_analyzed=sum(is_analysed(path, self._config) for path in oids),
            unjudged=frozenset(module for module, told in stages.items() if told is None),
            unfinished=self._holdings.unfinished,
        )
        asked = frozenset(modules.asked | self._holdings.asked | self._starred_modules)
        self._footing = Footing(census, handing, asked, frozenset(self._starred_modules))
        return census

    @property
    def footing(self) -> Footing | None:
        """What the census of a tree near the last one can be taken from, if from anything."""
        return None if any(rule.looks_around for rule in self._rules) else self._footing

    def _read(self, oids: Mapping[str, str]) -> dict[str, Reply]:
        """Read what can hold a finding by itself; of all other blobs nothing is known."""
        every = set(oids.values())
        marked = {oids[path] for path in self._landmarks if path in oids}
        taken = self._blobs.sifted_facts(self._direct, every)
        others = self._blobs.facts(marked - taken.keys())
        return {**dict.fromkeys(every, NOTHING), **taken, **others}

    def _follow(
        self, oids: Mapping[str, str], known: dict[str, Reply], modules: Modules
    ) -> Facades:
        """Read what can hold a finding through other modules, in rounds, into `known`."""
        handing = facades.NONE
        for _ in range(MAX_HOPS):
            files = [(path, f) for path, oid in oids.items() if isinstance(f := known[oid], Facts)]
            files = [(path, facts) for path, facts in files if facts is not NOTHING]
            handing = facades.find(files, self._config, modules)
            unread = {oid for oid, reply in known.items() if reply is NOTHING}
            if self._has_others:  # names stay, while new modules hand them on
                unread &= set(self._blobs.sift(handing.names(), known.keys()))
            found = dict(self._blobs.sifted_facts(handing.ways(), unread))
            starred = {oid for oid in self._starred(files, handing, oids) if known[oid] is NOTHING}
            found.update(self._blobs.facts(starred - found.keys()))
            if not found:
                break
            known.update(found)
        return handing

    def _starred(
        self, files: Iterable[tuple[str, Facts]], handing: Facades, oids: Mapping[str, str]
    ) -> Iterator[str]:
        """Yield the modules that those that hand on take stars from: they may shadow a name."""
        for path, facts in files:
            if facts.stars and self._roots.module_of(path) in handing.handed:
                for star in facts.stars:
                    name = ".".join(star.target)
                    module = self._roots.resolve(path, star.level, name) if star.level else name
                    self._starred_modules.add(module or "")
                    yield from (oids[p] for p in self._roots.paths_of(module or "") if p in oids)

    def _compile(self, oids: Mapping[str, str]) -> Mapping[str, Reply]:
        if not any(rule.view is View.COMPILED for rule in self._rules):
            return {}
        analysed = {oid for path, oid in oids.items() if is_analysed(path, self._config)}
        return self._blobs.compiled(analysed)

    def _stages(
        self, tree: Versions, known: Mapping[str, Reply]
    ) -> Iterator[tuple[str, Stage | None]]:
        """Yield the stage of each deprecated module; None where its file cannot be judged."""
        modules = [d for concept in self._config.concepts for d in concept.deprecated]
        homes = {module: self._home(module, tree) for module in modules}
        files = [home.oid for home in homes.values() if home and is_python(home)]
        warnings = self._blobs.warnings(files)
        for module, home in homes.items():
            facts = known.get(home.oid) if home else None
            if home is None:
                yield module.module, Stage.REMOVED
            elif isinstance(facts, Facts) and home.oid in warnings:
                yield module.module, stage(module, facts, warns=warnings[home.oid])
            else:
                yield module.module, None

    def _home(self, module: Deprecated, tree: Versions) -> Version | None:
        """Find the file of a module; a link or submodule in its place counts where no file does."""
        there = [tree[path] for path in paths_of(module, self._config) if path in tree]
        return min(there, key=lambda version: not is_python(version), default=None)


def direct(config: Config, looking: Iterable[Rule]) -> Filter:
    """Ask for what a file must hold for a finding that no other file takes part in."""
    return Filter(_direct(config, looking))


def is_python(version: Version) -> bool:
    """Tell whether the file can be read as Python."""
    return version.mode in ANALYSED_MODES and version.path.endswith(SUFFIXES)


def _direct(config: Config, looking: Iterable[Rule]) -> Iterator[Clause]:
    for rule in looking:
        yield from rule.clauses(config)
    yield from definitions.clauses(config)  # they are counted even where no rule flags them
    if config.report.inline_waivers:
        yield Clause((Needle(WAIVER_MARK),))
