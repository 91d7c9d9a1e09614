"""What modules offer at head: whether a name is sure to be where an edit would take it from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.reexports import MAX_HOPS

if TYPE_CHECKING:
    from checks.facts import Alias, Dotted, Facts
    from checks.origins import Origins
    from checks.rule import Tree

# The function that gives a module names which stand nowhere.
# https://peps.python.org/pep-0562/
MADE_UP = "__getattr__"


class Homes:
    """The modules of a tree, asked for names; what is not known (yet) is not there."""

    def __init__(self, origins: Origins, tree: Tree) -> None:
        self._origins = origins
        self._tree = tree

    def find(self, target: Dotted) -> tuple[str, str] | None:
        """Split a target into the module that offers it and the name there, `""` for a module."""
        module = self._tree.owner(target)
        if module is None:
            return None
        name = ".".join(target[module.count(".") + 1 :])
        if not name:
            return (module, "") if self._is_sound(module) else None
        return (module, name) if self.offers(module, name) else None

    def offers(self, module: str, name: str, depth: int = 0) -> bool:
        """Tell whether a module binds a name; of a dotted one (`Engine.run`) it is the home."""
        known = self._tree.facts(module)
        if known is None or known[1].broken or depth > MAX_HOPS:
            return False
        path, facts = known
        first, _, rest = name.partition(".")
        if first in facts.doubtful:
            return False
        if rest:
            return first in facts.own and any(d.qualified == name for d in facts.definitions)
        if first in facts.aliases:
            return self._has(path, facts.aliases[first], depth + 1)
        return first in facts.own or self._stars_offer(path, facts, first, depth=depth + 1)

    def members(self, module: str) -> frozenset[str]:
        """List the names that a module itself is sure to bind, stars not followed."""
        known = self._tree.facts(module)
        if known is None or known[1].broken:
            return frozenset()
        return frozenset((*known[1].own, *known[1].aliases)) - known[1].doubtful

    def names(self, module: str) -> frozenset[str] | None:
        """List all that a module may bind, private names too; None when that is not known."""
        known = self._tree.facts(module)
        if known is None or not _is_listed(known[1]):
            return None
        return frozenset((*known[1].own, *known[1].aliases))

    def public(self, module: str) -> frozenset[str] | None:
        """List what others may take from a module; None when that is not known.

        What it imports from outside the tree is not its own to offer, unless `__all__` says so;
        what `__all__` leaves out can still be imported by name.
        """
        known = self._tree.facts(module)
        if known is None or not _is_listed(known[1]):
            return None
        path, facts = known
        names = set(facts.own)
        for name, alias in facts.aliases.items():
            target = None if alias.root else self._origins.absolute(path, alias)
            if alias.root or (target is not None and self._tree.owner(target) is not None):
                names.add(name)
        return (facts.exports or frozenset()).union(n for n in names if not n.startswith("_"))

    def reaches(self, module: str, other: str) -> bool:
        """Tell whether a module imports another one (or something in it): a cycle if it did."""
        known = self._tree.facts(module)
        if known is None:
            return True
        path, facts = known
        target = tuple(other.split("."))
        imports = (self._origins.absolute(path, r) for r in facts.references if not r.root)
        return any(found is not None and found[: len(target)] == target for found in imports)

    def _has(self, path: str, alias: Alias, depth: int) -> bool:
        """Tell whether what a module takes over is there; libraries are not looked into."""
        target = alias.target if alias.root else self._origins.absolute(path, alias)
        owner = self._tree.owner(target) if target and not alias.root else None
        if target is None or owner is None:
            return target is not None
        name = ".".join(target[owner.count(".") + 1 :])
        return not name or self.offers(owner, name, depth)

    def _stars_offer(self, path: str, facts: Facts, name: str, *, depth: int) -> bool:
        stars = filter(None, (self._origins.absolute(path, star) for star in facts.stars))
        modules = [".".join(star) for star in stars]
        return any(self._exports(m, name) and self.offers(m, name, depth) for m in modules)

    def _exports(self, module: str, name: str) -> bool:
        """Tell whether a star would take the name along, if it is there."""
        known = self._tree.facts(module)
        exports = known[1].exports if known is not None else None
        return not name.startswith("_") if exports is None else name in exports

    def _is_sound(self, module: str) -> bool:
        known = self._tree.facts(module)
        return known is not None and not known[1].broken


def _is_listed(facts: Facts) -> bool:
    """Tell whether a module has no other names than those that stand in it."""
    return not facts.broken and not facts.stars and MADE_UP not in facts.own
