"""What is kept on disk so that it need not be made again: locked while in use, kept in bounds.

Every cache says what it holds as `CacheEntry`s, one for each thing that can go by itself. `Keeper`
lets go what lay idle for too long, and of the rest what was used longest ago, until there is room.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import time
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Protocol

from bot.domain.meter import UNMEASURED, Kept, Parting
from checks.limits import JOB_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from bot.domain.meter import Meter

# What nobody used for so long would be renewed anyhow (mirrors), or is soon made again (the rest).
IDLE_SECONDS = 14 * 24 * 3600.0
# Whatever was used later than this may be in use, and stays.
BUSY_SECONDS = JOB_SECONDS
# Caches may fill this share of the file system, and leave that share of it free, or so many bytes:
# the queue, and whatever else lies there, must be able to write.
MOST_SHARE = 0.5
FREE_SHARE = 0.1
FREE_BYTES = 4 << 30

NO_ROOM = (
    "The disk is nearly full, and nothing more in the caches can be deleted: all of it was used "
    "minutes ago. Give SSOT_DATA_DIR a larger disk."
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """One thing that can be made anew; `name` tells an operator which, `used_at` is Unix time.

    `drop` deletes it and tells whether it is gone: it stays when it is in use, or was used since
    the time that `drop` is told.
    """

    kind: Kept
    name: str
    size_bytes: int
    used_at: float
    drop: Callable[[float], bool]


def files_of(kind: Kept, name: str, files: Sequence[Path]) -> CacheEntry:
    """Hold some files of one folder that nobody needs to find together, or at all."""

    def drop(before: float) -> bool:
        if used_at(*files) >= before:
            return False
        for file in files:
            file.unlink(missing_ok=True)
        with suppress(OSError):  # something else may lie there
            files[0].parent.rmdir()
        return True

    return CacheEntry(kind, name, size(*files), used_at(*files), drop=drop)


class Usage(Protocol):
    """Bytes of a file system, as `shutil.disk_usage` tells them."""

    @property
    def total(self) -> int: ...  # noqa: D102
    @property
    def free(self) -> int: ...  # noqa: D102


def fair_share(usage: Usage, held_bytes: int) -> int:
    """Tell how many bytes caches may fill that fill `held_bytes` now."""
    spare = usage.free + held_bytes - min(FREE_BYTES, FREE_SHARE * usage.total)
    return max(0, int(min(MOST_SHARE * usage.total, spare)))


class Keeper:
    """Keeps what lies in `folder` within its bounds; any number of processes may do so."""

    def __init__(  # noqa: PLR0913 (each of the last three has a default and is set alone)
        self,
        folder: Path,
        entries: Callable[[], Iterable[CacheEntry]],
        *,
        share: Callable[[Usage, int], int] = fair_share,
        usage: Callable[[Path], Usage] = shutil.disk_usage,
        clock: Callable[[], float] = time.time,
        meter: Meter = UNMEASURED,
    ) -> None:
        self._folder = folder
        self._entries = entries
        self._share = share
        self._usage = usage
        self._clock = clock
        self._meter = meter

    def tidy(self) -> None:
        """Let go what is idle, then what is too much, the longest unused first; tell the meter."""
        now = self._clock()
        left = [
            entry
            for entry in sorted(self._entries(), key=lambda each: each.used_at)
            if now - entry.used_at <= IDLE_SECONDS
            or not self._dropped(entry, Parting.IDLE, before=now - IDLE_SECONDS)
        ]
        held = sum(entry.size_bytes for entry in left)
        most = self._share(self._usage(self._folder), held)
        kept = self._within(most, left, before=now - BUSY_SECONDS)
        self._tell(kept, most)

    def _within(
        self, most: int, entries: Iterable[CacheEntry], *, before: float
    ) -> list[CacheEntry]:
        """Let go until the rest fits; return the rest."""
        left = list(entries)
        surplus = sum(entry.size_bytes for entry in left) - most
        kept = []
        for entry in left:
            if surplus > 0 and self._dropped(entry, Parting.ROOM, before=before):
                surplus -= entry.size_bytes
            else:
                kept.append(entry)
        if surplus > 0:
            fields = {"bytes": sum(each.size_bytes for each in kept), "most_bytes": most}
            logger.warning(NO_ROOM, extra={"fields": fields})
        return kept

    def _dropped(self, entry: CacheEntry, why: Parting, *, before: float) -> bool:
        try:
            gone = entry.drop(before)
        except OSError:
            logger.exception("disk.not_dropped", extra={"fields": _fields(entry)})
            return False
        if gone:
            self._meter.dropped(entry.kind, why)
            fields = {**_fields(entry), "why": why}
            logger.info("disk.dropped", extra={"fields": fields})
        return gone

    def _tell(self, kept: Iterable[CacheEntry], most: int) -> None:
        sizes = Counter(dict.fromkeys(Kept, 0))
        for entry in kept:
            sizes[entry.kind] += entry.size_bytes
        self._meter.held(sizes, most_bytes=most)


def size(*paths: Path) -> int:
    """Sum up the bytes that files, and all files in folders, take on disk; what is gone is none."""
    return sum(_size(path) + sum(map(_size, _below(path))) for path in paths)


def used_at(*paths: Path) -> float:
    """Tell when the newest of some files was written; 0 where there is none."""
    times = [0.0]
    for path in paths:
        with suppress(OSError):
            times.append(path.stat().st_mtime)
    return max(times)


def write(file: Path, content: bytes) -> None:
    """Write beside and rename, so that nobody reads half a file, whoever else writes it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=file.parent, prefix=f"{file.name}.", delete=False) as draft:
        draft.write(content)
    (file.parent / draft.name).replace(file)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file alone, as soon as nobody else does."""
    descriptor = _lock(path, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


@contextmanager
def shared(path: Path) -> Iterator[None]:
    """Hold a lock file together with others, as soon as nobody holds it alone."""
    descriptor = _lock(path, fcntl.LOCK_SH)
    try:
        yield
    finally:
        os.close(descriptor)


@contextmanager
def locked_if_free(path: Path) -> Iterator[bool]:
    """Hold a lock file alone and yield True, or yield False where somebody else holds it."""
    try:
        descriptor = _lock(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
        return
    try:
        yield True
    finally:
        os.close(descriptor)


def _lock(path: Path, how: int) -> int:
    """Return a descriptor that holds the lock on the file that stands there now.

    Whoever held it may have deleted the file between opening and locking: then the lock locks
    nothing. The folder is made where it is missing.
    """
    while True:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:
            continue  # the folder went with the last lock in it
        try:
            fcntl.flock(descriptor, how)
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        except FileNotFoundError:
            pass
        except OSError:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _below(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            yield Path(place, name)


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.lstat().st_blocks * 512
    return 0


def _fields(entry: CacheEntry) -> dict[str, object]:
    return {"kind": entry.kind, "name": entry.name, "bytes": entry.size_bytes}
