"""The stores that the contract is tried on."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import pytest_asyncio

from bot.domain.retry import RetryPolicy, RunLimits
from bot.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.domain.ports import Store

# Retries that a test can wait for; the policy itself has its own tests.
QUICK = RetryPolicy(attempts=3, unit_seconds=0.001)


class Database(Protocol):
    """A queue on disk that stores can be opened on, one after the other."""

    def open(
        self, *, workers: int = 8, job_timeout_seconds: float = 60, now: float | None = None
    ) -> Store: ...

    @property
    def hang_command(self) -> list[str]: ...


@dataclass
class SqliteDatabase:
    path: Path
    opened: list[Store] = field(default_factory=list)

    def open(
        self, *, workers: int = 8, job_timeout_seconds: float = 60, now: float | None = None
    ) -> Store:
        """Open a store on the real clock, or on one that stands still at `now`."""
        limits = RunLimits(workers, job_timeout_seconds, QUICK)
        clock = time.time if now is None else lambda: now
        store = SqliteStore(self.path, limits=limits, clock=clock)
        self.opened.append(store)
        return store

    @property
    def hang_command(self) -> list[str]:
        """Start a process that works on the queue and hangs in its first job."""
        return [sys.executable, "-m", "tests.bot.store.hang", str(self.path)]


@pytest_asyncio.fixture(params=["sqlite"])
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = SqliteDatabase(tmp_path / "queue.sqlite")
    yield database
    for store in database.opened:
        await store.stop(grace_seconds=0)
        await store.close()


@pytest_asyncio.fixture
async def store(database: Database) -> Store:
    return database.open()
