"""What the services need of the world; adapters keep these promises, tests fake them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from bot.domain.jobs import Job

    Handler = Callable[[Job], Awaitable[None]]


class Store(Protocol):
    """The durable queue: at least once, one job per key at a time, the newest replaces the waiting.

    A job that waits under a key is superseded by a newer one of the same kind: the newer takes the
    higher priority of the two and stays `explicit` when either was.
    """

    async def enqueue(
        self, jobs: Sequence[Job], *, delivery: str = "", not_before: float = 0.0
    ) -> bool:
        """Store all jobs of one delivery, durably, before returning.

        False, and nothing stored, when this delivery's jobs wait, run or are done already; a
        delivery whose job failed is taken again. `delivery` is `""` for jobs of our own making.
        `not_before` is Unix time in seconds.
        """
        ...

    async def run(self, handler: Handler) -> None:
        """Work until `stop`: failures are retried with backoff, then kept as failed."""
        ...

    async def stop(self, *, grace_seconds: float) -> None:
        """Claim nothing more, wait for running jobs, give back the rest uncounted."""
        ...

    async def counts(self) -> Mapping[str, int]:
        """Count jobs by state: `waiting`, `running`, `done`, `failed`."""
        ...
