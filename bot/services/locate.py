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
    """Have each open pull request of the job's head reviewed, as the job asks for it."""
    numbers = await locations.open_pulls(job)
    found = replace(job, kind=JobKind.REVIEW, head_sha="")
    await queue.enqueue([replace(found, number=number) for number in numbers])
