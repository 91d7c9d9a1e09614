"""The last whole census of a repository, to go on from: a file that may be deleted at any time."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from bot import disk
from bot.domain.meter import Kept
from bot.store import pickled
from bot.store.edition import edition
from checks.census import Footing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from bot.disk import CacheEntry
    from checks.config import Config

FILE = "footing"


class FootingFile:
    """Fulfils `bot.census.Footings` with a file in the folder of all that is kept of a repository.

    What was kept of another repository, under another config, by another edition of the engine or
    on another day (waivers end) is not found. Whatever goes wrong with the file, it only forgets.
    """

    def __init__(self, folder: Path, repository: str, config: Config, *, today: date) -> None:
        """Take the repository by what tells it from all others."""
        self._file = folder / FILE
        self._key = f"{_digest(repository, edition(), repr(config), str(today))}\n".encode()

    def last(self) -> Footing | None:
        """Return what was kept last."""
        with suppress(OSError):
            return pickled.unpack(self._file.read_bytes(), self._key, Footing)
        return None

    def keep(self, footing: Footing) -> None:
        """Keep a footing in place of the last one."""
        # Whatever view of a mapping the paths are, a tuple can be written.
        census = replace(footing.census, paths=tuple(footing.census.paths))
        with suppress(OSError):
            disk.write(self._file, pickled.pack(replace(footing, census=census), self._key))


def entries(folder: Path) -> Iterator[CacheEntry]:
    """List the footings in the folders of repositories in `folder`, drafts of the killed too."""
    for place in sorted(folder.glob("*")):
        if files := sorted(place.glob(f"{FILE}*")):
            yield disk.files_of(Kept.CENSUSES, place.name, files)


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
