"""The queue of the service, as the commands of an operator reach it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import TypeVar

    from bot.domain.desk import Desk

    Result = TypeVar("Result")


def at_desk(work: Callable[[Desk], Awaitable[Result]]) -> Result:
    """Do something with the queue that the environment names, running service or not."""
    # Only here: no other command needs it to start.
    import asyncio

    return asyncio.run(_at_desk(work))


async def _at_desk(work: Callable[[Desk], Awaitable[Result]]) -> Result:
    from bot.desks import open_desk
    from bot.settings import from_environment

    async with open_desk(from_environment(os.environ)) as desk:
        return await work(desk)
