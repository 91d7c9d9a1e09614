"""Make one pull request true: read it, judge it, and write what is missing on GitHub."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.domain import report as reports
from bot.domain.errors import NotBeforeError, SupersededError, TransientError
from bot.domain.jobs import Priority
from bot.domain.pull import ConfigSource, HeadRepository, PullState
from bot.domain.reconcile import NO_PLAN, plan
from bot.domain.standing import next_end, waive
from bot.services.standing import read_standing
from checks.config import ConfigError, parse
from checks.limits import JOB_SECONDS
from checks.model import Cause

if TYPE_CHECKING:
    from datetime import date

    from bot.domain.jobs import Job
    from bot.domain.ports import ReviewPorts
    from bot.domain.pull import CheckRun, PullRequest
    from bot.domain.reconcile import Plan
    from bot.domain.report import Report
    from checks.config import Config
    from checks.model import Analysis

# The queue stops a job without a word; what is left of its time is for saying so.
TIME_LIMIT_SECONDS = JOB_SECONDS - 120.0
UNFINISHED = "{count} files could not be read for a reason of ours"


@dataclass(frozen=True, slots=True)
class _Judgement:
    """A verdict, its comments, and what it was made of (None when there was nothing to analyse).

    `ends` is the last day of the waiver that ends first.
    """

    report: Report
    plan: Plan = NO_PLAN
    analysis: Analysis | None = None
    ends: date | None = None


async def review(
    job: Job, ports: ReviewPorts, *, time_limit_seconds: float = TIME_LIMIT_SECONDS
) -> None:
    """Let GitHub show the verdict on a pull request; run twice, the second time writes nothing.

    Raise `SupersededError` when it moved meanwhile. Any other error is ours: the check run says
    so and blocks nobody who is not known to add findings, and the error goes on to be retried.
    """
    pull = await ports.pulls.read(job)
    if pull is None:
        return
    if pull.state is not PullState.OPEN or pull.config.source is ConfigSource.NONE:
        await _give_up(pull, pull.unfinished_run, reports.abandoned(), ports=ports)
        return
    run = await _start(job, pull, ports)
    report = None
    try:
        async with asyncio.timeout(time_limit_seconds):
            judgement = await _judge(pull, ports)
            report = judgement.report
            await ports.reviews.publish(pull, judgement.plan)
            await _complete(pull, report, run, ports=ports)
    except NotBeforeError:
        raise  # the run stays in progress: the job comes back to it
    except SupersededError as moved:
        await _give_up(pull, run, reports.superseded(moved.head_sha), ports=ports)
        raise
    except Exception as error:
        await _apologise(pull, run, error, reports.failed(report), ports=ports)
        raise
    await _review_after(judgement.ends, job, ports)
    _demand_all(judgement.analysis)


async def _start(job: Job, pull: PullRequest, ports: ReviewPorts) -> CheckRun | None:
    """Show that work began, unless a verdict stands that may turn out to be unchanged."""
    if pull.unfinished_run:
        return pull.unfinished_run
    if pull.verdict and not job.explicit:
        return None
    return await ports.checks.start(pull)


async def _judge(pull: PullRequest, ports: ReviewPorts) -> _Judgement:
    if pull.config.source is ConfigSource.DEFAULT:
        return _Judgement(reports.skipped(pull))
    try:
        config = parse(pull.config.text)
    except ConfigError as error:
        return _Judgement(reports.invalid(error.problems, pull))
    return await _examine(pull, config, ports)


async def _examine(pull: PullRequest, config: Config, ports: ReviewPorts) -> _Judgement:
    merge_base = await ports.pulls.merge_base(pull)
    examination = await ports.analyse(pull, merge_base=merge_base, config=config)
    stands = await read_standing(pull, ports.access, clock=ports.clock)
    analysis = waive(examination.analysis, stands)
    report = reports.report(analysis, pull, config)
    if stands.paused_by:
        report = reports.paused(report, stands.paused_by)
    report = replace(report, buttons=await _buttons(analysis, pull, ports))
    position = await ports.pulls.position(pull)
    if position != pull.position:
        raise SupersededError(position.head_sha)
    comments = plan(report, pull, config=config, live=examination.live)
    return _Judgement(report, comments, analysis, next_end(analysis, stands))


async def _buttons(
    analysis: Analysis, pull: PullRequest, ports: ReviewPorts
) -> tuple[reports.Button, ...]:
    """Offer what can work here; nobody is asked where there is nothing to fix."""
    is_fixable = any(finding.suggestion is not None for finding in analysis.new)
    if not is_fixable or pull.head_repository is not HeadRepository.SAME:
        return (reports.RECHECK,)
    is_granted = await ports.commits.is_granted(pull)
    return (reports.RECHECK, reports.FIX) if is_granted else (reports.RECHECK,)


async def _review_after(day: date | None, job: Job, ports: ReviewPorts) -> None:
    """Have the pull request reviewed again when the day is over, UTC: a waiver ends with it."""
    if day is None:
        return
    midnight = datetime.combine(day + timedelta(days=1), time.min, UTC)
    again = replace(job, head_sha="", explicit=False, priority=Priority.SWEEP)
    await ports.enqueue([again], not_before=midnight.timestamp())


async def _complete(
    pull: PullRequest, report: Report, run: CheckRun | None, *, ports: ReviewPorts
) -> None:
    unchanged = pull.verdict is not None and pull.verdict.digest == report.digest
    if run is None and unchanged:
        return
    await ports.checks.complete(pull, report, run=run)


def _demand_all(analysis: Analysis | None) -> None:
    """Have the job retried when git or the engine failed on a file: the verdict is not final."""
    skipped = analysis.skipped if analysis else ()
    if count := sum(file.cause is Cause.SERVICE for file in skipped):
        raise TransientError(UNFINISHED.format(count=count))


async def _apologise(
    pull: PullRequest,
    run: CheckRun | None,
    error: Exception,
    apology: Report,
    *,
    ports: ReviewPorts,
) -> None:
    """Say that it is our fault; what goes wrong meanwhile must not hide what went wrong first."""
    try:
        await _give_up(pull, run, apology, ports=ports)
    except Exception as second:  # the first error is raised right after
        error.add_note(f"and the check run could not be completed: {second}")


async def _give_up(
    pull: PullRequest, run: CheckRun | None, report: Report, *, ports: ReviewPorts
) -> None:
    """End the run without a verdict; a verdict that stands there is left alone."""
    if run is not None:
        await ports.checks.complete(pull, report, run=run)
