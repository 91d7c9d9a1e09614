"""The PostgreSQL queue beside the processes that work on it: read, added to, never run."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

from bot.store.postgres import inspection, intake, schema
from bot.store.postgres.database import WAIT_SECONDS, Database

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.domain.desk import PendingJob
    from bot.domain.jobs import FailedJob, Job


class PostgresDesk:
    """Fulfils `bot.domain.desk.Desk` for a queue that exists; workers hear of what it changes."""

    def __init__(self, database: Database, *, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    @classmethod
    async def open(
        cls, url: str, *, name: str = schema.NAME, clock: Callable[[], float] = time.time
    ) -> Self:
        """Connect; StoreError when that cannot be done, or nothing was ever stored there."""
        database = Database(url, schema=name, connections=1, wait_seconds=WAIT_SECONDS)
        await database.open(schema.check)
        return cls(database, clock=clock)

    async def counts(self) -> Mapping[str, int]:
        """Count jobs by state."""
        async with self._database.connection() as connection:
            return await inspection.counts(connection)

    async def pending(self, *, limit: int = 100) -> Sequence[PendingJob]:
        """List the jobs that run, then those that wait, the longest due first."""
        async with self._database.connection() as connection:
            return await inspection.pending(connection, limit=limit)

    async def failed(self, *, limit: int = 100) -> Sequence[FailedJob]:
        """List the jobs that were given up, the newest first."""
        async with self._database.connection() as connection:
            return await inspection.failed(connection, limit=limit)

    async def replay(self, job_id: int) -> bool:
        """Let a failed job run again from its first attempt; False when there is none."""
        async with self._database.changing() as connection:
            return await inspection.replay(connection, job_id, now=self._clock())

    async def enqueue(
        self, jobs: Sequence[Job], *, delivery: str = "", not_before: float = 0.0
    ) -> bool:
        """Store jobs in one commit; an idle worker takes them at once."""
        run_at = max(self._clock(), not_before)
        async with self._database.changing() as connection:
            return await intake.accept(connection, jobs, delivery=delivery, run_at=run_at)

    async def close(self) -> None:
        """Let go of the database."""
        await self._database.close()
