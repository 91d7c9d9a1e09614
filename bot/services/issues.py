"""Keep a tracked issue true: its boxes by the last census, its progress where people see it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.domain.following import Kept, Situation, keep, references
from bot.domain.issue import configured
from bot.domain.jobs import census_of, history_of
from bot.services.amending import amend, current

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.domain.census_ports import Measured
    from bot.domain.issue import Issue
    from bot.domain.issue_ports import IssuePorts
    from bot.domain.jobs import Job
    from checks.config import Config


async def follow(job: Job, ports: IssuePorts) -> None:
    """Let an issue say what was measured last; run twice, the second time writes nothing.

    It is left alone when neither the config names it nor somebody with write access stands for its
    text. Raise `GoneError` when it cannot be written to any more.
    """
    measured = await ports.censuses.last(job.repository.id)
    if measured is None:
        await ports.queue.enqueue([census_of(job.installation_id, job.repository)])
        return
    issue = await current(job, ports.issues)
    config = measured.config()
    if not await counts(issue, config, partial(ports.access.may_write, job)):
        return
    situation = await _situation(issue, config, measured, ports=ports)
    kept = Kept(issue.body)

    async def change(body: str) -> str:
        nonlocal kept
        # 65,536 characters can be made to take seconds.
        asked = await asyncio.to_thread(references, body, situation)
        states = await ports.issues.states(issue, asked)
        kept = await asyncio.to_thread(keep, body, states, situation)
        return kept.body

    await amend(job, issue, issues=ports.issues, change=change)
    if kept.comment is not None:
        await ports.issues.comment(issue, kept.comment)
    if kept.later is not None:
        await ports.queue.enqueue([job], not_before=kept.later.timestamp())
    history = situation.history
    if kept.lacks_past and not (history and history.is_under_way(ports.clock())):
        await ports.queue.enqueue([history_of(job.installation_id, job.repository)])


async def _situation(
    issue: Issue, config: Config, measured: Measured, *, ports: IssuePorts
) -> Situation:
    return Situation(
        issue=issue,
        config=config,
        measured=measured,
        server_url=ports.server_url,
        now=datetime.fromtimestamp(ports.clock(), UTC),
        interval=timedelta(seconds=ports.progress_seconds),
        history=await ports.histories.last(issue.repository.id, measured.config_text),
    )


async def counts(issue: Issue, config: Config, may_write: Callable[[str], Awaitable[bool]]) -> bool:
    """Tell whether the config, or somebody with write access, stands for what the issue says."""
    if issue.number in configured(config):
        return True
    for login in issue.writers:
        if await may_write(login):
            return True
    return False
