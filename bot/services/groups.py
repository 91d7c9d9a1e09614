"""Give a merge queue its verdict: the change of a group, judged like that of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.errors import SupersededError
from bot.services.review import review

if TYPE_CHECKING:
    from bot.domain.jobs import Job
    from bot.domain.ports import ReviewPorts


async def group(job: Job, ports: ReviewPorts) -> None:
    """Let the queue see the verdict on what it would merge; our mistakes never hold it up.

    What stands before this group in the queue stands in its base: of two pull requests that are
    each green alone, the second is judged on top of the first, by the first one's config too.
    A group whose commits are gone has been made anew: nobody waits for this verdict any more.
    """
    try:
        await review(job, ports)
    except SupersededError:
        return
