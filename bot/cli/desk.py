"""The queue of the service, as the commands of an operator reach it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bot.domain.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import TypeVar

    from bot.domain.desk import Desk
    from bot.domain.jobs import Job

    Result = TypeVar("Result")

NO_POSTGRES = "DATABASE_URL: this command reads only the SQLite queue of the data folder."


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
    desk = _open()
    try:
        return await work(desk)
    finally:
        await desk.close()


def _open() -> Desk:
    from bot.settings import from_environment
    from bot.store.desk import SqliteDesk

    settings = from_environment(os.environ)
    if settings.database_url is not None:
        raise UserError(NO_POSTGRES)
    return SqliteDesk(settings.database_path)
