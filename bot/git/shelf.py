"""Where a mirror stands on disk: its generations, their common lock, and when one is worn out."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import disk
from bot.disk import CacheEntry
from bot.domain.meter import Kept
from bot.git.environment import reading
from bot.git.process import Git
from checks import limits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# The two mirrors of a repository; of ten thousand repositories, each has a folder of its own.
TREES, COMMITS = "trees", "commits"
LOCK_SUFFIX = ".lock"
# Beside git's own files: how large the mirror was after its first fetch.
FIRST_BYTES = "ssot-first-bytes"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The generations `<name>.<n>.git` of one mirror in `folder`: the newest is in use.

    A mirror is never mended in place: a new generation is made, so that readers keep theirs. All
    methods but `lock`, `purge`, `drop` and `held` want the lock held.
    """

    folder: Path
    name: str

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the mirror alone: concurrent shallow fetches into one repository fail."""
        with disk.locked(self._lock_path):
            yield

    def current(self) -> Path | None:
        """Return the newest generation, if there is any."""
        generations = self._generations()
        return generations[max(generations)] if generations else None

    def renew(self, *, object_format: str) -> Path:
        """Make the next generation, empty, and return it; a crash leaves none half-made."""
        generations = self._generations()
        mirror = self.folder / f"{self.name}.{max(generations, default=-1) + 1}.git"
        draft = mirror.with_suffix(".draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        init = ("init", "-q", "--bare", "--template=", f"--object-format={object_format}")
        Git(draft, reading(draft)).run(*init)
        return draft.rename(mirror)

    def is_worn(self, mirror: Path, *, now: float) -> bool:
        """Tell whether a mirror has too many packs, has grown too large, or lay idle too long."""
        packs = list((mirror / "objects" / "pack").glob("*.pack"))
        too_large = max(limits.MIRROR_BYTES, limits.MIRROR_GROWTH * _first_bytes(mirror))
        return (
            len(packs) > limits.MIRROR_PACKS
            or _size(mirror) > too_large
            or now - self._lock_path.stat().st_mtime > limits.MIRROR_IDLE_SECONDS
        )

    def note_use(self, mirror: Path, *, now: float) -> None:
        """Remember that a fetch into `mirror` succeeded just now."""
        os.utime(self._lock_path, (now, now))
        first = mirror / FIRST_BYTES
        if not first.exists():
            first.write_text(str(_size(mirror)), "ascii")

    def drop_replaced(self, *, now: float) -> None:
        """Delete all generations that were replaced so long ago that no job reads them."""
        generations = self._generations()
        for number in sorted(generations)[:-1]:
            if now - _made_at(generations[max(generations)]) > limits.JOB_SECONDS:
                shutil.rmtree(generations[number])

    def purge(self) -> None:
        """Delete everything, lock file included."""
        if not self._lock_path.exists():
            return
        with self.lock():
            self._delete()

    def drop(self, before: float) -> bool:
        """Purge what nobody used since `before` and nobody fetches into; tell whether it is gone.

        Its use is looked at under the lock: who waited for that has just used it.
        """
        if not self._lock_path.exists():
            return True
        with disk.locked_if_free(self._lock_path) as is_free:
            if not is_free or disk.is_used(before, self._lock_path):
                return False
            self._delete()
        return True

    def held(self) -> CacheEntry:
        """Say what all generations take on disk, and when a fetch was made last."""
        used_at = disk.used_at(self._lock_path)
        size_bytes = disk.size(*self._generations().values())
        name = f"{self.folder.name}/{self.name}"
        return CacheEntry(Kept.MIRRORS, name, size_bytes, used_at, drop=self.drop)

    def _delete(self) -> None:
        for mirror in self._generations().values():
            shutil.rmtree(mirror)
        self._lock_path.unlink()
        with suppress(OSError):  # the other mirror of the repository may be there
            self.folder.rmdir()

    @property
    def _lock_path(self) -> Path:
        return self.folder / f"{self.name}{LOCK_SUFFIX}"

    def _generations(self) -> dict[int, Path]:
        pattern = re.compile(rf"{re.escape(self.name)}\.(\d+)\.git")
        found = ((pattern.fullmatch(path.name), path) for path in self.folder.iterdir())
        return {int(match[1]): path for match, path in found if match}


def entries(folder: Path) -> Iterator[CacheEntry]:
    """List all mirrors in the folders of repositories in `folder`."""
    for place in sorted(folder.glob("*")):
        for lock in sorted(place.glob(f"*{LOCK_SUFFIX}")):
            yield Shelf(place, lock.name.removesuffix(LOCK_SUFFIX)).held()


def clean_up(mirror: Path) -> None:
    """Delete what a killed fetch leaves behind; a stale lock file would block all later ones."""
    for stale in (*mirror.glob("*.lock"), *(mirror / "refs").rglob("*.lock")):
        stale.unlink()
    for stale in (mirror / "objects" / "pack").glob("tmp_*"):
        stale.unlink()


def _made_at(mirror: Path) -> float:
    """Tell when a mirror was made; one that has lost even this is replaced itself in a moment."""
    try:
        return (mirror / "HEAD").stat().st_mtime
    except FileNotFoundError:
        return mirror.stat().st_mtime


def _size(mirror: Path) -> int:
    return sum(path.stat().st_size for path in (mirror / "objects" / "pack").iterdir())


def _first_bytes(mirror: Path) -> int:
    """Tell how large a mirror was at first, 0 when that was not noted, or not to the end."""
    try:
        return int((mirror / FIRST_BYTES).read_bytes())
    except (FileNotFoundError, ValueError):
        return 0
