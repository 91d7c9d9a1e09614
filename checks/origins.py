"""Follow a dotted target to the deprecated module it comes from, through re-exports."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from checks.model import Kind
from checks.modules import Roots
from checks.reexports import MAX_HOPS, Reexports

if TYPE_CHECKING:
    from collections.abc import Container

    from checks.config import Config, Deprecated
    from checks.facts import Alias, Call, Dotted, Facts, Reference
    from checks.rule import Tree


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a target comes from: the deprecated module, the concept, and the name it has there.

    `hops` are the modules that hand it on, nearest first; empty when it is reached directly.
    """

    concept: str
    deprecated: Deprecated
    target: Dotted
    hops: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name taken from the deprecated module, `""` for the module itself."""
        return ".".join(self.target[self.deprecated.module.count(".") + 1 :])


class Origins:
    """The deprecated modules of a config, and the way to them through a tree."""

    def __init__(self, config: Config, tree: Tree) -> None:
        self._roots = Roots(config.roots)
        self._reexports = Reexports(self._roots, tree)
        self._tree = tree
        self._deprecated = {
            tuple(deprecated.module.split(".")): (concept.name, deprecated)
            for concept in config.concepts
            for deprecated in concept.deprecated
        }
        self._last_names = {module[-1] for module in self._deprecated}
        self._sound = {
            tuple(module.split("."))
            for concept in config.concepts
            for module in (
                *(home.module for home in concept.canonical),
                *(deprecated.use for deprecated in concept.deprecated),
            )
        }

    def absolute(self, path: str, reference: Reference | Alias | Call) -> Dotted | None:
        """Make the target absolute as seen from a file; None when it lies outside every root."""
        return self._roots.absolute(path, reference.level, reference.target)

    def allowed_in(self, module: str | None) -> frozenset[Dotted]:
        """Name what a module may import all the same: a deprecated one itself, and its `use`."""
        own = [d for _, d in self._deprecated.values() if d.module == module]
        return frozenset(tuple(name.split(".")) for d in own for name in (d.module, d.use))

    def reached(
        self, reference: Reference, target: Dotted, followed: Container[Reference]
    ) -> Origin | None:
        """Find the deprecated module that a reference to the target reaches.

        Of `followed` references that one, too, which hands the name on.
        """
        direct = self.direct(target)
        if direct is not None or reference not in followed or reference.kind is Kind.IMPORT:
            return direct
        return self.star(target) if reference.kind is Kind.STAR else self.followed(target)

    def direct(self, target: Dotted) -> Origin | None:
        """Find the deprecated module that the target is, or lies in: the longest one.

        What is canonical may lie in a deprecated package (`app.engine`, and `app.engine.core`).
        """
        if self._last_names.isdisjoint(target):
            return None  # most targets of a tree end here
        for length in range(len(target), 0, -1):
            if target[:length] in self._sound:
                return None
            found = self._deprecated.get(target[:length])
            if found is not None:
                return Origin(*found, target)
        return None

    def followed(self, target: Dotted, hops: tuple[str, ...] = ()) -> Origin | None:
        """Find the deprecated module that a name comes from through modules that hand it on."""
        owner = self._tree.owner(target)
        rest = target[owner.count(".") + 1 :] if owner else ()
        known = self._tree.facts(owner) if owner and rest and len(hops) < MAX_HOPS else None
        if known is None or owner is None:
            return None
        for source in self._reexports.sources(*known, rest):
            origin = self._hop(source, (*hops, owner))
            if origin is not None:
                return origin
        return None

    def star(self, target: Dotted, hops: tuple[str, ...] = ()) -> Origin | None:
        """Find a deprecated module among the origins of all public names of a module."""
        owner = ".".join(target)
        is_module = self._tree.owner(target) == owner and len(hops) < MAX_HOPS
        known = self._tree.facts(owner) if is_module else None
        if known is None:
            return None
        path, facts = known
        for name in _public(facts):
            for source in self._reexports.sources(path, facts, (name,)):
                origin = self._hop(source, (*hops, owner))
                if origin is not None:
                    return origin
        for alias in () if facts.exports is not None else facts.stars:
            module = self.absolute(path, alias)
            origin = self._star_hop(module, (*hops, owner)) if module is not None else None
            if origin is not None:
                return origin
        return None

    def _star_hop(self, module: Dotted, hops: tuple[str, ...]) -> Origin | None:
        found = self.direct(module)
        return replace(found, hops=hops) if found is not None else self.star(module, hops)

    def _hop(self, source: Dotted, hops: tuple[str, ...]) -> Origin | None:
        found = self.direct(source)
        return replace(found, hops=hops) if found is not None else self.followed(source, hops)


def _public(facts: Facts) -> list[str]:
    """List the imported names that a star takes along."""
    if facts.exports is not None:
        return sorted(facts.exports)
    return sorted(name for name in facts.aliases if not name.startswith("_"))
