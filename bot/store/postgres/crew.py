"""Those who work: procrastinate's worker, told whose turn it is, and kept alive by us."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from procrastinate import App, JobContext
from procrastinate.jobs import Job as Row
from procrastinate.worker import Worker

from bot.domain.errors import StoreError
from bot.domain.retry import LOST_SECONDS, GiveUp, sequel
from bot.store.attempt import attempt, described, report
from bot.store.postgres import intake, turns
from bot.store.postgres.manager import Manager

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from psycopg import AsyncConnection

    from bot.domain.ports import Handler
    from bot.domain.retry import RunLimits
    from bot.store.attempt import Claimed
    from bot.store.postgres.database import Database

    Ending = Callable[[AsyncConnection], Awaitable[None]]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Timing:
    """How often to look, how soon to give up."""

    beat_seconds: float = LOST_SECONDS / 6
    lost_seconds: float = LOST_SECONDS
    poll_seconds: float = 0.5
    pause_seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Chance:
    """What is not the same twice: Unix time, and a number in [0, 1)."""

    clock: Callable[[], float]
    draw: Callable[[], float]


class Crew:
    """Runs jobs on one event loop until `stop`, through outages of the database too.

    `_held` are the jobs that are marked as running for us, from before the commit that says so to
    after the one that says how they ended.
    """

    def __init__(
        self,
        database: Database,
        handler: Handler,
        *,
        limits: RunLimits,
        timing: Timing,
        chance: Chance,
    ) -> None:
        self._database = database
        self._handler = handler
        self._limits = limits
        self._timing = timing
        self._chance = chance
        self._held: dict[int, Claimed] = {}
        self._endings: dict[int, Ending] = {}
        self._running: set[asyncio.Task[object]] = set()
        self._worker: Worker | None = None
        self._stopping = asyncio.Event()
        self._app = App(connector=database.procrastinate)
        self._app.job_manager = Manager(database, self, pause_seconds=timing.pause_seconds)
        self._app.task(name=intake.TASK, pass_context=True)(self._work)

    async def work(self) -> None:
        """Work until `stop`, one worker of procrastinate after the other, should they end."""
        reaper = asyncio.create_task(self._reap())
        try:
            while not self._stopping.is_set():
                await self._let_one_work()
        finally:
            reaper.cancel()
            with suppress(asyncio.CancelledError):
                await reaper

    def stop(self) -> None:
        """Claim nothing more."""
        self._stopping.set()
        if self._worker is not None:
            self._worker.stop()

    def cancel(self) -> None:
        """Stop what runs; it is given back."""
        for task in self._running:
            task.cancel()

    async def claim(self, worker_id: int) -> Row | None:
        """Take the next job, if it is anybody's turn and the database answers."""
        claimed: Claimed | None = None
        claim = partial(
            turns.claim, worker=worker_id, now=self._chance.clock(), share=self._limits.share
        )
        try:
            # Most looks find nothing: they need not stop the others.
            async with self._database.connection() as connection:
                if not await turns.is_any(connection, **claim.keywords):
                    return None
            async with self._database.changing() as connection:
                claimed = await claim(connection)
                if claimed is not None:
                    self._held[claimed.id] = claimed
        except StoreError:
            logger.exception("queue.unusable")
            # Whether it was committed, nobody knows: if so, `_reap` gives the job back.
            if claimed is not None:
                del self._held[claimed.id]
            return None
        return None if claimed is None else _row(claimed, worker_id)

    async def end(self, job_id: int, worker_id: int) -> None:
        """Store how a job ended, until it works: without that the key would stay blocked."""
        claimed = self._held[job_id]
        ending = self._endings.pop(job_id, partial(turns.give_back, claimed=claimed))
        try:
            while not await self._is_recorded(claimed, ending, worker_id):
                # Silent from now on, this worker is soon taken for dead, and the job given back.
                if self._stopping.is_set():
                    return
                await asyncio.sleep(self._timing.pause_seconds)
        finally:
            del self._held[job_id]

    def lose(self) -> None:
        """Stop everything: others took this worker for dead and have its jobs."""
        logger.error("worker.taken_for_dead", extra={"fields": {"jobs": len(self._held)}})
        if self._worker is not None:
            self._worker.stop()
        self.cancel()

    async def _let_one_work(self) -> None:
        self._worker = Worker(
            self._app,
            concurrency=self._limits.workers,
            fetch_job_polling_interval=self._timing.poll_seconds,
            update_heartbeat_interval=self._timing.beat_seconds,
            install_signal_handlers=False,
        )
        try:
            await self._worker.run()
        except Exception:  # whatever ended it: the next one may find the database well
            logger.exception("worker.ended")
        with suppress(TimeoutError):
            async with asyncio.timeout(self._timing.pause_seconds):
                await self._stopping.wait()

    async def _work(self, context: JobContext) -> None:
        assert context.job.id is not None  # it is a row of the table
        # What was claimed while `stop` was called is given back.
        task = asyncio.current_task()
        if self._stopping.is_set() or task is None:
            return
        claimed = self._held[context.job.id]
        self._running.add(task)
        try:
            seconds = self._limits.job_timeout_seconds
            error = await attempt(claimed, self._handler, seconds=seconds)
        finally:
            self._running.discard(task)
        self._endings[claimed.id] = self._ending(claimed, error)

    def _ending(self, claimed: Claimed, error: BaseException | None) -> Ending:
        now = self._chance.clock()
        if error is None:
            return partial(turns.complete, claimed=claimed, now=now)
        policy, chance = self._limits.retry, self._chance.draw()
        following = sequel(error, claimed.attempt, policy=policy, chance=chance)
        report(claimed, error, gave_up=isinstance(following, GiveUp))
        return partial(
            turns.follow, claimed=claimed, sequel=following, error=described(error), now=now
        )

    async def _is_recorded(self, claimed: Claimed, ending: Ending, worker_id: int) -> bool:
        try:
            async with self._database.changing() as connection:
                if await turns.is_held(connection, claimed.id, worker_id):
                    await ending(connection)
                    await intake.wake(connection)
                else:
                    logger.warning("job.taken_over", extra={"fields": {"job": claimed.id}})
        except StoreError:
            logger.exception("queue.unusable")
            return False
        return True

    async def _reap(self) -> None:
        while True:
            # After an outage all are silent: the living get the time to say so.
            if self._database.well_seconds() > self._timing.lost_seconds:
                await self._reap_once()
            await asyncio.sleep(self._timing.lost_seconds / 4)

    async def _reap_once(self) -> None:
        try:
            async with self._database.changing() as connection:
                found = await turns.reap(
                    connection,
                    worker=self._worker.worker_id if self._worker else None,
                    held=tuple(self._held),
                    seconds=self._timing.lost_seconds,
                )
        except StoreError:
            logger.exception("queue.unusable")
            return
        if found:
            logger.warning("queue.resumed", extra={"fields": {"jobs": found}})


def _row(claimed: Claimed, worker_id: int) -> Row:
    """Tell procrastinate of a job; what it says in its log and needs to run it, no more."""
    return Row(
        id=claimed.id,
        status="doing",
        queue=str(claimed.job.installation_id),
        lock=claimed.job.key,
        queueing_lock=None,
        task_name=intake.TASK,
        worker_id=worker_id,
    )
