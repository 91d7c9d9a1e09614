"""Run the rules over both sides of every changed file; one rule's crash costs that rule only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from checks import limits
from checks.compare import Difference, Flagged, Side, difference, unsettled
from checks.config import CONFIG_PATH, Config
from checks.facts import NOTHING, Facts
from checks.model import Cause, Crash, Skipped
from checks.modules import Roots
from checks.reading import Compiled, Unsought
from checks.rule import File, View
from checks.trees import Modules, base_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from checks.edits import Edit
    from checks.facts import Reference
    from checks.model import Entry, Snapshot, Version
    from checks.proposal import Policies
    from checks.reading import Reply
    from checks.rule import Rule
    from checks.waivers import Waivers

    # Told the facts of one side, and those of the other where names mean the same there.
    Follow = Callable[[Facts, Facts], frozenset[Reference]]

TOO_MANY = "not analysed: there are more than {limit:,} findings before it"
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

    @property
    def is_renamed(self) -> bool:
        """Tell whether the sides have different paths: relative names may mean other modules."""
        base, head = self.entry.base, self.entry.head
        return base is not None and head is not None and base.path != head.path


@dataclass(frozen=True, slots=True)
class Answers:
    """What is known of blobs, by id: their facts, what `compile()` says, what a config says."""

    known: Mapping[str, Reply]
    compiled: Mapping[str, Reply]
    policies: Policies


class Flagger:
    """Both trees of a change and what the rules flag in them, gathered in rounds."""

    def __init__(  # noqa: PLR0913 - what judging rests on; nothing else takes any two of them
        self,
        snapshot: Snapshot,
        config: Config,
        active: Sequence[Rule],
        *,
        answers: Answers,
        waivers: Waivers,
        follow: Follow = unsettled,
    ) -> None:
        """Watch the known facts, which grow between rounds.

        `follow` picks the references whose re-exports are worth following.
        """
        self._config = config
        self._active = active
        self._late = [rule for rule in active if rule.view is View.WAIVERS]
        self._early = [rule for rule in active if rule not in self._late]
        self._known = answers.known
        self._compiled = answers.compiled
        self._policies = answers.policies
        self._waivers = waivers
        self._follow = follow
        self._roots = Roots(config.roots)
        self._head = self._modules(snapshot.tree, [entry.head for entry in snapshot.entries])
        self._base = self._modules(base_tree(snapshot), [entry.base for entry in snapshot.entries])
        self._differences: dict[str, Difference] = {}
        self._crashes: dict[str, list[Crash]] = {}
        self._skipped: list[Skipped] = []
        self._flags = 0
        self._heads: dict[str, File | None] = {}

    def flag(self, change: Change) -> bool:
        """Flag both sides of a path; False when modules are wanted first, then call again."""
        if self._flags > limits.FLAGS:
            reason = TOO_MANY.format(limit=limits.FLAGS)
            self._skipped.append(Skipped(change.path, reason, Cause.CHANGE))
            return True
        before = self._count_misses()
        at_base, at_head = self._file(change.base), self._file(change.head)
        old = self._side(change, change.entry.base, change.base, other=at_head)
        new = self._side(change, change.entry.head, change.head, other=at_base)
        raised, crashes = self._run(change.path, old, new)
        if self._count_misses() > before:
            return False
        self._flags += sum(map(len, raised))
        self._crashes[change.path] = crashes
        self._differences[change.path] = difference(
            change.path,
            Side(tuple(raised[0]), self._facts(change.base)),
            Side(tuple(raised[1]), self._facts(change.head)),
            is_added=change.entry.is_added,
        )
        return True

    def differences(self) -> tuple[Difference, ...]:
        """Give what each flagged file gains and loses, by path."""
        return tuple(self._differences[path] for path in sorted(self._differences))

    def crashes(self) -> tuple[Crash, ...]:
        """Give the crashes of rules, by path."""
        return tuple(crash for path in sorted(self._crashes) for crash in self._crashes[path])

    def skipped(self) -> tuple[Skipped, ...]:
        """Give the paths that were not looked into, because so much was flagged before them."""
        return tuple(self._skipped)

    def head(self, change: Change) -> File | None:
        """Show the head of a path as the rules see it."""
        if change.path not in self._heads:
            other = self._file(change.base)
            head = self._side(change, change.entry.head, change.head, other=other)
            self._heads[change.path] = head
        return self._heads[change.path]

    def raise_at_head(self, file: File) -> tuple[Flagged, ...] | None:
        """Flag what a file would be at head; None when a rule crashes on it."""
        raised, crashes = self._run(file.path, None, file)
        return None if crashes else tuple(raised[1])

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
        """Give the ids of the blobs that are wanted and not known, or not by all their names."""
        wanted = self._head.wanted | self._base.wanted
        return frozenset(oid for oid in wanted if isinstance(self._known.get(oid), Unsought | None))

    def consulted(self) -> Iterator[tuple[str, str]]:
        """Give path and blob id of every module that was looked at beyond the changed files."""
        yield from sorted(self._head.consulted().items())

    def asked(self) -> frozenset[str]:
        """Give the modules that were looked for, there or not."""
        return frozenset(self._head.asked | self._base.asked)

    def is_search_ended(self) -> bool:
        """Tell whether a search for import cycles ended before it had seen everything."""
        return self._head.is_search_ended or self._base.is_search_ended

    def _count_misses(self) -> int:
        return self._head.misses + self._base.misses

    def _facts(self, version: Version | None) -> Facts:
        reply = self._known.get(version.oid) if version is not None else None
        return reply if isinstance(reply, Facts) else NOTHING

    def _modules(self, tree: Mapping[str, str], versions: Iterable[Version | None]) -> Modules:
        changed = [version.path for version in versions if version is not None]
        return Modules(tree, self._roots, self._known, changed=changed)

    def _side(
        self,
        change: Change,
        version: Version | None,
        analysed: Version | None,
        *,
        other: File | None,
    ) -> File | None:
        """Show one side to the rules; a version that is not analysed is a path without facts."""
        if version is None:
            return None
        facts = self._facts(analysed)
        settled = NOTHING if change.is_renamed or other is None else other.facts
        compiled = self._compiled.get(version.oid) if analysed is not None else None
        return File(
            version.path,
            self._roots.module_of(version.path),
            facts,
            is_analysed=analysed is not None,
            followed=self._follow(facts, settled),
            compiled=compiled if isinstance(compiled, Compiled) else None,
            policy=self._policies.get(version.oid) if version.path == CONFIG_PATH else None,
            other=other,
        )

    def _file(self, version: Version | None) -> File | None:
        """Show what one side says to the other one."""
        if version is None:
            return None
        return File(version.path, self._roots.module_of(version.path), self._facts(version))

    def _run(
        self, path: str, base: File | None, head: File | None
    ) -> tuple[list[list[Flagged]], list[Crash]]:
        """Run every rule on both sides; what the others flag tells which waivers hold."""
        sides = [base, head]
        raised, crashes = self._apply(self._early, path, sides)
        crashed = frozenset(crash.rule for crash in crashes)
        judged = [
            file and self._with_lapses(file, flagged, crashed)
            for file, flagged in zip(sides, raised, strict=True)
        ]
        more, late_crashes = self._apply(self._late, path, judged)
        both = [[*first, *second] for first, second in zip(raised, more, strict=True)]
        return both, crashes + late_crashes

    def _apply(
        self, applied: Sequence[Rule], path: str, sides: Sequence[File | None]
    ) -> tuple[list[list[Flagged]], list[Crash]]:
        raised: list[list[Flagged]] = [[] for _ in sides]
        crashes: list[Crash] = []
        for rule in applied:
            if not any(file and _is_shown(file, rule.view) for file in sides):
                continue  # of most files of a tree only the path is worth a look
            try:
                found = [
                    [Flagged(rule.name, flag) for flag in rule.flags(file, tree, self._config)]
                    if file and _is_shown(file, rule.view)
                    else []
                    for file, tree in zip(sides, (self._base, self._head), strict=True)
                ]
            except Exception as error:  # a bug in one rule must not cost the others
                crashes.append(Crash(rule.name, path, f"{type(error).__name__}: {error}"))
            else:
                raised = [[*old, *new] for old, new in zip(raised, found, strict=True)]
        return raised, crashes

    def _with_lapses(self, file: File, flagged: Sequence[Flagged], crashed: frozenset[str]) -> File:
        lapses = self._waivers.inline_lapses(file.facts.waivers, flagged, crashed=crashed)
        if isinstance(file.policy, Config):
            lapses = (*lapses, *self._waivers.config_lapses(file.policy))
        return replace(file, lapses=lapses) if lapses else file


def _is_shown(file: File, view: View) -> bool:
    """Tell whether rules of this view look at the file: they may want more than a path."""
    match view:
        case View.PATH:
            return True
        case View.CONFIG:
            return file.policy is not None
        case View.WAIVERS:
            return bool(file.lapses)
        case _:
            return file.is_analysed
