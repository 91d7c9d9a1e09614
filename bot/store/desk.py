"""The SQLite queue beside the process that works on it: read, added to, never run."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from bot.domain.errors import StoreError
from bot.store import inspection, intake, schema
from bot.store.lock import UNUSABLE
from bot.store.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from bot.domain.desk import PendingJob
    from bot.domain.jobs import FailedJob, Job

NO_QUEUE = (
    "There is no queue at {path} yet: `ssot serve` makes it once an App is configured. Or set "
    "SSOT_DATA_DIR to the folder that the service uses."
)


class SqliteDesk:
    """Fulfils `bot.domain.desk.Desk` for a database that exists.

    It takes no `FileLock`: WAL lets other processes read and write between the service's commits,
    and what is running stays so.
    """

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        try:
            path.stat()
        except FileNotFoundError as error:
            raise StoreError(NO_QUEUE.format(path=path)) from error
        except OSError as error:
            raise StoreError(UNUSABLE.format(path=path, reason=error.strerror)) from error
        self._clock = clock
        self._writer = Writer(path, schema.create)

    async def counts(self) -> Mapping[str, int]:
        """Count jobs by state."""
        return await self._writer.submit(inspection.counts)

    async def pending(self, *, limit: int = 100) -> Sequence[PendingJob]:
        """List the jobs that run, then those that wait, the longest due first."""
        return await self._writer.submit(partial(inspection.pending, limit=limit))

    async def failed(self, *, limit: int = 100) -> Sequence[FailedJob]:
        """List the jobs that were given up, the newest first."""
        return await self._writer.submit(partial(inspection.failed, limit=limit))

    async def replay(self, job_id: int) -> bool:
        """Let a failed job run again from its first attempt; False when there is none."""
        now = self._clock()
        return await self._writer.submit(partial(inspection.replay, job_id=job_id, now=now))

    async def enqueue(
        self, jobs: Sequence[Job], *, delivery: str = "", not_before: float = 0.0
    ) -> bool:
        """Store jobs; the service finds them within `LOOK_SECONDS`."""
        run_at = max(self._clock(), not_before)
        return await self._writer.submit(
            partial(intake.accept, jobs=jobs, delivery=delivery, run_at=run_at)
        )

    async def close(self) -> None:
        """Let go of the database."""
        await self._writer.close()
