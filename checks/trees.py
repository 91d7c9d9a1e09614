"""The modules of one side of a change: what is known of them, and what is still wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.facts import NOTHING, Facts
from checks.graph import edges
from checks.limits import SEARCHED_MODULES
from checks.reading import Unsought

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from checks.facts import Dotted
    from checks.model import Snapshot
    from checks.modules import Roots
    from checks.reading import Reply


def base_tree(snapshot: Snapshot) -> Mapping[str, str]:
    """Derive the tree at the merge base: the head's, with every change undone."""
    changed = {entry.head.path for entry in snapshot.entries if entry.head}
    tree = {path: oid for path, oid in snapshot.tree.items() if path not in changed}
    tree.update({entry.base.path: entry.base.oid for entry in snapshot.entries if entry.base})
    return tree


class Modules:
    """A tree whose modules' facts arrive in rounds; fulfils `checks.rule.Tree`."""

    def __init__(
        self,
        tree: Mapping[str, str],
        roots: Roots,
        known: Mapping[str, Reply],
        *,
        changed: Iterable[str] = (),
    ) -> None:
        """Watch `known`, blob id to reply, which the engine fills between rounds.

        `misses` counts the questions that could not be answered, `wanted` is what they lacked.
        `asked` are the modules that were looked for, there or not.
        """
        self._tree = tree
        self._changed = sorted(changed)
        self._roots = roots
        self._known = known
        self._consulted: dict[str, str] = {}
        self._imports: dict[str, tuple[str, ...]] = {}
        self.wanted: set[str] = set()
        self.asked: set[str] = set()
        self.misses = 0
        self.is_search_ended = False

    def owner(self, target: Dotted) -> str | None:
        """Name the longest prefix of `target` that is a module in the tree."""
        for length in range(len(target), 0, -1):
            module = ".".join(target[:length])
            if self._path(module) is not None:
                return module
        return None

    def facts(self, module: str) -> tuple[str, Facts] | None:
        """Give the module's path and facts; None, and the blob is wanted, when not known yet."""
        path = self._path(module)
        if path is None:
            return None
        self._consulted[path] = self._tree[path]
        reply = self._known.get(self._tree[path])
        if reply is None or isinstance(reply, Unsought):
            self.wanted.add(self._tree[path])
            self.misses += 1
            return None
        return path, reply if isinstance(reply, Facts) else NOTHING

    def changed(self) -> Iterator[tuple[str, str, Facts]]:
        """Yield path, module and facts of the changed files that can be imported, by path."""
        for path in self._changed:
            module = self._roots.module_of(path)
            reply = self._known.get(self._tree.get(path, ""))
            if module is not None and isinstance(reply, Facts):
                yield path, module, reply

    def imports(self, module: str) -> tuple[str, ...]:
        """Name the modules that importing this one runs; none when that is not known (yet)."""
        found = self._imports.get(module)
        if found is not None:
            return found
        if len(self._imports) >= SEARCHED_MODULES:
            self.is_search_ended = True
            return ()
        known = self.facts(module)
        if known is None:
            return ()
        before = self.misses
        run = edges(known[0], module, known[1], tree=self, roots=self._roots)
        found = tuple(dict.fromkeys(name for name, _ in run))
        if self.misses == before:  # else an edge hangs on a module that is not known yet
            self._imports[module] = found
        return found

    def consulted(self) -> Mapping[str, str]:
        """Map the path of every module that was asked about to its blob id."""
        return self._consulted

    def _path(self, module: str) -> str | None:
        self.asked.add(module)
        return next((path for path in self._roots.paths_of(module) if path in self._tree), None)
