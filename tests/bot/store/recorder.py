"""A handler that notes what it is given, holds or fails it as told, and can be waited for."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.domain.jobs import Job
    from bot.domain.ports import Store

PATIENCE_SECONDS = 10.0


class Recorder:
    """Notes jobs as they start and end; the first ones fail with `errors`, one each."""

    def __init__(self, *errors: BaseException) -> None:
        self.started: list[Job] = []
        self.started_at: list[float] = []
        self.ended: list[Job] = []
        self._errors = list(errors)
        self._open = asyncio.Event()
        self._open.set()
        self._changed = asyncio.Condition()

    def hold(self) -> None:
        """Let jobs start, but not end."""
        self._open.clear()

    def release(self) -> None:
        """Let all jobs end."""
        self._open.set()

    async def has_started(self, count: int) -> None:
        """Wait until so many jobs have started."""
        await self._reaches(lambda: len(self.started) >= count)

    async def has_ended(self, count: int) -> None:
        """Wait until so many jobs have ended well."""
        await self._reaches(lambda: len(self.ended) >= count)

    async def __call__(self, job: Job) -> None:
        self.started.append(job)
        self.started_at.append(time.time())
        await self._tell()
        await self._open.wait()
        if self._errors:
            raise self._errors.pop(0)
        self.ended.append(job)
        await self._tell()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _reaches(self, condition: object) -> None:
        assert callable(condition)
        async with asyncio.timeout(PATIENCE_SECONDS), self._changed:
            await self._changed.wait_for(condition)


@asynccontextmanager
async def working(store: Store, handler: Recorder) -> AsyncIterator[None]:
    """Run the store inside the block; leaving it waits until all that ended is recorded."""
    run = asyncio.create_task(store.run(handler))
    try:
        yield
    finally:
        await store.stop(grace_seconds=PATIENCE_SECONDS)
        await run
