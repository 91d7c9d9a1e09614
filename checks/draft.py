"""A first config for a repository, from what its files say: a proposal for a person to shorten."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from checks.catalog import Catalog
from checks.globs import Globs, NameGlob
from checks.layout import IGNORED, TESTS, find_roots, matching
from checks.modules import Roots
from checks.succession import DECLARED, OldModule, old_modules

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from checks.survey import Survey

# What a person reads in one sitting: the most imported come first, the rest is counted.
MAX_DUPLICATES = 20
MAX_DEPRECATED = 30

# What `duplicate-definition` ignores by default, and what frameworks ask each file to define.
NO_CONCEPTS = tuple(
    NameGlob(name)
    for name in ("Test*", "Mock*", "Fake*", "Stub*", "Command", "Config", "Meta", "Migration")
)
CONCEPT = "concept"

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Home:
    """A module that defines a name, and how many files import the name from it."""

    module: str
    importers: int


@dataclass(frozen=True, slots=True)
class ConceptDraft:
    """One thing that seems to need one source: `homes` are all its definitions, canonical first."""

    name: str
    symbol: str
    homes: tuple[Home, ...]
    deprecated: tuple[OldModule, ...] = ()

    @property
    def canonical(self) -> Home:
        """The definition that most files import."""
        return self.homes[0]

    @property
    def is_duplicate(self) -> bool:
        """Tell whether the class is defined more than once."""
        return len(self.homes) > 1


@dataclass(frozen=True, slots=True)
class Draft:
    """What to propose; `orphans` call themselves deprecated, and nothing tells what replaces them.

    `more_duplicates`, `more_deprecated` and `more_orphans` count what was left out.
    """

    roots: tuple[str, ...] = (".",)
    ignore: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    concepts: tuple[ConceptDraft, ...] = ()
    orphans: tuple[str, ...] = ()
    more_duplicates: int = 0
    more_deprecated: int = 0
    more_orphans: int = 0


def worth_surveying(paths: Collection[str]) -> frozenset[str]:
    """Choose the Python files that a proposal is made of: tests follow what they test."""
    aside = Globs((*matching(TESTS, paths), *matching(IGNORED, paths)))
    return frozenset(path for path in paths if path.endswith(".py") and not aside.matches(path))


def draft(paths: Collection[str], surveys: Mapping[str, Survey]) -> Draft:
    """Propose a config for a tree of `paths`, of which those worth it were surveyed, by path."""
    roots = find_roots(surveys)
    catalog = Catalog(surveys, Roots(roots))
    old = old_modules(catalog)
    proposed = sorted(old.values(), key=_by_evidence)
    duplicates = sorted(_duplicates(catalog, old), key=_by_importers)
    concepts = _concepts(catalog, duplicates[:MAX_DUPLICATES], proposed[:MAX_DEPRECATED])
    orphans = [m for m in catalog if catalog.survey(m).declared and m not in old]
    return Draft(
        roots=roots,
        ignore=matching(IGNORED, paths),
        tests=matching(TESTS, paths),
        concepts=tuple(_named(concepts)),
        orphans=tuple(orphans[:MAX_DEPRECATED]),
        more_duplicates=max(0, len(duplicates) - MAX_DUPLICATES),
        more_deprecated=max(0, len(proposed) - MAX_DEPRECATED),
        more_orphans=max(0, len(orphans) - MAX_DEPRECATED),
    )


def _duplicates(catalog: Catalog, old: Mapping[str, OldModule]) -> Iterator[ConceptDraft]:
    """Yield the classes that are defined more than once and have a home that is not old."""
    for name, modules in catalog.definers().items():
        if len(modules) < 2 or any(glob.matches(name) for glob in NO_CONCEPTS):
            continue
        homes = [Home(module, catalog.name_importers(module, name)) for module in modules]
        homes.sort(
            key=lambda home: (
                home.module in old,
                bool(catalog.survey(home.module).declared),
                -home.importers,
                home.module.count("."),
                home.module,
            )
        )
        if homes[0].module not in old:
            yield ConceptDraft("", name, tuple(homes))


def _by_importers(concept: ConceptDraft) -> tuple[int, int, str]:
    importers = sum(home.importers for home in concept.homes)
    return -importers, -len(concept.homes), concept.symbol


def _by_evidence(old: OldModule) -> tuple[bool, int, str]:
    """Put first what says so itself."""
    return old.reason != DECLARED, -old.importers, old.module


def _concepts(
    catalog: Catalog, duplicates: Iterable[ConceptDraft], old: Iterable[OldModule]
) -> Iterator[ConceptDraft]:
    """Give every old module to the concept whose home replaces it, or to one of its own."""
    by_use: dict[str, list[OldModule]] = defaultdict(list)
    for module in old:
        by_use[module.use].append(module)
    for concept in duplicates:
        yield replace(concept, deprecated=tuple(by_use.pop(concept.canonical.module, ())))
    for use, modules in by_use.items():
        symbol = catalog.main_name(use)
        home = Home(use, catalog.name_importers(use, symbol))
        yield ConceptDraft("", symbol, (home,), tuple(modules))


def _named(concepts: Iterable[ConceptDraft]) -> Iterator[ConceptDraft]:
    """Name each concept for its symbol, in words; a name that is taken gets a number."""
    taken: set[str] = set()
    for concept in concepts:
        words = "-".join(filter(None, _WORD_START.split(concept.symbol))).lower() or CONCEPT
        name, number = words, 2
        while name in taken:
            name, number = f"{words}-{number}", number + 1
        taken.add(name)
        yield replace(concept, name=name)
