"""What serves each kind of job, and with which of the world's ports."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from bot import caches, commands
from bot.domain import census_ports
from bot.domain.census_ports import CensusPorts
from bot.domain.history_ports import HistoryPorts
from bot.domain.issue_ports import PROGRESS_SECONDS, IssuePorts
from bot.domain.jobs import JobKind
from bot.domain.ports import ReviewPorts, SweepPorts
from bot.domain.reply_ports import ReplyPorts
from bot.domain.retry import LOST_SECONDS
from bot.examination import Examiner
from bot.github.access import Access
from bot.github.branches import Branches
from bot.github.checks import Checks
from bot.github.commits import Commits
from bot.github.configs import OwnerConfigs
from bot.github.conversations import Conversations
from bot.github.gate import WRITE_INTERVAL_SECONDS
from bot.github.groups import Groups, NoReviews, NoTrackedIssues
from bot.github.issues import Issues
from bot.github.locations import Locations
from bot.github.pulls import Pulls
from bot.github.reviews import Reviews
from bot.github.sweeps import Sweeps
from bot.github.tracked import TrackedIssues
from bot.github.transport import ANSWER_SECONDS
from bot.measurement import Measurer
from bot.services.census import census
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
from bot.web.explanations import KeptExaminations

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from bot.domain.census_ports import CensusShelf
    from bot.domain.meter import Meter
    from bot.domain.ports import Store
    from bot.github.address import PublicAddress
    from bot.github.client import GitHub
    from bot.mirrors import Mirrors
    from bot.pool import AnalysisPool
    from bot.settings import Settings
    from bot.worker import Service


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two writes, two censuses of a branch, two texts of an issue's progress.

    A process that shares the queue is taken for dead when it was silent for `lost_seconds`; an
    answer of GitHub's is waited for `answer_seconds`.
    """

    write_seconds: float = WRITE_INTERVAL_SECONDS
    census_seconds: float = census_ports.INTERVAL_SECONDS
    progress_seconds: float = PROGRESS_SECONDS
    lost_seconds: float = LOST_SECONDS
    answer_seconds: float = ANSWER_SECONDS


AT_ONCE = Pace(0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class World:
    """All that the services reach, each thing once; `app_id` is who we are, `clock` Unix time.

    `tidied` throws away what is old, or too much; `address` is None where there are no pages to
    link to.
    """

    app_id: int
    settings: Settings
    github: GitHub
    store: Store
    mirrors: Mirrors
    censuses: CensusShelf
    pool: AnalysisPool
    pace: Pace
    clock: Callable[[], float]
    meter: Meter
    tidied: Sequence[Callable[[], Awaitable[None]]] = ()
    address: PublicAddress | None = None


def services(world: World) -> Mapping[JobKind, Service]:
    """Give each kind of job the function that serves it, and that function its ports."""
    github, store, mirrors, app_id = world.github, world.store, world.mirrors, world.app_id
    configs, examiner = OwnerConfigs(github), Examiner(mirrors, world.pool, meter=world.meter)
    additions = AdditionFiles(caches.addition_folder(world.settings))
    counted = caches.census_folder(world.settings)
    histories = HistoryFiles(counted)
    reviews = _review_ports(world, configs, examiner, additions=additions)
    sweeps = SweepPorts(Sweeps(github, configs, app_id=app_id), store, world.clock)
    groups = _group_ports(reviews, Groups(github, configs, app_id=app_id))
    issues = _issue_ports(world, histories)
    replies = _reply_ports(reviews, issues, github, examiner)
    forget = (mirrors.purge, world.censuses.purge, additions.purge)
    measurer = Measurer(mirrors, world.pool, counted, meter=world.meter)
    past = _history_ports(world, configs, measurer, histories=histories)
    return {
        JobKind.REVIEW: partial(review, ports=reviews),
        JobKind.GROUP: partial(group, ports=groups),
        JobKind.SWEEP: partial(sweep, ports=sweeps),
        JobKind.BRANCH: partial(rejudge, ports=sweeps),
        JobKind.OWNER: partial(rejudge_owner, ports=sweeps),
        JobKind.INSTALLATION: partial(sweep_installation, ports=sweeps),
        JobKind.CENSUS: partial(census, ports=_census_ports(world, configs, measurer)),
        JobKind.HISTORY: partial(history, ports=past),
        JobKind.ISSUE: partial(follow, ports=issues),
        JobKind.PURGE: partial(purge, store=store, forget=forget),
        JobKind.REPLY: partial(reply, ports=replies, catalogue=commands.discover()),
        JobKind.LOCATE: partial(locate, locations=Locations(github, app_id=app_id), queue=store),
    }


def explaining(world: World) -> ExplainPorts:
    """Give what explains verdicts its ports: those of a review, without what writes."""
    examiner = Examiner(world.mirrors, world.pool, meter=world.meter)
    additions = AdditionFiles(caches.addition_folder(world.settings))
    configs = OwnerConfigs(world.github)
    reviews = _review_ports(world, configs, examiner, additions=additions)
    kept = KeptExaminations(examiner, world.clock)
    return ExplainPorts(
        look=Pulls(world.github, configs, app_id=world.app_id).look,
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


def _review_ports(
    world: World, configs: OwnerConfigs, examiner: Examiner, *, additions: AdditionFiles
) -> ReviewPorts:
    return ReviewPorts(
        pulls=Pulls(world.github, configs, app_id=world.app_id),
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


def _census_ports(world: World, configs: OwnerConfigs, measurer: Measurer) -> CensusPorts:
    return CensusPorts(
        branches=Branches(world.github, configs),
        measure=measurer,
        censuses=world.censuses,
        queue=world.store,
        clock=world.clock,
        interval_seconds=world.pace.census_seconds,
    )


def _history_ports(
    world: World, configs: OwnerConfigs, measurer: Measurer, *, histories: HistoryFiles
) -> HistoryPorts:
    return HistoryPorts(
        branches=Branches(world.github, configs),
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
