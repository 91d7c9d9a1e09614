"""Change the body of an issue without losing what people write into it meanwhile."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.domain.errors import GoneError, TransientError
from bot.domain.issue import displaced, overwritten

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.domain.issue import Issue
    from bot.domain.issue_ports import Issues
    from bot.domain.jobs import Job

    Change = Callable[[str], Awaitable[str]]

TRIES = 5
GONE = "issue #{number} is gone, locked or transferred"
BUSY = "issue #{number} was edited again and again while ssot tried to update it"
KEPT = "GitHub keeps another body of issue #{number} than the one it took"
DISPLACED = (
    "While ssot updated the boxes of this issue, somebody else edited it at the same moment. That "
    "edit may be lost from the text: please look in the edit history of the description, right "
    "before the edit by ssot.\n"
)


async def amend(job: Job, issue: Issue, *, issues: Issues, change: Change) -> None:
    """Write what `change` makes of the body; it is asked anew whenever somebody else wrote.

    The body is read again right before the write. GitHub locks nothing, so that somebody may still
    write in between: the history tells, and then `change` is made to that text. Raise
    `TransientError` when people do not stop editing, or GitHub does not take the text.
    """
    stands = issue.body
    # What was written by a job that did not live to look at the history is looked at here.
    text = await asyncio.to_thread(displaced, issue) or stands
    for _ in range(TRIES):
        wanted = await change(text)
        if wanted == stands:
            return
        now = await current(job, issues)
        if now.body != stands:
            if text != stands:
                await issues.say(now, DISPLACED)
            text = stands = now.body
            continue
        if await issues.write(now, wanted) != wanted:
            raise TransientError(KEPT.format(number=job.number))
        lost = overwritten(
            await issues.edits(now), written=wanted, revision=now.revision, text=now.body
        )
        if lost is None:
            return
        if text != stands:
            await issues.say(now, DISPLACED)
        text, stands = lost, wanted
    raise TransientError(BUSY.format(number=job.number))


async def current(job: Job, issues: Issues) -> Issue:
    """Read an issue that can be written to; raise `GoneError` when it cannot."""
    issue = await issues.read(job)
    if issue is None or issue.is_locked:
        raise GoneError(GONE.format(number=job.number))
    return issue
