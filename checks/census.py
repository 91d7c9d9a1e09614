"""What a whole tree holds: findings, definitions, how far each deprecated module has come."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from checks.facades import Facades
    from checks.model import Crash, Finding, Skipped
    from checks.needles import Filter
    from checks.reading import Reply
    from checks.stages import Stage


class Blobs(Protocol):
    """What there is to know of blobs, by id; each question is one batch."""

    def sift(self, wanted: Filter, oids: Collection[str]) -> Collection[str]:
        """Return the blobs that the filter takes, and those that nobody could search."""
        ...

    def sifted_facts(self, wanted: Filter, oids: Collection[str]) -> Mapping[str, Reply]:
        """Return the facts of the blobs that `sift` returns, or why there are none."""
        ...

    def facts(self, oids: Collection[str]) -> Mapping[str, Reply]:
        """Return the facts of each blob, or why there are none."""
        ...

    def compiled(self, oids: Collection[str]) -> Mapping[str, Reply]:
        """Return what `compile()` says of each blob."""
        ...

    def warnings(self, oids: Collection[str]) -> Mapping[str, bool | None]:
        """Return whether each module warns of itself, as `checks.stages.warns` tells.

        Those that nobody could look into are left out.
        """
        ...


@dataclass(frozen=True, slots=True)
class Holding:
    """What one path holds; `defined` counts the definitions that belong to each concept."""

    findings: tuple[Finding, ...] = ()
    crashes: tuple[Crash, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    defined: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Census:
    """All that counts in the tree of commit `rev`.

    `rules` are those that looked. `holdings` are sorted by path; a path that holds nothing has
    none. `stages` tells how far each deprecated module has come, in the config's order; what is
    told of those that are `unjudged` is the least. `paths` are all files of the tree. The rules
    that are `unfinished` ended their search before they had seen all of it.
    """

    rev: str
    rules: tuple[str, ...]
    holdings: Mapping[str, Holding]
    stages: Mapping[str, Stage]
    paths: Collection[str]
    files_analyzed: int
    unjudged: frozenset[str] = frozenset()
    unfinished: frozenset[str] = frozenset()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, waived ones too, sorted by place."""
        return tuple(f for holding in self.holdings.values() for f in holding.findings)

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """The files that could not be analysed: where they lie, the counts are too low."""
        return tuple(s for holding in self.holdings.values() for s in holding.skipped)

    @property
    def crashes(self) -> tuple[Crash, ...]:
        """The crashes of rules, by path."""
        return tuple(c for holding in self.holdings.values() for c in holding.crashes)

    @property
    def counts(self) -> Mapping[str, int]:
        """Count the findings of each rule: a waived one stands in the tree as the others do."""
        found = Counter(finding.rule for finding in self.findings)
        return {rule: found[rule] for rule in self.rules}

    @property
    def files(self) -> Mapping[str, int]:
        """Count the files in which each rule finds something."""
        holdings = self.holdings.values()
        found = Counter(rule for held in holdings for rule in {f.rule for f in held.findings})
        return {rule: found[rule] for rule in self.rules}

    def definitions(self, concept: str, *, excluded: Callable[[str], bool]) -> int:
        """Count the definitions of a concept, homes included, but for those in `excluded` paths."""
        counts = ((path, held.defined.get(concept)) for path, held in self.holdings.items())
        return sum(count for path, count in counts if count and not excluded(path))


@dataclass(frozen=True, slots=True)
class Footing:
    """A census, and what tells whether a change of some files could concern any other one.

    `handing` tells which modules hand on what is deprecated, `asked` are the modules, there or
    not, that other files were judged by, `starred` those that they take all names from.
    """

    census: Census
    handing: Facades
    asked: frozenset[str]
    starred: frozenset[str]
