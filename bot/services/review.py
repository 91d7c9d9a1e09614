"""Make one pull request true: read it, judge it, and write what is missing on GitHub."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.domain import report as reports
from bot.domain.errors import (
    GoneError,
    NotBeforeError,
    SupersededError,
    TransientError,
    UserError,
)
from bot.domain.jobs import JobKind, Priority
from bot.domain.pull import ConfigSource, PullState
from bot.domain.together import together
from bot.services.judgement import buttons, judge
from checks.limits import JOB_SECONDS
from checks.model import Cause

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from bot.domain.jobs import Job
    from bot.domain.ports import ReviewPorts
    from bot.domain.pull import CheckRun, PullRequest
    from bot.domain.report import Button, Report
    from bot.services.judgement import Judgement
    from checks.model import Analysis

# The queue stops a job without a word; what is left of its time is for saying so.
TIME_LIMIT_SECONDS = JOB_SECONDS - 120.0
UNFINISHED = "{count} files could not be read, because ssot failed"


class _ClosedError(Exception):
    """Nobody waits for the verdict any more."""


async def review(
    job: Job, ports: ReviewPorts, *, time_limit_seconds: float = TIME_LIMIT_SECONDS
) -> None:
    """Let GitHub show the verdict on a pull request; run twice, the second time writes nothing.

    Open pull requests with one head are judged together, by the job of the lowest number. Raise
    `SupersededError` when one of them moved meanwhile. Any other error is ours: the check run says
    so and blocks nobody who is not known to add findings, and the error goes on to be retried.
    """
    pull = await ports.pulls.read(job)
    if pull is None:
        return
    job = await _hand_back(job, pull, ports)
    for left in (*pull.left_runs, *pull.unfinished_runs[:-1]):
        await ports.checks.complete(pull, reports.replaced(), run=left)
    if pull.state is not PullState.OPEN:
        await _close(job, pull, ports)
    elif pull.leader != pull.number:
        await _hand_over(job, pull, pull.leader, ports=ports)
    else:
        await _lead(job, pull, ports, time_limit_seconds=time_limit_seconds)


async def _hand_back(job: Job, pull: PullRequest, ports: ReviewPorts) -> Job:
    """Have the head that was left judged for those that stay; return what else there is to do."""
    stay = replace(job, head_sha=job.left_sha, left_sha="", explicit=False)
    await ports.queue.enqueue([replace(stay, number=number) for number in pull.left_behind[:1]])
    return replace(job, left_sha="")


async def _close(job: Job, pull: PullRequest, ports: ReviewPorts) -> None:
    """Forget a closed pull request; whoever shares its head is judged without it."""
    await _give_up(pull, _unfinished(pull), reports.abandoned(), ports=ports)
    await ports.forget(pull)
    await ports.additions.forget(pull)
    if pull.siblings:
        await _hand_over(job, pull, pull.siblings[0], ports=ports)


async def _hand_over(job: Job, pull: PullRequest, number: int, *, ports: ReviewPorts) -> None:
    """Leave the head to the job of another number: two at a time would leave two verdicts."""
    await _give_up(pull, _unfinished(pull), reports.replaced(), ports=ports)
    await ports.queue.enqueue([replace(job, number=number, head_sha=pull.position.head_sha)])


async def _lead(
    job: Job, pull: PullRequest, ports: ReviewPorts, *, time_limit_seconds: float
) -> None:
    group = await _group(job, pull, ports)
    if not group:
        await _give_up(pull, _unfinished(pull), reports.abandoned(), ports=ports)
        return
    run = await _start(job, pull, ports)
    report, judgements = None, []
    try:
        async with asyncio.timeout(time_limit_seconds):
            judgements = await _judge_all(pull, group, ports)
            report = together([(judgement.pull, judgement.report) for judgement in judgements])
            report = replace(report, buttons=await _buttons(job, judgements, ports))
            await _stand_still(pull, group, ports)
            report = await _publish(judgements, report, ports)
            await _complete(pull, report, run, ports=ports)
    except (NotBeforeError, GoneError):
        raise  # the run stays in progress: the job comes back to it, or nobody can
    except _ClosedError:
        await _give_up(pull, run, reports.abandoned(), ports=ports)
    except SupersededError as moved:
        await _give_up(pull, run, reports.superseded(moved.head_sha), ports=ports)
        raise
    except Exception as error:
        await _apologise(pull, run, error, reports.failed(report), ports=ports)
        raise
    else:
        await _review_after([one.ends for one in judgements if one.ends], job, ports)
        _demand_all([judgement.analysis for judgement in judgements if judgement.analysis])


async def _group(job: Job, pull: PullRequest, ports: ReviewPorts) -> list[PullRequest]:
    """Read those that share the head; where there is no config, nothing is said."""
    members = [pull]
    for number in pull.siblings:
        sibling = await ports.pulls.read(replace(job, number=number, head_sha=""))
        if sibling and sibling.position.head_sha == pull.position.head_sha:
            members.append(sibling)
    return [
        member
        for member in members
        if member.state is PullState.OPEN and member.config.source is not ConfigSource.NONE
    ]


async def _start(job: Job, pull: PullRequest, ports: ReviewPorts) -> CheckRun | None:
    """Show that work began, unless a verdict stands that may turn out to be unchanged."""
    if pull.unfinished_runs:
        return _unfinished(pull)
    if pull.verdict and not job.explicit:
        return None
    return await ports.checks.start(pull)


async def _judge_all(
    pull: PullRequest, group: Sequence[PullRequest], ports: ReviewPorts
) -> list[Judgement]:
    try:
        return [await judge(member, ports) for member in group]
    except SupersededError as moved:
        if group == [pull]:
            raise
        # Whichever moved, the job is about this one and must not wait for another's head.
        raise SupersededError(pull.position.head_sha) from moved


async def _stand_still(pull: PullRequest, group: Sequence[PullRequest], ports: ReviewPorts) -> None:
    """Make sure that all is as it was read, right before anything is posted."""
    for member in group:
        now = await ports.pulls.moment(member)
        if now == member.moment:
            continue
        if member is not pull:
            raise SupersededError(pull.position.head_sha)
        if now.state is not PullState.OPEN:
            raise _ClosedError
        raise SupersededError(now.position.head_sha)


async def _buttons(
    job: Job, judgements: Sequence[Judgement], ports: ReviewPorts
) -> tuple[Button, ...]:
    """Offer what works on the pull request that the run names: a queue's group has none."""
    if job.kind is JobKind.GROUP:
        return ()
    own = next((one for one in judgements if one.pull.number == job.number), None)
    return await buttons(own, ports) if own else ()


async def _review_after(days: Collection[date], job: Job, ports: ReviewPorts) -> None:
    """Have all reviewed again when the first of these days is over, UTC: a waiver ends with it.

    The verdict on a group is asked for once; by then the queue is done with it.
    """
    if not days or job.kind is JobKind.GROUP:
        return
    midnight = datetime.combine(min(days) + timedelta(days=1), time.min, UTC)
    again = replace(job, head_sha="", explicit=False, priority=Priority.SWEEP)
    await ports.queue.enqueue([again], not_before=midnight.timestamp())


async def _publish(judgements: Sequence[Judgement], report: Report, ports: ReviewPorts) -> Report:
    """Comment; where GitHub takes no comments the check run says all, and why it alone does."""
    for judgement in judgements:
        try:
            await ports.reviews.publish(judgement.pull, judgement.plan)
        except UserError as refusal:
            report = reports.unspoken(report, str(refusal))
    return report


async def _complete(
    pull: PullRequest, report: Report, run: CheckRun | None, *, ports: ReviewPorts
) -> None:
    unchanged = pull.verdict is not None and pull.verdict.digest == report.digest
    if run is None and unchanged:
        return
    await ports.checks.complete(pull, report, run=run)


def _demand_all(analyses: Sequence[Analysis]) -> None:
    """Have the job retried when git or the engine failed on a file: the verdict is not final."""
    skipped = [file for analysis in analyses for file in analysis.skipped]
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


def _unfinished(pull: PullRequest) -> CheckRun | None:
    return pull.unfinished_runs[-1] if pull.unfinished_runs else None


async def _give_up(
    pull: PullRequest, run: CheckRun | None, report: Report, *, ports: ReviewPorts
) -> None:
    """End the run without a verdict; a verdict that stands there is left alone."""
    if run is not None:
        await ports.checks.complete(pull, report, run=run)
