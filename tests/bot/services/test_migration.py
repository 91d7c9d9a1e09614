"""What looking at a migration reads, and what it has measured for whoever looks next."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.domain.census_ports import Measured
from bot.domain.history_ports import History
from bot.domain.jobs import JobKind, RepositoryRef
from bot.domain.points import Point
from bot.services.migration import MigrationPorts, look
from tests.bot.domain.examples import CONFIG
from tests.bot.services.memory import NOTHING_COUNTED, NOW, MemoryCensuses, MemoryHistories
from tests.bot.services.tracker import Tracker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.jobs import Job
    from bot.domain.migration import Migration

TRACKED = f"{CONFIG}    issues: [5, 6]\n"
SHOP = RepositoryRef(42, "acme", "shop")
TODAY = datetime.fromtimestamp(NOW, UTC).date()
POINT = Point(TODAY - timedelta(days=1), "d" * 12, {"engine": 3})


@dataclass(frozen=True)
class Shop:
    """Where the page looks."""

    installation_id: int = 7
    repository: RepositoryRef = SHOP


@dataclass
class World:
    """A repository that somebody opens the page of."""

    measured: Measured | None = field(
        default_factory=lambda: Measured(NOTHING_COUNTED, TRACKED, NOW)
    )
    history: History | None = None
    tracker: Tracker = field(default_factory=Tracker)
    queued: list[JobKind] = field(default_factory=list)

    async def enqueue(
        self, jobs: Sequence[Job], *, delivery: str = "", not_before: float = 0.0
    ) -> bool:
        self.queued += [job.kind for job in jobs]
        return True

    async def look(self) -> Migration | None:
        histories = MemoryHistories(self.history, TRACKED)
        ports = MigrationPorts(
            MemoryCensuses(self.measured), histories, self.tracker, self, clock=lambda: NOW
        )
        return await look(Shop(), ports)


async def test_repository_without_census_is_measured_for_whoever_asks_again() -> None:
    world = World(measured=None)
    assert await world.look() is None
    assert world.queued == [JobKind.CENSUS]


async def test_days_before_the_census_are_counted_once_somebody_looks() -> None:
    world = World()
    found = await world.look()
    assert found is not None
    assert not found.is_whole
    assert world.queued == [JobKind.HISTORY]


async def test_history_under_way_is_not_begun_again_and_shown_as_far_as_it_is() -> None:
    world = World(history=History((POINT,), TODAY, NOW - 5))
    found = await world.look()
    assert found is not None
    assert [count for _, count in found.burndowns[0].points] == [3, 0]
    assert world.queued == []


async def test_whole_history_of_yesterday_is_brought_up_to_today() -> None:
    world = World(history=History((POINT,), TODAY - timedelta(days=1), NOW, is_whole=True))
    await world.look()
    assert world.queued == [JobKind.HISTORY]
    world = World(history=History((POINT,), TODAY, NOW, is_whole=True))
    found = await world.look()
    assert found is not None
    assert found.is_whole
    assert world.queued == []


async def test_issue_that_cannot_be_read_is_named_and_the_rest_is_shown() -> None:
    world = World(tracker=Tracker(dies_at=1))
    found = await world.look()
    assert found is not None
    assert [one.number for one in found.boxes] == [5]
    assert found.unread == (6,)
