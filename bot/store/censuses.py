"""The last census of each repository, one file each: a cache that may be deleted at any time."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import fields, replace
from typing import TYPE_CHECKING

from cachetools import LRUCache

from bot import __version__, disk
from bot.domain.census_ports import Measured
from bot.domain.issue import Merged
from bot.domain.meter import Kept
from bot.store import histories, pickled
from checks.facts import FACTS_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.disk import CacheEntry

FILE = "census"
# Files of another version are not read.
_FIELDS = ",".join(one.name for one in fields(Measured))
VERSION = f"{__version__} {FACTS_VERSION} {_FIELDS}\n".encode()
# Of a tree of 24,650 files a census takes about as many bytes as its paths and findings.
IN_MEMORY = 8
OURS = frozenset({Measured.__module__, Merged.__module__})
UNREADABLE = "the census of {rev} could not be read back from what was written"


class CensusFiles:
    """Fulfils `bot.domain.census_ports.Censuses` with `folder/{repository id}/census`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: LRUCache[int, tuple[int, Measured]] = LRUCache(IN_MEMORY)

    async def last(self, repository_id: int) -> Measured | None:
        """Return the last census that was kept, by whichever process; None where none is left."""
        return await asyncio.to_thread(self._last, repository_id)

    async def keep(self, repository_id: int, measured: Measured) -> None:
        """Keep a census in place of the last one; ValueError when it could not be read back."""
        await asyncio.to_thread(lambda: disk.write(self._file(repository_id), pack(measured)))

    async def purge(self, repository_id: int) -> None:
        """Drop all that is kept of a repository, the facts of its blobs too."""
        self._read.pop(repository_id, None)
        await asyncio.to_thread(
            shutil.rmtree, self._folder / str(repository_id), ignore_errors=True
        )

    def _last(self, repository_id: int) -> Measured | None:
        try:
            written = self._file(repository_id).stat().st_mtime_ns
            known = self._read.get(repository_id)
            if known and known[0] == written:
                return known[1]
            measured = unpack(self._file(repository_id).read_bytes())
        except OSError:
            return None
        if measured:
            self._read[repository_id] = written, measured
        return measured

    def _file(self, repository_id: int) -> Path:
        return self._folder / str(repository_id) / FILE


def entries(folder: Path) -> Iterator[CacheEntry]:
    """List what is kept in the folders of repositories in `folder`, their histories too."""
    for place in sorted(folder.glob("*")):
        if files := [*sorted(place.glob(f"{FILE}*")), *sorted(place.glob(f"{histories.FILE}*"))]:
            yield disk.files_of(Kept.CENSUSES, place.name, files)


def pack(measured: Measured) -> bytes:
    """Write a census as bytes; ValueError when it could not be read back."""
    # Whatever view of a mapping the paths are, a tuple can be written.
    census = replace(measured.census, paths=tuple(measured.census.paths))
    content = pickled.pack(replace(measured, census=census), VERSION)
    if unpack(content) is None:  # it would be taken anew for ever
        raise ValueError(UNREADABLE.format(rev=census.rev))
    return content


def unpack(content: bytes) -> Measured | None:
    """Read a census back; None from what another version wrote, or what is damaged."""
    return pickled.unpack(content, VERSION, Measured, modules=OURS)
