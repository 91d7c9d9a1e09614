"""Find what was missed: heads without a verdict, lost runs, unanswered commands, a census."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.jobs import JobKind, Priority, census_of, reply_to
from bot.domain.unanswered import unanswered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.heads import OpenHead
    from bot.domain.jobs import Job
    from bot.domain.ports import SweepPorts


async def sweep(job: Job, ports: SweepPorts) -> None:
    """Have the open heads of a repository reviewed that no verdict stands on; close lost runs.

    What else stands on GitHub and waits for us is found here too: one read, one job each.
    The work itself is left to the queue: a job of the same pull request that waits already, or
    runs, makes this one do nothing.
    """
    if later := ports.sweeps.not_before(job.installation_id):
        await ports.store.enqueue([job], not_before=later)
        return
    heads = await ports.sweeps.open_heads(job)
    for run in [run for head in heads for run in head.lost(ports.clock())]:
        await ports.sweeps.close(job, run)
    now = ports.clock()
    await _enqueue_reviews(job, [head.number for head in heads if head.needs_review(now)], ports)
    await ports.store.enqueue([one for head in heads for one in _replies(job, head, now)])
    await ports.store.enqueue([census_of(job.installation_id, job.repository)])


async def sweep_installation(job: Job, ports: SweepPorts) -> None:
    """Have every repository of an installation swept, each by a job of its own."""
    repositories = await ports.sweeps.repositories(job.installation_id)
    sweeps = [replace(job, kind=JobKind.SWEEP, repository=ref) for ref in repositories]
    await ports.store.enqueue(sweeps)


async def rejudge_owner(job: Job, ports: SweepPorts) -> None:
    """Have all that an owner's shared config judges reviewed once more, by the new one."""
    ports.sweeps.forget_config(job)
    repositories = await ports.sweeps.repositories(job.installation_id)
    every = replace(job, kind=JobKind.BRANCH, branch="")
    await ports.store.enqueue([replace(every, repository=ref) for ref in repositories])


async def rejudge(job: Job, ports: SweepPorts) -> None:
    """Have all open pull requests to a branch reviewed once more.

    Without a branch: those to any branch that has no config of its own.
    """
    await _enqueue_reviews(job, await ports.sweeps.numbers(job), ports)


def _replies(job: Job, head: OpenHead, now: float) -> list[Job]:
    return [
        reply_to(
            comment_id,
            installation_id=job.installation_id,
            repository=job.repository,
            number=head.number,
        )
        for comment_id in unanswered(head.conversation, now)
    ]


async def _enqueue_reviews(job: Job, numbers: Iterable[int], ports: SweepPorts) -> None:
    reviews = [
        replace(job, kind=JobKind.REVIEW, number=number, branch="", priority=Priority.SWEEP)
        for number in sorted(numbers)
    ]
    await ports.store.enqueue(reviews)
