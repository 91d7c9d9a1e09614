"""The queue of the service, as the commands of an operator reach it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import TypeVar

    from bot.domain.desk import Desk
    from bot.domain.jobs import Job

    Result = TypeVar("Result")


def at_desk(work: Callable[[Desk], Awaitable[Result]]) -> Result:
    """Do something with the queue that the environment names, running service or not."""
    # Only here: no other command needs it to start.
    import asyncio

    return asyncio.run(_at_desk(work))


def title(job: Job) -> str:
    """Name a job for a person; owners and branches are named by strangers."""
    from checks.formats.visible import spell_unseen

    repository = f"{job.repository.owner}/{job.repository.name}"
    place = f" ({repository})" if job.repository.name else ""
    return spell_unseen(f"{job.kind} {job.key}{place}")


async def _at_desk(work: Callable[[Desk], Awaitable[Result]]) -> Result:
    desk = await _open()
    try:
        return await work(desk)
    finally:
        await desk.close()


async def _open() -> Desk:
    from bot.settings import from_environment

    settings = from_environment(os.environ)
    if settings.database_url is None:
        from bot.store.desk import SqliteDesk

        return SqliteDesk(settings.database_path)
    from bot.store.postgres.desk import PostgresDesk

    return await PostgresDesk.open(settings.database_url)
