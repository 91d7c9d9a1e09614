"""The census of commits of one repository: of one, or of one after the other at small cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.counting import Counting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from bot.git.objects import Objects
    from checks.census import Blobs, Census
    from checks.config import Config
    from checks.model import Version


def take(objects: Objects, commit: str, *, config: Config, blobs: Blobs, today: date) -> Census:
    """Take the census of a commit's tree; raises `GitError`. `today` is the day in UTC."""
    tree = {version.path: version for version in objects.tree(commit)}
    return Counting(config, blobs, today=today).take(commit, tree)


def take_each(
    objects: Objects, commits: Iterable[str], *, config: Config, blobs: Blobs, today: date
) -> Iterator[Census]:
    """Take the census of each commit, the nearer the next one is the cheaper; raises `GitError`."""
    counting = Counting(config, blobs, today=today)
    tree: dict[str, Version] = {}
    last = ""
    for commit in commits:
        if last:
            _advance(tree, objects, last, commit)
        else:
            tree = {version.path: version for version in objects.tree(commit)}
        last = commit
        yield counting.take(commit, dict(tree))


def _advance(tree: dict[str, Version], objects: Objects, last: str, commit: str) -> None:
    for entry in objects.changes(last, commit):
        if entry.head is None:
            del tree[entry.path]
        else:
            tree[entry.path] = entry.head
