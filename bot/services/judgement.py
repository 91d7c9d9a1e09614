"""Judge one pull request: what the engine finds, and what its config and comments make of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain import report as reports
from bot.domain.additions import additions
from bot.domain.errors import UserError
from bot.domain.jobs import census_of
from bot.domain.outlook import NO_OUTLOOK, UNMEASURED, outlook
from bot.domain.pull import ConfigSource, HeadRepository
from bot.domain.reconcile import NO_PLAN, plan
from bot.domain.standing import NOTHING_STANDS, next_end, waive
from bot.services.preview import preview
from bot.services.standing import read_standing
from checks.config import ConfigError, parse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.domain.additions import Twin
    from bot.domain.outlook import Outlook
    from bot.domain.ports import ReviewPorts
    from bot.domain.pull import PullRequest
    from bot.domain.reconcile import Plan
    from bot.domain.report import Button, Report
    from bot.domain.standing import Standing
    from checks.config import Config
    from checks.model import Analysis


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, its comments, and what it was made of (None when there was nothing to analyse).

    `ends` is the last day of the waiver that ends first. `config` is None where none can be used.
    """

    pull: PullRequest
    report: Report
    plan: Plan = NO_PLAN
    analysis: Analysis | None = None
    ends: date | None = None
    config: Config | None = None
    standing: Standing = NOTHING_STANDS
    twins: Sequence[Twin] = ()


async def judge(pull: PullRequest, ports: ReviewPorts) -> Judgement:
    """Judge an open pull request as its config says; nothing is written."""
    if pull.config.source is ConfigSource.DEFAULT:
        return Judgement(pull, reports.skipped(pull))
    try:
        config = parse(pull.config.text)
    except ConfigError as error:
        return Judgement(pull, reports.invalid(error.problems, pull))
    try:
        return await _examine(pull, config, ports)
    except UserError as error:
        return Judgement(pull, reports.refused(str(error)), config=config)


async def buttons(judgement: Judgement, ports: ReviewPorts) -> tuple[Button, ...]:
    """Offer what can work here; nobody is asked where there is nothing to fix."""
    pull, analysis = judgement.pull, judgement.analysis
    if analysis is None:
        return ()
    is_fixable = any(finding.suggestion is not None for finding in analysis.new)
    if not is_fixable or pull.head_repository is not HeadRepository.SAME:
        return (reports.RECHECK,)
    is_granted = await ports.commits.is_granted(pull)
    return (reports.RECHECK, reports.FIX) if is_granted else (reports.RECHECK,)


async def _examine(pull: PullRequest, config: Config, ports: ReviewPorts) -> Judgement:
    merge_base = await ports.pulls.merge_base(pull)
    examination = await ports.analyse(pull, merge_base=merge_base, config=config)
    stands = await read_standing(pull, ports.access, clock=ports.clock)
    analysis = waive(examination.analysis, stands)
    twins = await _twins(analysis, pull, ports)
    report = reports.report(analysis, pull, config, twins=twins)
    report = replace(report, outlook=await _outlook(analysis, pull, config, ports=ports))
    if stands.paused_by:
        report = reports.paused(report, stands.paused_by)
    comments = plan(report, pull, config=config, renamed=examination.renamed)
    return Judgement(
        pull,
        report,
        plan=comments,
        analysis=analysis,
        ends=next_end(analysis, stands),
        config=config,
        standing=stands,
        twins=twins,
    )


async def _outlook(
    analysis: Analysis, pull: PullRequest, config: Config, *, ports: ReviewPorts
) -> Outlook:
    """Compare with the last census of the branch; where there is none, one is asked for."""
    if not config.concepts or pull.base_ref != pull.default_branch:
        return NO_OUTLOOK
    measured = await ports.censuses.last(pull.repository.id)
    if measured:
        ledger = outlook(measured.census, analysis, config)
        return ledger.above(await preview(pull, analysis, measured, config=config, ports=ports))
    await ports.queue.enqueue([census_of(pull.installation_id, pull.repository)])
    return UNMEASURED


async def _twins(analysis: Analysis, pull: PullRequest, ports: ReviewPorts) -> Sequence[Twin]:
    """Remember what is added, and list where other heads add the same."""
    added = additions(analysis)
    await ports.additions.record(pull, added)
    twins = await ports.additions.twins(pull, added)
    return [twin for twin in twins if twin.number not in pull.siblings]
