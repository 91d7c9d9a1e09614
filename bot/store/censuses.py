"""The last census of each repository, one file each: a cache that may be deleted at any time."""

from __future__ import annotations

import asyncio
import pickle
import shutil
import zlib
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from io import BytesIO
from typing import TYPE_CHECKING, Any

from cachetools import LRUCache

from bot import __version__, disk
from bot.domain.census_ports import Measured
from bot.domain.issue import Merged
from bot.domain.meter import Kept
from bot.store import histories
from checks.facts import FACTS_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.disk import Holding

FILE = "census"
# Files of another version are not read.
_FIELDS = ",".join(one.name for one in fields(Measured))
VERSION = f"{__version__} {FACTS_VERSION} {_FIELDS}\n".encode()
# Of a tree of 24,650 files a census takes about as many bytes as its paths and findings.
IN_MEMORY = 8
OURS = frozenset({Measured.__module__, Merged.__module__})
FOREIGN = "a census holds no {module}.{name}"
UNREADABLE = "the census of {rev} could not be read back from what was written"
PLAIN = frozenset({("datetime", "date"), ("builtins", "frozenset"), ("collections", "Counter")})


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
        await asyncio.to_thread(_write, self._file(repository_id), measured)

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


def holdings(folder: Path) -> Iterator[Holding]:
    """List what is kept in the folders of repositories in `folder`, their histories too."""
    for place in sorted(folder.glob("*")):
        files = (place / FILE, place / histories.FILE)
        if any(file.exists() for file in files):
            yield disk.files_of(Kept.CENSUSES, place.name, files)


class _Unpickler(pickle.Unpickler):
    """Makes nothing but what a census consists of."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in PLAIN:
            return super().find_class(module, name)
        if (module.startswith("checks.") or module in OURS) and "." not in name:
            found = super().find_class(module, name)
            if _is_data(found) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(FOREIGN.format(module=module, name=name))


def _is_data(found: object) -> bool:
    """Tell a class of plain data: what else a module imports can be made to run anything."""
    return isinstance(found, type) and (is_dataclass(found) or issubclass(found, Enum))


def _write(file: Path, measured: Measured) -> None:
    """Write beside and rename, so that nobody reads half a file."""
    content = pack(measured)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_suffix(".draft")
    draft.write_bytes(content)
    draft.replace(file)


def pack(measured: Measured) -> bytes:
    """Write a census as bytes; ValueError when it could not be read back."""
    # Whatever view of a mapping the paths are, a tuple can be written.
    census = replace(measured.census, paths=tuple(measured.census.paths))
    packed = zlib.compress(pickle.dumps(replace(measured, census=census)), level=1)
    content = VERSION + packed
    if unpack(content) is None:  # it would be taken anew for ever
        raise ValueError(UNREADABLE.format(rev=census.rev))
    return content


def unpack(content: bytes) -> Measured | None:
    """Read a census back; None from what another version wrote, or what is damaged."""
    if not content.startswith(VERSION):
        return None
    try:
        measured = _Unpickler(BytesIO(zlib.decompress(content[len(VERSION) :]))).load()
    except Exception:  # a damaged pickle raises whatever it likes
        return None
    return measured if isinstance(measured, Measured) else None
