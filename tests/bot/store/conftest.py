"""The stores that the contract is tried on."""

from __future__ import annotations

import sys
import time
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, LiteralString, Protocol

import psycopg
import pytest
import pytest_asyncio
from psycopg import sql

from bot.domain.retry import RetryPolicy, RunLimits
from bot.store.desk import SqliteDesk
from bot.store.postgres.crew import Timing
from bot.store.postgres.desk import PostgresDesk
from bot.store.postgres.store import PostgresStore
from bot.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.domain.desk import Desk
    from bot.domain.ports import Store

# Retries that a test can wait for; the policy itself has its own tests.
QUICK = RetryPolicy(attempts=3, unit_seconds=0.001)
# Outages and deaths that a test can wait for, on a machine with little time to spare.
BRISK = Timing(beat_seconds=0.2, lost_seconds=5.0, poll_seconds=0.05, pause_seconds=0.05)
# Where one process lives at a time, a slow one is not taken for dead by another.
HASTY = replace(BRISK, lost_seconds=1.0)


class Database(Protocol):
    """A queue on disk that stores can be opened on, one after the other."""

    async def open(
        self, *, workers: int = 8, job_timeout_seconds: float = 60, now: float | None = None
    ) -> Store: ...

    async def open_hasty(self) -> Store: ...

    async def desk(self) -> Desk: ...

    @property
    def hang_command(self) -> list[str]: ...


@dataclass
class SqliteDatabase:
    path: Path
    opened: list[Store] = field(default_factory=list)

    async def open(
        self, *, workers: int = 8, job_timeout_seconds: float = 60, now: float | None = None
    ) -> Store:
        """Open a store on the real clock, or on one that stands still at `now`."""
        limits = RunLimits(workers, job_timeout_seconds, QUICK)
        clock = time.time if now is None else lambda: now
        store = SqliteStore(self.path, limits=limits, clock=clock)
        self.opened.append(store)
        return store

    async def open_hasty(self) -> Store:
        """Open a store that looks often for what other processes added."""
        store = SqliteStore(self.path, look_seconds=BRISK.poll_seconds)
        self.opened.append(store)
        return store

    async def desk(self) -> Desk:
        """Look at the queue from another process; close it before the fixture ends."""
        return SqliteDesk(self.path)

    @property
    def hang_command(self) -> list[str]:
        """Start a process that works on the queue and hangs in its first job."""
        return [sys.executable, "-m", "tests.bot.store.hang", str(self.path)]


@dataclass
class PostgresDatabase:
    """A schema of its own in a database that others use too."""

    url: str
    schema: str
    opened: list[PostgresStore] = field(default_factory=list)

    async def open(
        self,
        *,
        workers: int = 8,
        job_timeout_seconds: float = 60,
        now: float | None = None,
        url: str = "",
        timing: Timing = BRISK,
    ) -> PostgresStore:
        """Open a store as many processes may at a time; `url` may lead there another way."""
        store = await PostgresStore.open(
            url or self.url,
            schema=self.schema,
            limits=RunLimits(workers, job_timeout_seconds, QUICK),
            timing=timing,
            clock=time.time if now is None else lambda: now,
            wait_seconds=1.0,
        )
        self.opened.append(store)
        return store

    async def open_hasty(self) -> PostgresStore:
        """Open the only store, which soon takes whoever was there before for dead."""
        return await self.open(timing=HASTY)

    async def desk(self) -> Desk:
        return await PostgresDesk.open(self.url, name=self.schema)

    @property
    def hang_command(self) -> list[str]:
        return [sys.executable, "-m", "tests.bot.store.hang", self.url, self.schema]

    async def execute(self, query: LiteralString, *arguments: object) -> list[tuple[object, ...]]:
        """Change or read the tables behind the store's back."""
        async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as connection:
            await connection.execute("select set_config('search_path', %s, false)", (self.schema,))
            rows = await connection.execute(query, arguments)
            return await rows.fetchall() if rows.description else []


@pytest_asyncio.fixture
async def postgres(postgres_url: str) -> AsyncIterator[PostgresDatabase]:
    database = PostgresDatabase(postgres_url, f"test_{uuid.uuid4().hex}")
    yield database
    for store in database.opened:
        await store.stop(grace_seconds=0)
        await store.close()
    drop = sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(database.schema))
    async with await psycopg.AsyncConnection.connect(postgres_url, autocommit=True) as connection:
        await connection.execute(drop)


@pytest_asyncio.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    database = SqliteDatabase(tmp_path / "queue.sqlite")
    yield database
    for store in database.opened:
        await store.stop(grace_seconds=0)
        await store.close()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Database:
    database: Database = request.getfixturevalue(request.param)
    return database


@pytest_asyncio.fixture
async def store(database: Database) -> Store:
    return await database.open()
