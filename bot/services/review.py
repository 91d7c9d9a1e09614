"""Make one pull request true: read it, judge it, and write what is missing on GitHub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain import report as reports
from bot.domain.errors import NotBeforeError, SupersededError, TransientError
from bot.domain.pull import ConfigSource, PullState
from bot.domain.reconcile import plan
from checks.config import Config, ConfigError, parse
from checks.model import Cause

if TYPE_CHECKING:
    from bot.domain.jobs import Job
    from bot.domain.ports import ReviewPorts
    from bot.domain.pull import CheckRun, PullRequest
    from bot.domain.report import Report
    from checks.model import Analysis

UNFINISHED = "{count} files could not be read for a reason of ours"


async def review(job: Job, ports: ReviewPorts) -> None:
    """Let GitHub show the verdict on a pull request; run twice, the second time writes nothing.

    Raise `SupersededError` when it moved meanwhile. Any other error is ours: the check run says
    so and blocks nobody, and the error goes on to be retried.
    """
    pull = await ports.pulls.read(job)
    if pull is None or pull.state is not PullState.OPEN or pull.config.source is ConfigSource.NONE:
        return
    run = await _start(job, pull, ports)
    try:
        analysis = await _conclude(pull, run, ports)
    except NotBeforeError:
        raise  # the run stays in progress: the job comes back to it
    except SupersededError as moved:
        await _give_up(pull, run, reports.superseded(moved.head_sha), ports=ports)
        raise
    except Exception as error:
        await _apologise(pull, run, error, ports=ports)
        raise
    _demand_all(analysis)


async def _start(job: Job, pull: PullRequest, ports: ReviewPorts) -> CheckRun | None:
    """Show that work began, unless a verdict stands that may turn out to be unchanged."""
    if pull.unfinished_run:
        return pull.unfinished_run
    if pull.verdict and not job.explicit:
        return None
    return await ports.checks.start(pull)


async def _conclude(pull: PullRequest, run: CheckRun | None, ports: ReviewPorts) -> Analysis | None:
    """Publish the verdict; return what it was made of, None when there was nothing to analyse."""
    if pull.config.source is ConfigSource.DEFAULT:
        await _complete(pull, reports.skipped(pull), run, ports=ports)
        return None
    try:
        config = parse(pull.config.text)
    except ConfigError as error:
        await _complete(pull, reports.invalid(error.problems, pull), run, ports=ports)
        return None
    return await _judge(pull, run, config, ports=ports)


async def _judge(
    pull: PullRequest, run: CheckRun | None, config: Config, *, ports: ReviewPorts
) -> Analysis:
    merge_base = await ports.pulls.merge_base(pull)
    examination = await ports.analyse(pull, merge_base=merge_base, config=config)
    report = reports.report(examination.analysis, pull, config)
    position = await ports.pulls.position(pull)
    if position != pull.position:
        raise SupersededError(position.head_sha)
    await ports.reviews.publish(pull, plan(report, pull, config=config, live=examination.live))
    await _complete(pull, report, run, ports=ports)
    return examination.analysis


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
    pull: PullRequest, run: CheckRun | None, error: Exception, *, ports: ReviewPorts
) -> None:
    """Say that it is our fault; what goes wrong meanwhile must not hide what went wrong first."""
    try:
        await _give_up(pull, run, reports.failed(), ports=ports)
    except Exception as second:  # the first error is raised right after
        error.add_note(f"and the check run could not be completed: {second}")


async def _give_up(
    pull: PullRequest, run: CheckRun | None, report: Report, *, ports: ReviewPorts
) -> None:
    """End the run without a verdict; a verdict that stands there is left alone."""
    if run is not None:
        await ports.checks.complete(pull, report, run=run)
