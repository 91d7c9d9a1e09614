"""Forget a repository that was taken away from us, or all that an installation gave us."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from bot.domain.jobs import Job
    from bot.domain.ports import Store

    Forget = Callable[[int], Awaitable[None]]


async def purge(job: Job, store: Store, forget: Iterable[Forget]) -> None:
    """Delete the jobs that came through this installation and, by `forget`, all that was kept.

    A repository that was transferred belongs to another installation by now: the jobs of that one
    are left alone. Running jobs are left to end by themselves: GitHub gives them nothing any more.
    """
    installation_id, repository_id = job.installation_id, job.repository.id
    if repository_id:
        repository_ids = [repository_id]
    else:
        repository_ids = list(await store.repositories(installation_id))
    await store.purge(installation_id=installation_id, repository_id=repository_id or None)
    for known in repository_ids:
        for each in forget:
            await each(known)
