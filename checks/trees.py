"""The modules of one side of a change: what is known of them, and what is still wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.facts import NOTHING, Facts

if TYPE_CHECKING:
    from collections.abc import Mapping

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

    def __init__(self, tree: Mapping[str, str], roots: Roots, known: Mapping[str, Reply]) -> None:
        """Watch `known`, blob id to reply, which the engine fills between rounds."""
        self._tree = tree
        self._roots = roots
        self._known = known
        self._consulted: dict[str, str] = {}
        self.wanted: set[str] = set()

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
        if reply is None:
            self.wanted.add(self._tree[path])
            return None
        return path, reply if isinstance(reply, Facts) else NOTHING

    def consulted(self) -> Mapping[str, str]:
        """Map the path of every module that was asked about to its blob id."""
        return self._consulted

    def _path(self, module: str) -> str | None:
        return next((path for path in self._roots.paths_of(module) if path in self._tree), None)
