"""What a data folder holds that can be made again: where it lies, and that it stays in bounds."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.disk import Keeper
from bot.git import shelf
from bot.store import additions, censuses, facts, footings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.disk import CacheEntry
    from bot.domain.meter import Meter
    from bot.settings import Settings

# Where the terminal keeps its own, in a data folder that both use.
TERMINAL = "cache"


def mirror_folder(settings: Settings) -> Path:
    """Name the folder of all mirrors, and make the one above it."""
    return settings.make_data_dir() / "mirrors"


def census_folder(settings: Settings) -> Path:
    """Name the folder of what is known of default branches, and make the one above it."""
    return settings.make_data_dir() / "census"


def addition_folder(settings: Settings) -> Path:
    """Name the folder of what open pull requests add, and make the one above it."""
    return settings.make_data_dir() / "additions"


def entries(settings: Settings) -> Iterator[CacheEntry]:
    """List all of it; what is not listed here grows without bounds."""
    yield from shelf.entries(mirror_folder(settings))
    for folder in (census_folder(settings), settings.data_dir / TERMINAL):
        yield from facts.entries(folder)
        yield from footings.entries(folder)
    yield from censuses.entries(census_folder(settings))
    yield from additions.entries(addition_folder(settings))


def keeper(settings: Settings, meter: Meter) -> Keeper:
    """Keep all of it in bounds."""
    return Keeper(settings.make_data_dir(), partial(entries, settings), meter=meter)
