"""The port of the queue, on PostgreSQL."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from bot.domain.retry import RunLimits
from bot.store.inspection import NOTHING_TO_PURGE
from bot.store.postgres import inspection, intake
from bot.store.postgres import schema as tables
from bot.store.postgres.censuses import PostgresCensuses
from bot.store.postgres.crew import Chance, Crew, Timing
from bot.store.postgres.database import WAIT_SECONDS, Database

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.domain.jobs import FailedJob, Job
    from bot.domain.ports import Handler
    from bot.store.censuses import CensusFiles

DEFAULT_LIMITS = RunLimits()
DEFAULT_TIMING = Timing()
CONNECTIONS = 4
# Others wait while jobs are stored: a thousand of our own making, in one go, would be seconds.
BATCH = 50


class PostgresStore:
    """Fulfils `bot.domain.ports.Store` for as many processes as open it.

    What ran in a process that died waits again as soon as one of the others, or the next, has
    missed its heartbeat for `timing.lost_seconds`.
    """

    def __init__(
        self, database: Database, *, limits: RunLimits, timing: Timing, chance: Chance
    ) -> None:
        self._database = database
        self._limits = limits
        self._timing = timing
        self._chance = chance
        self._crew: Crew | None = None
        self._stopping = False
        self._idle = asyncio.Event()
        self._idle.set()

    @classmethod
    async def open(  # noqa: PLR0913 (each has a default; tests set them one by one)
        cls,
        url: str,
        *,
        schema: str = tables.NAME,
        limits: RunLimits = DEFAULT_LIMITS,
        timing: Timing = DEFAULT_TIMING,
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
        wait_seconds: float = WAIT_SECONDS,
    ) -> Self:
        """Connect and make what is missing; StoreError when that cannot be done."""
        # It tells of every job what our own log tells.
        logging.getLogger("procrastinate").setLevel(logging.WARNING)
        database = Database(url, schema=schema, connections=CONNECTIONS, wait_seconds=wait_seconds)
        await database.open(tables.create)
        return cls(database, limits=limits, timing=timing, chance=Chance(clock, chance))

    async def enqueue(
        self, jobs: Sequence[Job], *, delivery: str = "", not_before: float = 0.0
    ) -> bool:
        """Store all jobs of one delivery, durably, in one commit; our own in several."""
        run_at = max(self._chance.clock(), not_before)
        size = len(jobs) if delivery else BATCH
        accepted = True
        for start in range(0, len(jobs), size or 1):
            async with self._database.changing() as connection:
                batch = jobs[start : start + size]
                accepted = await intake.accept(connection, batch, delivery=delivery, run_at=run_at)
        return accepted

    async def run(self, handler: Handler) -> None:
        """Work until `stop`, or until cancelled; either way nothing is left marked as running."""
        if self._stopping:
            return
        crew = self._crew = Crew(
            self._database,
            handler,
            limits=self._limits,
            timing=self._timing,
            chance=self._chance,
        )
        self._idle.clear()
        work = asyncio.create_task(crew.work())
        try:
            # Cancelled itself, procrastinate's worker would wait for its jobs without an end.
            await asyncio.shield(work)
        except asyncio.CancelledError:
            crew.stop()
            crew.cancel()
            await work
            raise
        finally:
            self._idle.set()

    async def stop(self, *, grace_seconds: float) -> None:
        """Claim nothing more, wait for running jobs, give back the rest uncounted."""
        self._stopping = True
        if self._crew is None:
            return
        self._crew.stop()
        with suppress(TimeoutError):
            async with asyncio.timeout(grace_seconds):
                await self._idle.wait()
        self._crew.cancel()
        await self._idle.wait()

    def censuses(self, files: CensusFiles) -> PostgresCensuses:
        """Keep censuses where all processes see the last one."""
        return PostgresCensuses(self._database, files)

    async def close(self) -> None:
        """Close the connections; no other call may follow."""
        await self._database.close()

    async def counts(self) -> Mapping[str, int]:
        """Count jobs by state: `waiting`, `running`, `done`, `failed`."""
        async with self._database.connection() as connection:
            return await inspection.counts(connection)

    async def due(self, *, before: float) -> int:
        """Count the jobs that run, or wait and may run before this Unix time."""
        async with self._database.connection() as connection:
            return await inspection.due(connection, before=before)

    async def oldest_waiting_seconds(self) -> float:
        """Tell for how long the first of the jobs that may run has waited; 0 when none waits."""
        async with self._database.connection() as connection:
            return await inspection.oldest_waiting_seconds(connection, now=self._chance.clock())

    async def failed(self, *, limit: int = 100) -> Sequence[FailedJob]:
        """List the jobs that were given up, the newest first."""
        async with self._database.connection() as connection:
            return await inspection.failed(connection, limit=limit)

    async def replay(self, job_id: int) -> bool:
        """Let a failed job run again from its first attempt; False when there is none."""
        async with self._database.changing() as connection:
            return await inspection.replay(connection, job_id, now=self._chance.clock())

    async def repositories(self, installation_id: int) -> Sequence[int]:
        """List the ids of the repositories that jobs of an installation are about."""
        async with self._database.connection() as connection:
            return await inspection.repositories(connection, installation_id=installation_id)

    async def purge(
        self,
        *,
        installation_id: int | None = None,
        repository_id: int | None = None,
        older_than_seconds: float | None = None,
    ) -> int:
        """Forget the jobs that match everything given, running ones left out; return how many."""
        if installation_id is None and repository_id is None and older_than_seconds is None:
            raise ValueError(NOTHING_TO_PURGE)
        now = self._chance.clock()
        async with self._database.changing() as connection:
            return await inspection.purge(
                connection,
                installation_id=installation_id,
                repository_id=repository_id,
                ended_before=None if older_than_seconds is None else now - older_than_seconds,
                now=now,
            )
