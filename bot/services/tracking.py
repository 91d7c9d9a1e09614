"""Look at an issue as a command needs it, and write the criteria that are proposed for it."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from bot.domain import tracking
from bot.domain.checklist import Outcome, wanted
from bot.domain.jobs import census_of
from bot.domain.tracking import Survey
from bot.services.amending import amend
from bot.services.issues import counts
from checks.config import parse

if TYPE_CHECKING:
    from bot.domain.issue import Issue
    from bot.domain.issue_ports import IssuePorts
    from bot.domain.jobs import Job


async def survey_of(job: Job, issue: Issue, ports: IssuePorts) -> Survey | None:
    """Measure an issue by the last census; without one there is None, and one is taken."""
    measured = await ports.censuses.last(job.repository.id)
    if measured is None:
        await ports.queue.enqueue([census_of(job.installation_id, job.repository)])
        return None
    config = parse(measured.config_text)
    asked = wanted(issue.body, issue.tracker(ports.server_url), config.checklists.bind)
    return Survey(
        issue=issue,
        config=config,
        measured=measured,
        server_url=ports.server_url,
        states=await ports.issues.states(issue, asked.references),
        is_followed=await counts(issue, config, partial(ports.access.may_write, job)),
    )


async def attach(job: Job, survey: Survey, ports: IssuePorts) -> Outcome:
    """Write the criteria that are certain for the issue's text as it stands at that moment.

    Raise `GoneError` and `TransientError` as `amend` does.
    """
    outcome = Outcome(survey.issue.body)

    async def change(body: str) -> str:
        nonlocal outcome
        outcome = await asyncio.to_thread(tracking.attached, body, survey)
        return outcome.body

    await amend(job, survey.issue, issues=ports.issues, change=change)
    return outcome
