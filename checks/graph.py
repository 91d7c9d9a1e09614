"""The graph of imports: what importing a module runs, and the shortest way from one to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from checks.model import Kind
from checks.modules import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from checks.facts import Dotted, Facts, Reference
    from checks.modules import Roots

    # A module that an import statement runs, and the statement.
    Edge = tuple[str, Reference]

RUNNING_SUFFIX = SUFFIXES[0]  # a stub is never run


class Modules(Protocol):
    """What the graph has to know of a tree."""

    def owner(self, target: Dotted) -> str | None:
        """Name the longest prefix of `target` that is a module in the tree."""
        ...

    def facts(self, module: str) -> tuple[str, Facts] | None:
        """Give the module's path and facts; None when they are not known (yet)."""
        ...


def edges(path: str, module: str, facts: Facts, *, tree: Modules, roots: Roots) -> Iterator[Edge]:
    """Yield the modules that run when the module in `path` is imported, by import statement.

    `import a.b` runs `a` first. The packages above the module itself run before it anyway: they
    are named only where something of theirs is imported.
    """
    if not path.endswith(RUNNING_SUFFIX):
        return
    for reference in facts.references:
        target = roots.absolute(path, reference.level, reference.target)
        if not reference.on_import or not target:
            continue
        for found in _run_by(reference, target, module, tree):
            yield found, reference


def shortest_way(
    start: str, goal: str, steps: Callable[[str], Iterable[str]], dead: set[str]
) -> tuple[str, ...] | None:
    """Search breadth-first; None when there is no way, and all that was seen is then `dead`."""
    came_from: dict[str, str] = {start: ""}
    frontier = [start]
    while frontier and goal not in came_from:
        reached: dict[str, str] = {}
        for here in frontier:
            for there in steps(here):
                if there not in came_from and there not in dead:
                    reached.setdefault(there, here)
        came_from |= reached
        frontier = list(reached)
    if goal not in came_from:
        dead |= came_from.keys()
        return None
    way = [goal]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return tuple(reversed(way))


def _run_by(reference: Reference, target: Dotted, module: str, tree: Modules) -> Iterator[str]:
    named = target
    if reference.kind is Kind.FROM and not _is_module(target, tree):
        named = target[:-1]  # a name in a module, and no module
    for length in range(1, len(named) + 1):
        found = ".".join(named[:length])
        if found == module or not _is_module(named[:length], tree):
            continue
        is_above = module.startswith(f"{found}.")
        if not is_above or (length == len(named) and _is_offered(found, target, length, tree)):
            yield found


def _is_module(target: Dotted, tree: Modules) -> bool:
    return bool(target) and tree.owner(target) == ".".join(target)


def _is_offered(package: str, target: Dotted, length: int, tree: Modules) -> bool:
    """Tell whether the name imported from a package is its own, and no module we cannot see."""
    known = tree.facts(package)
    if known is None or len(target) == length:
        return known is not None
    facts = known[1]
    return target[length] in facts.own or target[length] in facts.aliases or bool(facts.stars)
