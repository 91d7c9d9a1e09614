"""The working tree of a clone, read as a check reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.git.clone import Clone
from bot.git.snapshot import read, take
from tests.bot.git.conftest import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from checks.model import Snapshot


def working_tree(folder: Path) -> tuple[Snapshot, Mapping[str, bytes]]:
    """Return the changes of the working tree since HEAD and what its Python files hold."""
    clone = Clone.at(folder)
    base = clone.resolve("HEAD")
    with clone.working_tree() as (source, tree):
        taken = take(source, base, tree, EVERYTHING)
        contents = read(source, list(taken.tree.values()))
    blobs = {path: contents[oid] for path, oid in taken.tree.items()}
    return taken, {path: blob for path, blob in blobs.items() if isinstance(blob, bytes)}


def changes(folder: Path) -> dict[str, str]:
    taken, _ = working_tree(folder)
    return {entry.path: entry.status.value for entry in taken.entries}
