"""The queue in one SQLite file: no set-up, one process, durable before it answers."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from bot.domain.errors import StoreError
from bot.domain.retry import GiveUp, RunLimits, sequel
from bot.store import inspection, intake, schema, turns
from bot.store.attempt import attempt, described, report
from bot.store.lock import FileLock
from bot.store.writer import Writer

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from bot.domain.jobs import FailedJob, Job
    from bot.domain.ports import Handler
    from bot.store.attempt import Claimed

DEFAULT_LIMITS = RunLimits()
# How long to leave a database alone that just failed, a full disk for one.
PAUSE_SECONDS = 1.0
# Nobody tells what an operator puts into the queue from another process.
LOOK_SECONDS = 5.0

logger = logging.getLogger(__name__)


class SqliteStore:
    """Fulfils `bot.domain.ports.Store` for one process.

    What was running when the last process died waits again as soon as the store is constructed.
    `clock` tells Unix time, `chance` a number in [0, 1). Raises StoreError when another process
    holds the database or it cannot be used.
    """

    def __init__(
        self,
        path: Path,
        *,
        limits: RunLimits = DEFAULT_LIMITS,
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._chance = chance
        self._look_seconds = look_seconds
        self._running: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._stopping = False
        self._lock = FileLock(path)
        try:
            self._writer = Writer(path, self._prepare)
        except StoreError:
            self._lock.release()
            raise

    async def enqueue(
        self, jobs: Sequence[Job], *, delivery: str = "", not_before: float = 0.0
    ) -> bool:
        """Store all jobs of one delivery, durably, in one commit with what comes beside it."""
        if not jobs:
            return True
        run_at = max(self._clock(), not_before)
        accepted = await self._writer.submit(
            partial(intake.accept, jobs=jobs, delivery=delivery, run_at=run_at)
        )
        self._wake.set()
        return accepted

    async def run(self, handler: Handler) -> None:
        """Work until `stop`, or until cancelled; either way nothing is left marked as running."""
        self._idle.clear()
        try:
            while not self._stopping:
                self._wake.clear()
                await self._pause(until=await self._start_jobs(handler))
        except asyncio.CancelledError:
            self._cancel_jobs()
            raise
        finally:
            await self._settle()

    async def stop(self, *, grace_seconds: float) -> None:
        """Claim nothing more, wait for running jobs, give back the rest uncounted."""
        self._stopping = True
        self._wake.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(grace_seconds):
                await self._idle.wait()
        self._cancel_jobs()
        await self._idle.wait()

    async def close(self) -> None:
        """Finish what was submitted, close the database and let another process in."""
        await self._writer.close()
        self._lock.release()

    async def counts(self) -> Mapping[str, int]:
        """Count jobs by state: `waiting`, `running`, `done`, `failed`."""
        return await self._writer.submit(inspection.counts)

    async def due(self, *, before: float) -> int:
        """Count the jobs that run, or wait and may run before this Unix time."""
        return await self._writer.submit(partial(inspection.due, before=before))

    async def oldest_waiting_seconds(self) -> float:
        """Tell for how long the first of the jobs that may run has waited; 0 when none waits."""
        return await self._writer.submit(
            partial(inspection.oldest_waiting_seconds, now=self._clock())
        )

    async def failed(self, *, limit: int = 100) -> Sequence[FailedJob]:
        """List the jobs that were given up, the newest first."""
        return await self._writer.submit(partial(inspection.failed, limit=limit))

    async def replay(self, job_id: int) -> bool:
        """Let a failed job run again from its first attempt; False when there is none."""
        found = await self._writer.submit(
            partial(inspection.replay, job_id=job_id, now=self._clock())
        )
        self._wake.set()
        return found

    async def repositories(self, installation_id: int) -> Sequence[int]:
        """List the ids of the repositories that jobs of an installation are about."""
        return await self._writer.submit(
            partial(inspection.repositories, installation_id=installation_id)
        )

    async def purge(
        self,
        *,
        installation_id: int | None = None,
        repository_id: int | None = None,
        older_than_seconds: float | None = None,
    ) -> int:
        """Forget the jobs that match everything given, running ones left out; return how many."""
        if installation_id is None and repository_id is None and older_than_seconds is None:
            raise ValueError(inspection.NOTHING_TO_PURGE)
        now = self._clock()
        ended_before = None if older_than_seconds is None else now - older_than_seconds
        return await self._writer.submit(
            partial(
                inspection.purge,
                installation_id=installation_id,
                repository_id=repository_id,
                ended_before=ended_before,
                now=now,
            )
        )

    def _prepare(self, connection: sqlite3.Connection) -> None:
        schema.create(connection)
        given_back = turns.give_back(connection, now=self._clock())
        if given_back:
            logger.warning("queue.resumed", extra={"fields": {"jobs": given_back}})

    async def _start_jobs(self, handler: Handler) -> float | None:
        """Claim as many jobs as workers are free; tell when to look again if nothing happens."""
        slots = self._limits.workers - len(self._running)
        if not slots:
            return None
        now = self._clock()
        try:
            claims = await self._writer.submit(
                partial(turns.claim, now=now, slots=slots, share=self._limits.share)
            )
        except StoreError:
            logger.exception("queue.unusable")
            return now + PAUSE_SECONDS
        # Jobs claimed while `stop` was called are given back by `_settle`.
        if not self._stopping:
            for claimed in claims.jobs:
                self._start(claimed, handler)
        return claims.next_due

    def _start(self, claimed: Claimed, handler: Handler) -> None:
        task = asyncio.create_task(self._work(claimed, handler), name=f"job {claimed.id}")
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._wake.set()

    async def _pause(self, *, until: float | None) -> None:
        delay = self._look_seconds
        if until is not None:
            delay = min(delay, max(0.0, until - self._clock()))
        with suppress(TimeoutError):
            async with asyncio.timeout(delay):
                await self._wake.wait()

    async def _work(self, claimed: Claimed, handler: Handler) -> None:
        seconds = self._limits.job_timeout_seconds
        error = await attempt(claimed, handler, seconds=seconds)
        if error is None:
            await self._record(partial(turns.complete, claimed=claimed, now=self._clock()))
            return
        following = sequel(error, claimed.attempt, policy=self._limits.retry, chance=self._chance())
        report(claimed, error, gave_up=isinstance(following, GiveUp))
        await self._record(
            partial(
                turns.follow,
                claimed=claimed,
                sequel=following,
                error=described(error),
                now=self._clock(),
            )
        )

    async def _record(self, operation: Callable[[sqlite3.Connection], None]) -> None:
        """Store how a job ended, until it works: without that the key would stay blocked."""
        while True:
            try:
                await self._writer.submit(operation)
            except StoreError:
                logger.exception("queue.unusable")
                await asyncio.sleep(PAUSE_SECONDS)
            else:
                return

    def _cancel_jobs(self) -> None:
        for task in self._running:
            task.cancel()

    async def _settle(self) -> None:
        """Wait for the running jobs, then give back what was claimed and did not end."""
        try:
            if self._running:
                await asyncio.wait(self._running)
            await self._writer.submit(partial(turns.give_back, now=self._clock()))
        finally:
            self._idle.set()
