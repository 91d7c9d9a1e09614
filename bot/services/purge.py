"""Forget a repository that was taken away from us."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from bot.domain.jobs import Job
    from bot.domain.ports import Store

    Forget = Callable[[int], Awaitable[None]]


async def purge(job: Job, store: Store, forget: Iterable[Forget]) -> None:
    """Delete a repository's jobs and, by `forget`, all that was fetched of it or counted in it.

    Its running jobs are left to end by themselves: GitHub gives them nothing any more.
    """
    await store.purge(repository_id=job.repository.id)
    for each in forget:
        await each(job.repository.id)
