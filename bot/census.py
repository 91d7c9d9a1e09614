"""The census of commits of one repository: of one, or of one after the other at small cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.git.process import GitError
from checks.advance import Advance
from checks.counting import Counting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from typing import Protocol

    from bot.git.objects import Objects
    from checks.census import Blobs, Census, Footing
    from checks.config import Config
    from checks.model import Entry, Version

    class Footings(Protocol):
        """Keeps what the next census of a repository can go on from, under the same config."""

        def last(self) -> Footing | None:
            """Return what was kept last, if anything."""
            ...

        def keep(self, footing: Footing) -> None:
            """Keep a footing in place of the last one."""
            ...


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What trees are judged by, on which day (UTC), and who knows their blobs."""

    config: Config
    blobs: Blobs
    today: date


def take(objects: Objects, commit: str, yardstick: Yardstick, *, footings: Footings) -> Census:
    """Take the census of a commit's tree, from one that is kept if it can be; raises `GitError`."""
    footing = footings.last()
    changes = _changes(objects, footing, commit)
    if footing is not None and changes is not None:
        advance = Advance(yardstick.config, yardstick.blobs, today=yardstick.today)
        census = advance.take(footing, commit, changes, tree=lambda: _tree(objects, commit))
        if census is not None:
            return census
    counting = Counting(yardstick.config, yardstick.blobs, today=yardstick.today)
    census = counting.take(commit, _tree(objects, commit))
    if counting.footing is not None:
        footings.keep(counting.footing)
    return census


def take_each(objects: Objects, commits: Iterable[str], yardstick: Yardstick) -> Iterator[Census]:
    """Take the census of each commit, the nearer the next one is the cheaper; raises `GitError`."""
    counting = Counting.of_many(yardstick.config, yardstick.blobs, today=yardstick.today)
    tree: dict[str, Version] = {}
    last = ""
    for commit in commits:
        if last:
            _advance(tree, objects, last, commit)
        else:
            tree = dict(_tree(objects, commit))
        last = commit
        yield counting.take(commit, dict(tree))


def _changes(objects: Objects, footing: Footing | None, commit: str) -> Sequence[Entry] | None:
    """List what differs from the tree of a footing; None where git does not have it any more."""
    try:
        return objects.changes(footing.census.rev, commit) if footing else None
    except GitError:
        return None


def _tree(objects: Objects, commit: str) -> Mapping[str, Version]:
    return {version.path: version for version in objects.tree(commit)}


def _advance(tree: dict[str, Version], objects: Objects, last: str, commit: str) -> None:
    for entry in objects.changes(last, commit):
        if entry.head is None:
            del tree[entry.path]
        else:
            tree[entry.path] = entry.head
