"""Where a mirror stands on disk: its generations, their common lock, and when one is worn out."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.git.environment import reading
from bot.git.process import Git
from checks import limits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK_SUFFIX = ".lock"
# Beside git's own files: how large the mirror was after its first fetch.
FIRST_BYTES = "ssot-first-bytes"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The generations `<name>.<n>.git` of one mirror in `folder`: the newest is in use.

    A mirror is never mended in place: a new generation is made, so that readers keep theirs. All
    methods but `lock` and `purge` want the lock held.
    """

    folder: Path
    name: str

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the mirror alone: concurrent shallow fetches into one repository fail."""
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = self._locked()
        try:
            yield
        finally:
            os.close(descriptor)

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
            for mirror in self._generations().values():
                shutil.rmtree(mirror)
            self._lock_path.unlink()

    @property
    def _lock_path(self) -> Path:
        return self.folder / f"{self.name}{LOCK_SUFFIX}"

    def _locked(self) -> int:
        """Return a descriptor that holds the lock on the file that stands there now.

        `purge` may delete the file between opening and locking: then the lock locks nothing.
        """
        while True:
            descriptor = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            try:
                if os.path.samestat(os.fstat(descriptor), self._lock_path.stat()):
                    return descriptor
            except FileNotFoundError:
                pass
            os.close(descriptor)

    def _generations(self) -> dict[int, Path]:
        pattern = re.compile(rf"{re.escape(self.name)}\.(\d+)\.git")
        found = ((pattern.fullmatch(path.name), path) for path in self.folder.iterdir())
        return {int(match[1]): path for match, path in found if match}


def drop_idle(folder: Path, *, now: float) -> None:
    """Delete all mirrors in `folder` that no job has used for two weeks."""
    for lock in sorted(folder.glob(f"*{LOCK_SUFFIX}")):
        if now - lock.stat().st_mtime > limits.MIRROR_IDLE_SECONDS:
            Shelf(folder, lock.name.removesuffix(LOCK_SUFFIX)).purge()


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
