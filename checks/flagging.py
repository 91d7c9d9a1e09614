"""Run the rules over both sides of every changed file; one rule's crash costs that rule only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.compare import Difference, Flagged, Side, difference, unsettled
from checks.facts import NOTHING, Facts
from checks.model import Crash
from checks.modules import Roots
from checks.reading import Compiled
from checks.rule import File, View
from checks.trees import Modules, base_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from checks.config import Config
    from checks.edits import Edit
    from checks.model import Entry, Snapshot, Version
    from checks.reading import Reply
    from checks.rule import Rule

ANALYSED_MODES = frozenset({"100644", "100755"})  # not symlinks (120000), not submodules (160000)


@dataclass(frozen=True, slots=True)
class Change:
    """A changed path; `base` and `head` are its sides that can be read as Python, if any."""

    entry: Entry
    base: Version | None
    head: Version | None

    @staticmethod
    def of(entry: Entry, is_analysed: Callable[[str], bool]) -> Change:
        """Keep the sides that are analysed."""
        base, head = (
            version
            if version and version.mode in ANALYSED_MODES and is_analysed(version.path)
            else None
            for version in (entry.base, entry.head)
        )
        return Change(entry, base, head)

    def unread(self) -> Change:
        """Give the change with nothing to read: only its paths are looked at."""
        return Change(self.entry, None, None)

    @property
    def path(self) -> str:
        """The path at head, or at the merge base of a deleted file."""
        return self.entry.path

    def is_added(self, line: int) -> bool:
        """Tell whether the change adds this head line."""
        return any(line in hunk.added for hunk in self.entry.hunks)


class Flagger:
    """Both trees of a change and what the rules flag in them, gathered in rounds."""

    def __init__(
        self,
        snapshot: Snapshot,
        config: Config,
        active: Sequence[Rule],
        *,
        known: Mapping[str, Reply],
        compiled: Mapping[str, Reply],
    ) -> None:
        """Watch `known`, facts by blob id, which grows between rounds."""
        self._config = config
        self._active = active
        self._known = known
        self._compiled = compiled
        self._roots = Roots(config.roots)
        self._head = Modules(snapshot.tree, self._roots, known)
        self._base = Modules(base_tree(snapshot), self._roots, known)
        self._differences: dict[str, Difference] = {}
        self._crashes: dict[str, list[Crash]] = {}

    def flag(self, change: Change) -> bool:
        """Flag both sides of a path; False when modules are wanted first, then call again."""
        before = self._count_wanted()
        base, head = self._facts(change.base), self._facts(change.head)
        old = self._side(change.entry.base, change.base, base, head)
        new = self._side(change.entry.head, change.head, head, base)
        raised, crashes = self._run(change.path, old, new)
        if self._count_wanted() > before:
            return False
        self._crashes[change.path] = crashes
        self._differences[change.path] = difference(
            change.path,
            Side(tuple(flagged for side, flagged in raised if side is old), base),
            Side(tuple(flagged for side, flagged in raised if side is new), head),
            is_added=change.is_added,
        )
        return True

    def differences(self) -> tuple[Difference, ...]:
        """Give what each flagged file gains and loses, by path."""
        return tuple(self._differences[path] for path in sorted(self._differences))

    def crashes(self) -> tuple[Crash, ...]:
        """Give the crashes of rules, by path."""
        return tuple(crash for path in sorted(self._crashes) for crash in self._crashes[path])

    def head(self, change: Change) -> File | None:
        """Show the head of a path as the rules see it."""
        base, head = self._facts(change.base), self._facts(change.head)
        return self._side(change.entry.head, change.head, head, base)

    def raise_at_head(self, file: File) -> tuple[Flagged, ...] | None:
        """Flag what a file would be at head; None when a rule crashes on it."""
        raised, crashes = self._run(file.path, None, file)
        return None if crashes else tuple(flagged for _, flagged in raised)

    def edit(self, change: Change, flagged: Flagged) -> Edit | None:
        """Ask the rule of a flag at head for an edit; a crash is one of the rule."""
        rule = next(rule for rule in self._active if rule.name == flagged.rule)
        file = self.head(change)
        if rule.edit is None or file is None:
            return None
        try:
            return rule.edit(flagged.flag, file, self._head, self._config)
        except Exception as error:  # a bug in one rule must not cost the others
            crash = Crash(rule.name, change.path, f"{type(error).__name__}: {error}")
            if crash not in self._crashes[change.path]:
                self._crashes[change.path].append(crash)
            return None

    def wanted(self) -> frozenset[str]:
        """Give the ids of the blobs that are wanted and not known."""
        return frozenset((self._head.wanted | self._base.wanted) - self._known.keys())

    def consulted(self) -> Iterator[tuple[str, str]]:
        """Give path and blob id of every module that was looked at beyond the changed files."""
        yield from sorted(self._head.consulted().items())

    def _count_wanted(self) -> int:
        return len(self._head.wanted) + len(self._base.wanted)

    def _facts(self, version: Version | None) -> Facts:
        reply = self._known.get(version.oid) if version is not None else None
        return reply if isinstance(reply, Facts) else NOTHING

    def _side(
        self, version: Version | None, analysed: Version | None, facts: Facts, other: Facts
    ) -> File | None:
        """Show one side to the rules; a version that is not analysed is a path without facts."""
        if version is None:
            return None
        module = self._roots.module_of(version.path)
        compiled = self._compiled.get(version.oid) if analysed is not None else None
        return File(
            version.path,
            module,
            facts,
            is_analysed=analysed is not None,
            followed=unsettled(facts, other),
            compiled=compiled if isinstance(compiled, Compiled) else None,
        )

    def _run(
        self, path: str, base: File | None, head: File | None
    ) -> tuple[list[tuple[File, Flagged]], list[Crash]]:
        raised: list[tuple[File, Flagged]] = []
        crashes: list[Crash] = []
        for rule in self._active:
            found: list[tuple[File, Flagged]] = []
            try:
                for file, tree in ((base, self._base), (head, self._head)):
                    if file is not None and (file.is_analysed or rule.view is View.PATH):
                        flags = rule.flags(file, tree, self._config)
                        found += ((file, Flagged(rule.name, flag)) for flag in flags)
            except Exception as error:  # a bug in one rule must not cost the others
                crashes.append(Crash(rule.name, path, f"{type(error).__name__}: {error}"))
            else:
                raised += found
        return raised, crashes
