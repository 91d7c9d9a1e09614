"""Find the pull requests of a head that GitHub named without any, as it does for forks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.jobs import JobKind

if TYPE_CHECKING:
    from bot.domain.jobs import Job
    from bot.domain.ports import Queue
    from bot.domain.reply_ports import Locations


async def locate(job: Job, locations: Locations, *, queue: Queue) -> None:
    """Have the open pull requests of the job's head reviewed, as the job asks for it.

    The lowest number's job judges them all: one for each would be one run for each.
    """
    numbers = await locations.open_pulls(job)
    found = replace(job, kind=JobKind.REVIEW, head_sha="")
    await queue.enqueue([replace(found, number=number) for number in numbers[:1]])
