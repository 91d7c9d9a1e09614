"""Explanations on demand: each is made once at a time, and nobody waits long for one."""

from __future__ import annotations

import asyncio
import logging
from hashlib import sha256
from typing import TYPE_CHECKING

from cachetools import LRUCache

from bot.services.standing import today_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.domain.jobs import Job
    from bot.domain.ports import Analyse, Examination
    from bot.domain.pull import PullRequest
    from bot.services.explain import Explanation
    from checks.config import Config

    Make = Callable[[Job], Awaitable[Explanation | None]]
    Key = tuple[int, int]

# A visitor sees that the change is being examined after so long.
PATIENCE_SECONDS = 4.0
TIME_LIMIT_SECONDS = 180.0
# So long an explanation is shown again: whoever reloads costs one request to GitHub, their own.
FRESH_SECONDS = 5.0
# Visitors must not take the machine from the reviews.
AT_A_TIME = 2
WAITING = 50
KEPT_EXAMINATIONS = 32

logger = logging.getLogger(__name__)


class NotYetError(Exception):
    """It is being worked on: come back in a moment."""


class Explanations:
    """Makes explanations, by repository and number; `make` is told a job for what to explain."""

    def __init__(self, make: Make, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._make = make
        self._patience_seconds = patience_seconds
        self._tasks: dict[Key, asyncio.Task[Explanation | None]] = {}
        self._slots = asyncio.Semaphore(AT_A_TIME)

    async def of(self, job: Job) -> Explanation | None:
        """Return an explanation a few seconds old at most; `NotYetError` while it is made.

        What went wrong is raised to all who waited for it, and tried anew for those who come later.
        """
        key = job.repository.id, job.number
        if key not in self._tasks:
            if len(self._tasks) >= WAITING:
                raise NotYetError
            task = asyncio.create_task(self._bounded(job))
            task.add_done_callback(lambda done: self._finished(key, done))
            self._tasks[key] = task
        task = self._tasks[key]
        await asyncio.wait({task}, timeout=self._patience_seconds)
        if not task.done():
            raise NotYetError
        return task.result()

    @property
    def under_way(self) -> list[Key]:
        """List what is being made, or waits for its turn."""
        return [key for key, task in self._tasks.items() if not task.done()]

    async def close(self) -> None:
        """Stop what is being made."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _bounded(self, job: Job) -> Explanation | None:
        async with self._slots, asyncio.timeout(TIME_LIMIT_SECONDS):
            return await self._make(job)

    def _finished(self, key: Key, task: asyncio.Task[Explanation | None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            fields = {"repository": key[0], "number": key[1], "reason": repr(error)}
            logger.warning("explanation.failed", extra={"fields": fields})
        asyncio.get_running_loop().call_later(FRESH_SECONDS, self._tasks.pop, key, None)


class KeptExaminations:
    """The `Analyse` port with a memory: what was examined does not change within a day.

    What we failed to examine is tried anew.
    """

    def __init__(self, analyse: Analyse, clock: Callable[[], float]) -> None:
        self._analyse = analyse
        self._clock = clock
        self._kept: LRUCache[tuple[object, ...], Examination] = LRUCache(KEPT_EXAMINATIONS)

    async def __call__(
        self, pull: PullRequest, *, merge_base: str | None, config: Config
    ) -> Examination:
        """Judge the change, or tell what it was found to be."""
        text = sha256(pull.config.text.encode("utf-8", "surrogateescape")).digest()
        at, day = pull.position, today_of(self._clock)
        key = (pull.repository.id, at.head_sha, merge_base or at.base_sha, text, day)
        known = self._kept.get(key)
        if known is not None:
            return known
        made = await self._analyse(pull, merge_base=merge_base, config=config)
        if not made.analysis.is_our_fault:
            self._kept[key] = made
        return made
