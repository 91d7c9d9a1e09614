"""Keep the last census of each default branch: what reviews and tracked issues measure by."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.census_ports import Measured
from bot.domain.issue import followed
from bot.domain.jobs import JobKind, Priority, issue_of
from bot.domain.pull import ConfigSource
from checks.config import ConfigError

if TYPE_CHECKING:
    from bot.domain.census_ports import CensusPorts, Tip
    from bot.domain.jobs import Job
    from checks.config import Config


async def census(job: Job, ports: CensusPorts) -> None:
    """Measure the tip of the default branch, at most once a minute, where the config needs it.

    Then the issues that follow it are looked at, also when the tip is the same: what they refer to
    may have moved.

    Pull requests that were reviewed without any census are reviewed once more after the first.
    """
    tip = await ports.branches.tip(job)
    config = _config(tip) if tip else None
    if tip is None or config is None or not config.concepts:
        return
    last = await ports.censuses.last(tip.repository.id)
    if last and last.is_of(tip):
        if last.merged != tip.merged:
            await ports.censuses.keep(tip.repository.id, replace(last, merged=tip.merged))
        await ports.queue.enqueue(issues_of(tip, config))
        return
    now = ports.clock()
    # A census of the future was taken before the clock was set back.
    if last and 0 <= now - last.taken_at < ports.interval_seconds:
        await ports.queue.enqueue([job], not_before=last.taken_at + ports.interval_seconds)
        return
    taken = await ports.measure(tip, config)
    measured = Measured(taken, tip.config.text, now, tip.merged, tip.is_shared)
    await ports.censuses.keep(tip.repository.id, measured)
    await ports.queue.enqueue(issues_of(tip, config))
    if last is None:
        await ports.queue.enqueue([_rejudge(job, tip)])


def _config(tip: Tip) -> Config | None:
    """Read the config; an invalid one is told on pull requests, where somebody can mend it."""
    if tip.config.source is ConfigSource.NONE:
        return None
    try:
        return tip.parsed()
    except ConfigError:
        return None


def issues_of(tip: Tip, config: Config) -> list[Job]:
    """Have every issue looked at that follows the migration."""
    return [issue_of(tip, number) for number in followed(config, tip.merged)]


def _rejudge(job: Job, tip: Tip) -> Job:
    return replace(
        job,
        kind=JobKind.BRANCH,
        repository=tip.repository,
        branch=tip.branch,
        priority=Priority.SWEEP,
    )
