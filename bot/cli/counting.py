"""What `scan` and `history` share: workers, cache and progress around a clone's blobs."""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager, suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from bot.blobs import GitBlobs
from bot.cli import forks
from bot.cli.config import find_config, read_config
from bot.disk import Keeper
from bot.store import footings
from bot.store.facts import CachedBlobs, entries, open_cache
from bot.store.footings import FootingFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from bot.cli.progress import ProgressLine
    from bot.disk import CacheEntry
    from bot.git.clone import Clone
    from bot.store.facts import FactsCache
    from checks.census import Blobs
    from checks.config import Config

# What the caches of all clones may take of a person's disk together.
MOST_BYTES = 2 << 30


@contextmanager
def local_blobs(clone: Clone, progress: ProgressLine) -> Iterator[Blobs]:
    """Yield the blobs of a clone, asked in worker processes, and answered from the cache."""
    # Millions of small objects that stay: looking for cycles among them takes a third of the time.
    gc.disable()
    try:
        with _kept_facts(clone) as facts:
            yield CachedBlobs(GitBlobs(clone.objects, forks.run, watch=progress), facts)
    finally:
        gc.enable()
        progress.end()


@contextmanager
def _kept_facts(clone: Clone) -> Iterator[FactsCache]:
    """Yield the cache of a clone, then make room among those of all clones."""
    folder = cache_folder(os.environ)
    with open_cache(_folder(clone), clone.identity()) as facts:
        yield facts
    with suppress(OSError):
        Keeper(folder, partial(_entries, folder), share=lambda *_: MOST_BYTES).tidy()


def _entries(folder: Path) -> Iterator[CacheEntry]:
    yield from entries(folder)
    yield from footings.entries(folder)


def _folder(clone: Clone) -> Path:
    """Name the folder of all that is kept of a clone."""
    name = sha256(clone.identity().encode()).hexdigest()[:16]
    return cache_folder(os.environ) / name


def local_footings(clone: Clone, config: Config, today: date) -> FootingFile:
    """Make what keeps the last census of a clone to go on from."""
    return FootingFile(_folder(clone), clone.identity(), config, today=today)


def config_at(clone: Clone, commit: str, *, rev: str, file: Path | None) -> Config:
    """Read the config that was named, else the one at `commit`, which `rev` names."""
    return read_config(file) if file else find_config(clone, commit, base=rev)


def cache_folder(environ: Mapping[str, str]) -> Path:
    """Name the folder of caches: in the data folder if one is set, else the user's own."""
    if data := environ.get("SSOT_DATA_DIR"):
        return Path(data) / "cache"
    caches = environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches) / "ssot"
