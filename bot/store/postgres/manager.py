"""procrastinate's door to the database, where its worker must not hear of what would end it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Protocol

import psycopg
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager
from typing_extensions import override

from bot.domain.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from procrastinate.jobs import Job as Row
    from procrastinate.jobs import Status
    from procrastinate.manager import NotificationCallback

    from bot.store.postgres.database import Database

_BEAT = "update procrastinate_workers set last_heartbeat = now() where id = %s"

logger = logging.getLogger(__name__)


class Hands(Protocol):
    """Who claims and ends the jobs of a worker."""

    async def claim(self, worker_id: int) -> Row | None:
        """Take the next job."""
        ...

    async def end(self, job_id: int, worker_id: int) -> None:
        """Store how a job ended."""
        ...

    def lose(self) -> None:
        """Stop: others have the jobs of this worker."""
        ...


class Manager(JobManager):
    """Answers procrastinate's worker (3.10), which ends at every error of the database.

    It also dies when two workers claim under one lock and priorities differ
    (https://github.com/procrastinate-org/procrastinate/issues/1242), leaves a job as running for
    ever when the write of its end fails, and goes on without noticing when it was taken for dead.
    """

    def __init__(self, database: Database, hands: Hands, *, pause_seconds: float) -> None:
        super().__init__(database.procrastinate)
        self._database = database
        self._hands = hands
        self._pause_seconds = pause_seconds

    @override
    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Row | None:
        """Claim by our turns."""
        return await self._hands.claim(worker_id)

    @override
    async def finish_job(
        self,
        job: Row,
        status: Status,
        delete_job: bool,
    ) -> None:
        """Store the end that our own code decided on, whatever procrastinate made of it."""
        assert job.id is not None  # both were given in `claim`
        assert job.worker_id is not None
        await self._hands.end(job.id, job.worker_id)

    async def update_heartbeat(self, worker_id: int) -> None:
        """Say that the worker lives; where nobody remembers it, its jobs are others' by now."""
        try:
            async with self._database.connection() as connection:
                found = await connection.execute(_BEAT, (worker_id,))
        except StoreError:
            logger.exception("queue.unusable")
            return
        if not found.rowcount:
            self._hands.lose()

    @override
    async def prune_stalled_workers(self, seconds_since_heartbeat: float) -> list[int]:
        """Leave dead workers to the reaper: after an outage all workers look dead."""
        return []

    async def listen_for_jobs(
        self, *, on_notification: NotificationCallback, queues: Iterable[str] | None = None
    ) -> None:
        """Listen, and again when the connection broke; until then the worker polls."""
        while True:
            try:
                await super().listen_for_jobs(on_notification=on_notification, queues=queues)
            except (psycopg.Error, ConnectorException):
                logger.warning("queue.deaf", exc_info=True)
            await asyncio.sleep(self._pause_seconds)
