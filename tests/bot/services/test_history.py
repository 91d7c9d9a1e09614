"""What is counted of the days before an issue's progress, how often, and what follows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.census_ports import Measured, Tip
from bot.domain.history_ports import SLICE_SECONDS, DayEnd, History, HistoryPorts
from bot.domain.jobs import Job, JobKind, Priority, RepositoryRef, history_of
from bot.domain.points import Point
from bot.domain.pull import ConfigFile, ConfigSource
from bot.services.history import history
from tests.bot.domain.examples import CONFIG
from tests.bot.services.memory import (
    NOTHING_COUNTED,
    NOW,
    MemoryBranch,
    MemoryCensuses,
    MemoryHistories,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.history_ports import Keep
    from checks.config import Config

SHOP = RepositoryRef(42, "acme", "shop")
TRACKED = f"{CONFIG}    issues: [5, 6]\n"
TIP = Tip(7, SHOP, "main", "a" * 40, ConfigFile(ConfigSource.BASE, TRACKED, "d" * 40))
TODAY = datetime.fromtimestamp(NOW, UTC).date()


class BrokenError(Exception):
    """Git, the network or the machine."""


def ends(*ago: int) -> list[DayEnd]:
    """Give a commit to each of so many days ago."""
    return [DayEnd(TODAY - timedelta(days=days), f"{days:040x}") for days in ago]


@dataclass
class World:
    """A default branch with a past, and what is done about it."""

    past: list[DayEnd] = field(default_factory=lambda: ends(3, 2, 1))
    tip: Tip | None = TIP
    censuses: MemoryCensuses = field(
        default_factory=lambda: MemoryCensuses(Measured(NOTHING_COUNTED, TRACKED, NOW))
    )
    histories: MemoryHistories = field(default_factory=MemoryHistories)
    breaks_after: int = 1000
    seconds_a_day: float = 0.0
    now: float = NOW
    listed: int = 0
    counted: list[date] = field(default_factory=list)
    enqueued: list[Job] = field(default_factory=list)

    async def make_true(self) -> None:
        self.enqueued.clear()
        ports = HistoryPorts(
            branches=MemoryBranch(self.tip),
            censuses=self.censuses,
            past=self,
            histories=self.histories,
            queue=self,
            clock=lambda: self.now,
        )
        await history(history_of(7, SHOP), ports)

    async def days(self, tip: Tip, *, before: date) -> Sequence[DayEnd]:
        self.listed += 1
        return [each for each in self.past if each.day < before]

    async def count(self, tip: Tip, days: Sequence[DayEnd], config: Config, *, keep: Keep) -> None:
        for each in reversed(days):
            if len(self.counted) == self.breaks_after:
                raise BrokenError
            self.now += self.seconds_a_day
            self.counted.append(each.day)
            if not await keep(Point(each.day, each.sha[:12], {"engine": each.day.day})):
                return

    async def enqueue(
        self, jobs: Sequence[Job], *, delivery: str = "", not_before: float = 0.0
    ) -> bool:
        self.enqueued += jobs
        return True

    @property
    def kept(self) -> History:
        assert self.histories.history is not None
        return self.histories.history


async def test_each_day_is_counted_and_the_issues_are_looked_at() -> None:
    world = World()
    await world.make_true()
    assert [point.day for point in world.kept.points] == [each.day for each in world.past]
    assert world.kept.covers(TODAY)
    assert {(job.kind, job.number, job.priority) for job in world.enqueued} == {
        (JobKind.ISSUE, 5, Priority.SWEEP),
        (JobKind.ISSUE, 6, Priority.SWEEP),
    }


async def test_asked_again_on_that_day_git_is_not_asked_again() -> None:
    world = World()
    await world.make_true()
    await world.make_true()
    assert (world.listed, len(world.counted)) == (1, 3)


async def test_repository_that_began_today_has_nothing_to_count_and_nobody_to_tell() -> None:
    world = World(past=ends(0))
    await world.make_true()
    assert world.kept == History((), TODAY, NOW, is_whole=True)
    assert (world.counted, world.enqueued) == ([], [])


async def test_job_that_broke_goes_on_where_it_stopped() -> None:
    world = World(breaks_after=2)
    with pytest.raises(BrokenError):
        await world.make_true()
    assert len(world.kept.points) == 2
    assert not world.kept.is_whole
    world.breaks_after = 1000
    await world.make_true()
    assert world.kept.is_whole
    assert sorted(world.counted) == [each.day for each in world.past]


async def test_others_go_first_in_what_takes_long() -> None:
    world = World(seconds_a_day=SLICE_SECONDS)
    for days in (1, 2):
        await world.make_true()
        assert (len(world.counted), world.kept.is_whole) == (days, False)
        assert world.enqueued == [history_of(7, SHOP)]
    await world.make_true()
    assert world.kept.is_whole
    assert len(world.counted) == 3
    assert JobKind.HISTORY not in {job.kind for job in world.enqueued}


async def test_next_week_only_its_own_days_are_counted() -> None:
    world = World()
    await world.make_true()
    world.now += 7 * 24 * 3600.0
    world.past += ends(0, -2)
    world.counted.clear()
    await world.make_true()
    assert world.counted == [TODAY + timedelta(days=2), TODAY]
    assert len(world.kept.points) == 5


async def test_another_config_counts_anew() -> None:
    world = World()
    await world.make_true()
    world.censuses.measured = Measured(NOTHING_COUNTED, f"{TRACKED}# changed\n", NOW)
    await world.make_true()
    assert len(world.counted) == 6


async def test_day_that_was_rewritten_is_counted_anew() -> None:
    world = World()
    await world.make_true()
    world.now += 24 * 3600.0
    world.past[1] = replace(world.past[1], sha="f" * 40)
    await world.make_true()
    assert world.counted[3:] == [world.past[1].day]
    assert [point.rev for point in world.kept.points][1] == "f" * 12


@pytest.mark.parametrize(
    "world", [World(tip=None), World(censuses=MemoryCensuses())], ids=["no commit", "no census"]
)
async def test_nothing_is_counted_where_nothing_needs_it(world: World) -> None:
    await world.make_true()
    assert (world.counted, world.enqueued, world.histories.history) == ([], [], None)


async def test_numbers_in_the_config_of_an_owner_name_no_issue_of_the_repository() -> None:
    shared = replace(TIP, config=replace(TIP.config, source=ConfigSource.OWNER))
    measured = Measured(NOTHING_COUNTED, TRACKED, NOW, is_shared=True)
    world = World(tip=shared, censuses=MemoryCensuses(measured))
    await world.make_true()
    assert len(world.counted) == 3
    assert world.enqueued == []
