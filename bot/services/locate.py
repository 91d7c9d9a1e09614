"""Find the pull requests of a head that GitHub named without any, as it does for forks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.jobs import JobKind

if TYPE_CHECKING:
    from bot.domain.jobs import Job
    from bot.domain.ports import Enqueue, Heads


async def locate(job: Job, heads: Heads, *, enqueue: Enqueue) -> None:
    """Have each open pull request of the job's head reviewed, as the job asks for it."""
    numbers = await heads.open_pulls(job)
    found = replace(job, kind=JobKind.REVIEW, head_sha="")
    await enqueue([replace(found, number=number) for number in numbers])
