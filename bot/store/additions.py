"""What open pull requests add, one small file each: a cache that may be deleted at any time."""

from __future__ import annotations

import asyncio
import json
import shutil
from dataclasses import astuple
from typing import TYPE_CHECKING

from bot import disk
from bot.domain.additions import Addition, twins_of
from bot.domain.meter import Kept

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bot.disk import CacheEntry
    from bot.domain.additions import Twin
    from bot.domain.pull import PullRequest


class AdditionFiles:
    """Fulfils `bot.domain.ports.Additions` with `folder/{repository id}/{number}.json`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def record(self, pull: PullRequest, added: Sequence[Addition]) -> None:
        """Remember what `pull` adds, in place of what it added before."""
        if added:
            content = json.dumps([astuple(addition) for addition in added])
            await asyncio.to_thread(disk.write, self._file(pull), content.encode())
        else:
            await self.forget(pull)

    async def twins(self, pull: PullRequest, added: Sequence[Addition]) -> Sequence[Twin]:
        """List where other pull requests of the repository add the same."""
        if not added:
            return ()
        return await asyncio.to_thread(self._twins, pull, added)

    async def forget(self, pull: PullRequest) -> None:
        """Drop what was remembered of a pull request that was closed."""
        await asyncio.to_thread(self._file(pull).unlink, missing_ok=True)

    async def purge(self, repository_id: int) -> None:
        """Drop all that was remembered of a repository."""
        folder = self._folder / str(repository_id)
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    def _file(self, pull: PullRequest) -> Path:
        return self._folder / str(pull.repository.id) / f"{pull.number}.json"

    def _twins(self, pull: PullRequest, added: Sequence[Addition]) -> Sequence[Twin]:
        own = self._file(pull)
        others = (file for file in own.parent.glob("*.json") if file != own)
        return twins_of(added, ((int(file.stem), list(_read(file))) for file in others))


def entries(folder: Path) -> Iterator[CacheEntry]:
    """List what is remembered of each repository, drafts of the killed too."""
    for place in sorted(folder.glob("*")):
        if files := sorted(place.glob("*.json*")):
            yield disk.files_of(Kept.ADDITIONS, place.name, files)


def _read(file: Path) -> Iterator[Addition]:
    """Read a file; one that was deleted or damaged meanwhile holds nothing."""
    try:
        for kind, symbol in json.loads(file.read_text()):
            yield Addition(kind, symbol)
    except (OSError, ValueError, TypeError):
        return
