"""Modules that hand on what is deprecated, and what a file must hold to take it from them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from checks.facts import NOTHING
from checks.model import Kind
from checks.modules import Roots, is_package
from checks.needles import Clause, Filter, Needle, word
from checks.origins import Origins
from checks.reexports import MAX_HOPS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from checks.config import Config
    from checks.facts import Alias, Dotted, Facts, Reference
    from checks.rule import Tree

# Handed on by a module that takes a star from one whose names are not known.
ANY = "*"
NOBODY: Mapping[str, frozenset[str]] = MappingProxyType({})

_FROM_PACKAGE = rb"from[\s\\]*\.[\s\\.]*import"
_STAR = rb"import[\s\\]*\*"


@dataclass(frozen=True, slots=True)
class Facades:
    """Which names each module hands on, `ANY` among them; `packages` are those of `__init__`."""

    handed: Mapping[str, frozenset[str]]
    packages: frozenset[str] = frozenset()

    def names(self) -> Filter:
        """Ask for a name that is handed on, a star, or a module that hands on anything."""
        names = self._by_name()
        clauses = [Clause((word(name),)) for name in sorted(names)]
        clauses += [Clause((word(segment),)) for segment in sorted(self._open())]
        stars = [Clause((Needle(b"*", _STAR),))] if self.handed else []
        return Filter((*clauses, *stars, *self._open_packages()))

    def ways(self) -> Filter:
        """Ask for a module that hands on, too: by its last segment, or from inside its package."""
        clauses = [
            Clause((word(segment),), tuple(word(name) for name in sorted(names)))
            for segment, names in sorted(self._by_segment().items())
        ]
        inside = {name for module in self.packages for name in self.handed[module]} - {ANY}
        clauses += [
            Clause((word(name), Needle(b"import", _FROM_PACKAGE))) for name in sorted(inside)
        ]
        clauses += [Clause((word(segment),)) for segment in sorted(self._open())]
        return Filter((*clauses, *self._stars(), *self._open_packages()))

    def follower(self) -> Callable[[Facts], frozenset[Reference]]:
        """Make what picks the references that could reach a module that hands on."""
        words = self._by_name().keys() | self._open()
        is_open = any(ANY in self.handed[module] for module in self.packages)

        def could_reach(reference: Reference) -> bool:
            if reference.kind is Kind.STAR or (is_open and reference.level):
                return True
            return not words.isdisjoint(reference.target)

        def pick(facts: Facts) -> frozenset[Reference]:
            return frozenset(filter(could_reach, facts.references)) if self.handed else frozenset()

        return pick

    def _by_name(self) -> Mapping[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for module, names in self.handed.items():
            for name in names - {ANY}:
                found[name].add(module.rpartition(".")[2])
        return found

    def _by_segment(self) -> Mapping[str, set[str]]:
        """Group what is handed on by the last segment of the module: it is rarer than a name."""
        found: dict[str, set[str]] = defaultdict(set)
        for module, names in self.handed.items():
            found[module.rpartition(".")[2]] |= names - {ANY}
        return {segment: names for segment, names in found.items() if names}

    def _open(self) -> set[str]:
        return {m.rpartition(".")[2] for m, names in self.handed.items() if ANY in names}

    def _open_packages(self) -> Iterator[Clause]:
        if any(ANY in self.handed[module] for module in self.packages):
            yield Clause((Needle(b"import", _FROM_PACKAGE),))

    def _stars(self) -> Iterator[Clause]:
        for segment in sorted({module.rpartition(".")[2] for module in self.handed}):
            yield Clause((word(segment), Needle(b"*", _STAR)))
        if self.packages:
            yield Clause((Needle(b"*", _FROM_PACKAGE + rb"[\s\\]*\*"),))


def find(
    files: Iterable[tuple[str, Facts]],
    config: Config,
    tree: Tree,
    *,
    others: Mapping[str, frozenset[str]] = NOBODY,
) -> Facades:
    """Find the modules among the files, by path, through which something deprecated can be had.

    What is found is at least what there is; following it to its end is the rules' work. `others`
    are known to hand on these names.
    """
    roots, origins = Roots(config.roots), Origins(config, tree)
    modules = {
        module: (path, facts)
        for path, facts in files
        if (facts.aliases or facts.stars)
        and (module := roots.module_of(path)) is not None
        and origins.direct(tuple(module.split("."))) is None
    }
    ways = {module: list(_ways(origins, *known)) for module, known in modules.items()}
    handed: dict[str, frozenset[str]] = {}
    for _ in range(MAX_HOPS):
        every = {**others, **handed}
        more = {module: _names(way, origins, every, tree) for module, way in ways.items()}
        more = {module: names for module, names in more.items() if names}
        if more == handed:
            break
        handed = more
    packages = frozenset(module for module in handed if is_package(modules[module][0]))
    return Facades(handed, packages)


def _ways(origins: Origins, path: str, facts: Facts) -> Iterator[tuple[str, Dotted]]:
    """Yield what a module takes from elsewhere: the local name (`ANY` for a star), the target."""
    for name, alias in facts.aliases.items():
        target = _target(origins, path, facts, alias)
        if target:
            yield name, target
    for star in facts.stars:
        target = origins.absolute(path, star)
        if target:
            yield ANY, target


def _target(origins: Origins, path: str, facts: Facts, alias: Alias) -> Dotted | None:
    if not alias.root:
        return origins.absolute(path, alias)
    local = facts.aliases.get(alias.root)
    if local is None or local.root:
        return None
    target = origins.absolute(path, local)
    return target and (*target, *alias.target)


def _names(
    ways: Iterable[tuple[str, Dotted]],
    origins: Origins,
    handed: Mapping[str, frozenset[str]],
    tree: Tree,
) -> frozenset[str]:
    found: set[str] = set()
    last_names = {module.rpartition(".")[2] for module in handed}
    for name, target in ways:
        if name == ANY:
            found |= _starred(target, origins, handed, tree)
        elif origins.direct(target) is not None or _is_handed(target, handed, last_names):
            found.add(name)
    return frozenset(found)


def _starred(
    target: Dotted, origins: Origins, handed: Mapping[str, frozenset[str]], tree: Tree
) -> frozenset[str]:
    module = ".".join(target)
    if origins.direct(target) is None:
        return handed.get(module, frozenset())
    known = tree.facts(module)
    facts = known[1] if known is not None else NOTHING
    if facts == NOTHING or facts.stars or facts.broken:
        return frozenset({ANY})
    names = facts.exports if facts.exports is not None else facts.own | facts.aliases.keys()
    return names or frozenset({ANY})


def _is_handed(
    target: Dotted, handed: Mapping[str, frozenset[str]], last_names: AbstractSet[str]
) -> bool:
    if last_names.isdisjoint(target):
        return False
    for length in range(len(target), 0, -1):
        names = handed.get(".".join(target[:length]))
        if names is not None and (
            length == len(target) or not names.isdisjoint((target[length], ANY))
        ):
            return True
    return False


NONE = Facades({})
