"""Which definition a name comes to in the end, through all modules that hand it on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.reexports import MAX_HOPS, Reexports

if TYPE_CHECKING:
    from checks.facts import Dotted, Facts
    from checks.model import Kind
    from checks.modules import Roots
    from checks.rule import Tree


@dataclass(frozen=True, slots=True)
class Source:
    """A class or function at the top of a module."""

    module: str
    name: str
    kind: Kind


class Sources:
    """The definitions of a tree, found by any name that comes to them."""

    def __init__(self, roots: Roots, tree: Tree) -> None:
        self._reexports = Reexports(roots, tree)
        self._tree = tree

    def of_target(self, target: Dotted, hops: int = 0) -> Source | None:
        """Find the definition behind a dotted target; None when there is none for sure."""
        owner = self._tree.owner(target)
        rest = target[owner.count(".") + 1 :] if owner else ()
        known = self._tree.facts(owner) if owner and len(rest) == 1 and hops <= MAX_HOPS else None
        if known is None or owner is None:
            return None
        return self.of_name(known[0], owner, known[1], name=rest[0], hops=hops)

    def of_name(
        self, path: str, module: str, facts: Facts, *, name: str, hops: int = 0
    ) -> Source | None:
        """Find the definition behind a name of a module."""
        alias = facts.aliases.get(name)
        is_renamed = alias is not None and alias.root in facts.own and not alias.target
        written = alias.root if alias is not None and is_renamed else name
        if alias is None or is_renamed:
            for definition in facts.definitions:
                if definition.qualified == written:
                    return Source(module, written, definition.kind)
        for target in self._reexports.sources(path, facts, (name,)):
            found = self.of_target(target, hops + 1)
            if found is not None:
                return found
        return None
