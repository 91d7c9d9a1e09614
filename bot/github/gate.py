"""How much one installation is asked for at a time: GitHub's advice, kept before it is enforced."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.domain.errors import NotBeforeError
from bot.github.refusals import LimitedError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

# https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api: at most
# 100 in flight for the installation; octokit keeps to 10, and to one write a second.
MAX_IN_FLIGHT = 10
WRITE_INTERVAL_SECONDS = 1.0
# Without `retry-after`: "wait for at least one minute", then exponentially longer.
FIRST_WAIT_SECONDS = 60.0
LONGEST_WAIT_SECONDS = 3600.0


class Gate:
    """The way through for one installation: few at a time, writes one by one, nobody when limited.

    A limit that GitHub sets holds for every request after it: going on "may result in the banning
    of your integration".
    """

    def __init__(
        self,
        *,
        write_interval_seconds: float,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._write_interval_seconds = write_interval_seconds
        self._clock = clock
        self._sleep = sleep
        self._in_flight = asyncio.Semaphore(MAX_IN_FLIGHT)
        self._writing = asyncio.Lock()
        self._next_write_at = 0.0
        self._closed_until = 0.0
        self._unexplained_limits = 0

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """Let one request through; turn a rate limit into `NotBeforeError`."""
        async with self._in_flight:
            if self._clock() < self._closed_until:
                raise NotBeforeError(self._closed_until, "GitHub asked this installation to wait")
            try:
                yield
            except LimitedError as limit:
                raise self._close(limit) from limit
            self._unexplained_limits = 0

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Let one write through, the only one, some time after the last."""
        async with self._writing:
            await self._sleep(max(0.0, self._next_write_at - self._clock()))
            async with self.reading():
                try:
                    yield
                finally:
                    self._next_write_at = self._clock() + self._write_interval_seconds

    def _close(self, limit: LimitedError) -> NotBeforeError:
        if limit.not_before is not None:
            until = limit.not_before
        else:
            wait = FIRST_WAIT_SECONDS * 2.0 ** min(self._unexplained_limits, 10)
            self._unexplained_limits += 1
            until = self._clock() + min(wait, LONGEST_WAIT_SECONDS)
        self._closed_until = max(self._closed_until, until)
        return NotBeforeError(self._closed_until, str(limit))
