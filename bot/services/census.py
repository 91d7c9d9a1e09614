"""Keep the last census of each default branch: what reviews and tracked issues measure by."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.census_ports import Measured
from bot.domain.jobs import JobKind, Priority
from bot.domain.pull import ConfigSource
from checks.config import ConfigError, parse

if TYPE_CHECKING:
    from bot.domain.census_ports import CensusPorts, Tip
    from bot.domain.jobs import Job
    from checks.config import Config

# A branch may move 557 times on a day, mostly in bursts: the last commit of one is enough.
INTERVAL_SECONDS = 60.0


async def census(job: Job, ports: CensusPorts) -> None:
    """Measure the tip of the default branch, at most once a minute, where the config needs it.

    Pull requests that were reviewed without any census are reviewed once more after the first.
    """
    tip = await ports.branches.tip(job)
    config = _config(tip) if tip else None
    if tip is None or config is None or not config.concepts:
        return
    last = await ports.censuses.last(tip.repository.id)
    if last and last.is_of(tip):
        return
    now = ports.clock()
    if last and now < last.taken_at + INTERVAL_SECONDS:
        await ports.queue.enqueue([job], not_before=last.taken_at + INTERVAL_SECONDS)
        return
    taken = await ports.measure(tip, config)
    await ports.censuses.keep(tip.repository.id, Measured(taken, tip.config.text, now))
    if last is None:
        await ports.queue.enqueue([_rejudge(job, tip)])


def _config(tip: Tip) -> Config | None:
    """Read the config; an invalid one is told on pull requests, where somebody can mend it."""
    if tip.config.source is ConfigSource.NONE:
        return None
    try:
        return parse(tip.config.text)
    except ConfigError:
        return None


def _rejudge(job: Job, tip: Tip) -> Job:
    return replace(
        job,
        kind=JobKind.BRANCH,
        repository=tip.repository,
        branch=tip.branch,
        priority=Priority.SWEEP,
    )
