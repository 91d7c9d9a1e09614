"""Where a module has a name from: one step at a time through modules that hand names on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.facts import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from checks.facts import Dotted, Facts
    from checks.modules import Roots
    from checks.rule import Tree

# Re-exports are followed this many modules deep, which also ends a circle; longer chains are not
# known from real code.
MAX_HOPS = 5


class Reexports:
    """The names that the modules of a tree take from each other."""

    def __init__(self, roots: Roots, tree: Tree) -> None:
        self._roots = roots
        self._tree = tree

    def sources(self, path: str, facts: Facts, names: Dotted) -> Iterator[Dotted]:
        """Yield where a module has `names[0]` from, with the rest of the names behind it."""
        alias = facts.aliases.get(names[0])
        if alias is None:
            if names[0] not in facts.own:
                yield from ((*module, *names) for module in self._stars(path, facts, names[0]))
            return
        if alias.root:
            local = facts.aliases.get(alias.root)
            if local is None or local.root:
                return
            target = self._roots.absolute(path, local.level, local.target)
            target = target and (*target, *alias.target)
        else:
            target = self._roots.absolute(path, alias.level, alias.target)
        if target is not None:
            yield (*target, *names[1:])

    def _stars(self, path: str, facts: Facts, name: str) -> Iterator[Dotted]:
        """Yield the modules that a name can come from by a star, the last one first: it wins."""
        for star in reversed(facts.stars):
            module = self._roots.absolute(path, star.level, star.target)
            if module is None:
                continue
            known = self._tree.facts(".".join(module))
            # Nothing is known of a module that is not in the tree, not read, or not read yet.
            is_open = known is None or known[1] == NOTHING or bool(known[1].stars)
            is_offered = known is not None and name in offered(known[1])
            if is_open or is_offered:
                yield module
            if is_offered:
                return


def offered(facts: Facts) -> AbstractSet[str]:
    """List the names that a star surely takes along."""
    if facts.exports is not None:
        return facts.exports
    return {name for name in facts.own | facts.aliases.keys() if not name.startswith("_")}
