"""The history of each repository, one file each: a cache that may be deleted at any time."""

from __future__ import annotations

import asyncio
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError

from bot import __version__, disk
from bot.domain.history_ports import History
from bot.domain.points import Point
from checks.facts import FACTS_VERSION

if TYPE_CHECKING:
    from pathlib import Path

FILE = "history.json"


class HistoryFiles:
    """Fulfils `bot.domain.history_ports.Histories` with `folder/{repository id}/history.json`.

    The file lies beside the census, and is purged with it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def last(self, repository_id: int, config_text: str) -> History | None:
        """Return what this release counted by this config; None where nothing is left of it."""
        stored = await asyncio.to_thread(_read, self._file(repository_id))
        return stored.history if stored and stored.by == _digest(config_text) else None

    async def keep(self, repository_id: int, config_text: str, history: History) -> None:
        """Keep a history in place of the last one."""
        stored = _Stored.of(history, by=_digest(config_text)).model_dump_json()
        await asyncio.to_thread(disk.write, self._file(repository_id), stored.encode())

    def _file(self, repository_id: int) -> Path:
        return self._folder / str(repository_id) / FILE


class _Point(BaseModel):
    day: date
    rev: str
    counts: dict[str, int]


class _Stored(BaseModel):
    by: str
    made_on: date
    begun_at: float
    is_whole: bool
    points: list[_Point]

    @property
    def history(self) -> History:
        points = tuple(Point(one.day, one.rev, one.counts) for one in self.points)
        return History(points, self.made_on, self.begun_at, is_whole=self.is_whole)

    @classmethod
    def of(cls, history: History, *, by: str) -> _Stored:
        return cls(
            by=by,
            made_on=history.made_on,
            begun_at=history.begun_at,
            is_whole=history.is_whole,
            points=[_Point(day=p.day, rev=p.rev, counts=dict(p.counts)) for p in history.points],
        )


def _digest(config_text: str) -> str:
    """Name by what is counted: another engine may count otherwise."""
    return sha256(f"{__version__} {FACTS_VERSION}\n{config_text}".encode()).hexdigest()


def _read(file: Path) -> _Stored | None:
    """Read a file; one that is damaged, or not there, holds nothing."""
    try:
        return _Stored.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None
