"""The rounds that a service makes: what was missed is found, what is old is thrown away."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from bot.domain.errors import StoreError, TransientError
from bot.domain.jobs import Job, JobKind, Priority, RepositoryRef

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from bot.domain.ports import Store
    from bot.services.deliveries import Lookback

INTERVAL_SECONDS = 5 * 60.0
SWEEP_SECONDS = 60 * 60.0
# Longer than GitHub can deliver anything again, GHES too: 7 days.
# https://docs.github.com/en/enterprise-server/webhooks/testing-and-troubleshooting-webhooks
KEPT_SECONDS = 7 * 24 * 3600.0
_EVERY = RepositoryRef(0, "", "")

logger = logging.getLogger(__name__)


class Rounds:
    """One round at start and one every five minutes, in every process that serves.

    Rounds only put jobs into the queue, under keys and deliveries that it knows: however many
    processes make them, and wherever one was interrupted, nothing is done twice.
    """

    def __init__(
        self,
        store: Store,
        lookback: Lookback,
        *,
        installations: Callable[[], Awaitable[Sequence[int]]],
        tidied: Iterable[Callable[[], Awaitable[None]]],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._lookback = lookback
        self._installations = installations
        self._tidied = tuple(tidied)
        self._clock = clock
        self._sweep_at = 0.0
        self.made = 0

    async def run(self) -> None:
        """Make rounds until cancelled; what fails in one is tried again in the next."""
        while True:
            await self.make()
            await asyncio.sleep(INTERVAL_SECONDS)

    async def make(self) -> None:
        """Make one round; its parts do not hold each other up."""
        for part in (self._catch_up, self._sweep, self._tidy):
            await _attempt(part, part.__name__[1:])
        self.made += 1

    def sweep_now(self) -> None:
        """Have the next round sweep, however long ago the last sweep was."""
        self._sweep_at = 0.0

    async def _catch_up(self) -> None:
        """Take missed deliveries; where one was missed, others may have left no trace."""
        if await self._lookback.catch_up():
            self.sweep_now()

    async def _sweep(self) -> None:
        if self._clock() < self._sweep_at:
            return
        jobs = [
            Job(JobKind.INSTALLATION, installation_id, _EVERY, 0, priority=Priority.SWEEP)
            for installation_id in await self._installations()
        ]
        await self._store.enqueue(jobs)
        self._sweep_at = self._clock() + SWEEP_SECONDS

    async def _tidy(self) -> None:
        await self._store.purge(older_than_seconds=KEPT_SECONDS)
        for tidy_part in self._tidied:
            await tidy_part()


async def tidy(tidied: Iterable[Callable[[], Awaitable[None]]]) -> None:
    """Throw away what is old until cancelled: all that a process which does not serve has to do."""
    parts = tuple(tidied)
    while True:
        for part in parts:
            await _attempt(part, "tidy")
        await asyncio.sleep(INTERVAL_SECONDS)


async def _attempt(part: Callable[[], Awaitable[None]], name: str) -> None:
    try:
        await part()
    except (TransientError, StoreError) as error:
        fields = {"part": name, "error": str(error), "cause": str(error.__cause__ or "")}
        logger.warning("round.failed", extra={"fields": fields})
    except Exception:  # GitHub or the disk is unwell: the next round comes soon
        logger.exception("round.failed", extra={"fields": {"part": name}})
