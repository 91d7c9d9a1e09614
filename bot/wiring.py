"""What serves each kind of job, and with which of the world's ports."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bot import caches, commands
from bot.domain.census_ports import CensusPorts
from bot.domain.history_ports import HistoryPorts
from bot.domain.issue_ports import IssuePorts
from bot.domain.jobs import JobKind
from bot.domain.ports import ReviewPorts, SweepPorts
from bot.domain.reply_ports import ReplyPorts
from bot.examination import Examiner
from bot.github.access import Access
from bot.github.branches import Branches
from bot.github.checks import Checks
from bot.github.commits import Commits
from bot.github.conversations import Conversations
from bot.github.groups import Groups, NoReviews, NoTrackedIssues
from bot.github.issues import Issues
from bot.github.locations import Locations
from bot.github.pulls import Pulls
from bot.github.reviews import Reviews
from bot.github.sweeps import Sweeps
from bot.github.tracked import TrackedIssues
from bot.measurement import Measurer
from bot.services.census import census
from bot.services.examinations import KeptExaminations
from bot.services.explain import ExplainPorts, quiet
from bot.services.groups import GroupExaminer, group
from bot.services.history import history
from bot.services.issues import follow
from bot.services.locate import locate
from bot.services.migration import MigrationPorts
from bot.services.purge import purge
from bot.services.replies import reply
from bot.services.review import review
from bot.services.sweep import rejudge, rejudge_owner, sweep, sweep_installation
from bot.store.additions import AdditionFiles
from bot.store.histories import HistoryFiles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.github.client import GitHub
    from bot.worker import Service
    from bot.world import World


def services(world: World) -> Mapping[JobKind, Service]:
    """Give each kind of job the function that serves it, and that function its ports."""
    github, store, mirrors, app_id = world.github, world.store, world.mirrors, world.app_id
    examiner = Examiner(mirrors, world.pool, clock=world.clock, meter=world.meter)
    additions = AdditionFiles(caches.addition_folder(world.settings))
    counted = caches.census_folder(world.settings)
    histories = HistoryFiles(counted)
    reviews = _review_ports(world, examiner, additions=additions)
    sweeps = SweepPorts(Sweeps(github, world.configs, app_id=app_id), store, world.clock)
    groups = _group_ports(reviews, Groups(github, world.configs, app_id=app_id))
    issues = _issue_ports(world, histories)
    replies = _reply_ports(reviews, issues, github, examiner)
    forget = (mirrors.purge, world.censuses.purge, additions.purge)
    measurer = Measurer(mirrors, world.pool, counted, clock=world.clock, meter=world.meter)
    past = _history_ports(world, measurer, histories=histories)
    return {
        JobKind.REVIEW: partial(review, ports=reviews),
        JobKind.GROUP: partial(group, ports=groups),
        JobKind.SWEEP: partial(sweep, ports=sweeps),
        JobKind.BRANCH: partial(rejudge, ports=sweeps),
        JobKind.OWNER: partial(rejudge_owner, ports=sweeps),
        JobKind.INSTALLATION: partial(sweep_installation, ports=sweeps),
        JobKind.CENSUS: partial(census, ports=_census_ports(world, measurer)),
        JobKind.HISTORY: partial(history, ports=past),
        JobKind.ISSUE: partial(follow, ports=issues),
        JobKind.PURGE: partial(purge, store=store, forget=forget),
        JobKind.REPLY: partial(reply, ports=replies, catalogue=commands.discover()),
        JobKind.LOCATE: partial(locate, locations=Locations(github, app_id=app_id), queue=store),
    }


def explaining(world: World) -> ExplainPorts:
    """Give what explains verdicts its ports: those of a review, without what writes."""
    examiner = Examiner(world.mirrors, world.pool, clock=world.clock, meter=world.meter)
    additions = AdditionFiles(caches.addition_folder(world.settings))
    reviews = _review_ports(world, examiner, additions=additions)
    kept = KeptExaminations(examiner, world.clock)
    return ExplainPorts(
        look=Pulls(world.github, world.configs, app_id=world.app_id).look,
        review=quiet(replace(reviews, analyse=kept)),
        read=examiner.excerpts,
        forget=reviews.forget,
    )


def looking(world: World) -> MigrationPorts:
    """Give the page of a migration its ports."""
    return MigrationPorts(
        censuses=world.censuses,
        histories=HistoryFiles(caches.census_folder(world.settings)),
        issues=Issues(world.github),
        queue=world.store,
        clock=world.clock,
    )


def _review_ports(world: World, examiner: Examiner, *, additions: AdditionFiles) -> ReviewPorts:
    return ReviewPorts(
        pulls=Pulls(world.github, world.configs, app_id=world.app_id),
        checks=Checks(world.github, world.address.page) if world.address else Checks(world.github),
        reviews=Reviews(world.github),
        analyse=examiner,
        additions=additions,
        access=Access(world.github),
        commits=Commits(world.github),
        censuses=world.censuses,
        tracked=TrackedIssues(world.github),
        queue=world.store,
        forget=world.mirrors.forget,
        clock=world.clock,
        server_url=world.settings.server_url,
    )


def _census_ports(world: World, measurer: Measurer) -> CensusPorts:
    return CensusPorts(
        branches=Branches(world.github, world.configs),
        measure=measurer,
        censuses=world.censuses,
        queue=world.store,
        clock=world.clock,
        interval_seconds=world.pace.census_seconds,
    )


def _history_ports(world: World, measurer: Measurer, *, histories: HistoryFiles) -> HistoryPorts:
    return HistoryPorts(
        branches=Branches(world.github, world.configs),
        censuses=world.censuses,
        past=measurer,
        histories=histories,
        queue=world.store,
        clock=world.clock,
    )


def _issue_ports(world: World, histories: HistoryFiles) -> IssuePorts:
    return IssuePorts(
        issues=Issues(world.github),
        censuses=world.censuses,
        histories=histories,
        access=Access(world.github),
        queue=world.store,
        clock=world.clock,
        server_url=world.settings.server_url,
        progress_seconds=world.pace.progress_seconds,
    )


def _group_ports(reviews: ReviewPorts, groups: Groups) -> ReviewPorts:
    examiner = GroupExaminer(reviews.analyse, groups.start)
    return replace(
        reviews, pulls=groups, reviews=NoReviews(), tracked=NoTrackedIssues(), analyse=examiner
    )


def _reply_ports(
    reviews: ReviewPorts, issues: IssuePorts, github: GitHub, examiner: Examiner
) -> ReplyPorts:
    return ReplyPorts(
        pulls=reviews.pulls,
        analyse=examiner,
        access=reviews.access,
        commits=reviews.commits,
        conversation=Conversations(github),
        texts=examiner.texts,
        queue=reviews.queue,
        tracking=issues,
        clock=reviews.clock,
    )
