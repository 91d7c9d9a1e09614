"""When the default branch is measured, and what follows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.census_ports import INTERVAL_SECONDS, CensusPorts, Measured, Tip
from bot.domain.jobs import Job, JobKind, RepositoryRef, census_of
from bot.domain.pull import NO_CONFIG, ConfigFile, ConfigSource
from bot.services.census import census
from tests.bot.domain.examples import CONFIG
from tests.bot.services.memory import NOTHING_COUNTED, NOW, MemoryBranch, MemoryCensuses

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checks.census import Census
    from checks.config import Config

SHOP = RepositoryRef(42, "acme", "shop")
TIP = Tip(7, SHOP, "main", "a" * 40, ConfigFile(ConfigSource.BASE, CONFIG, "d" * 40))


@dataclass
class World:
    """A default branch, what was kept of it, and what is done."""

    tip: Tip | None = TIP
    censuses: MemoryCensuses = field(default_factory=MemoryCensuses)
    taken: list[str] = field(default_factory=list)
    enqueued: list[tuple[JobKind, float]] = field(default_factory=list)

    async def make_true(self) -> None:
        ports = CensusPorts(
            branches=MemoryBranch(self.tip),
            measure=self.measure,
            censuses=self.censuses,
            queue=self,
            clock=lambda: NOW,
        )
        await census(census_of(7, SHOP), ports)

    async def measure(self, tip: Tip, config: Config) -> Census:
        self.taken.append(tip.sha)
        return replace(NOTHING_COUNTED, rev=tip.sha)

    async def enqueue(
        self, jobs: Sequence[Job], *, delivery: str = "", not_before: float = 0.0
    ) -> bool:
        self.enqueued += [(job.kind, not_before) for job in jobs]
        return True


def measured(*, rev: str = TIP.sha, text: str = CONFIG, age: float = 3600.0) -> MemoryCensuses:
    return MemoryCensuses(Measured(replace(NOTHING_COUNTED, rev=rev), text, NOW - age))


async def test_first_census_is_kept_and_pull_requests_are_reviewed_again() -> None:
    world = World()
    await world.make_true()
    assert world.censuses.measured == Measured(replace(NOTHING_COUNTED, rev=TIP.sha), CONFIG, NOW)
    assert world.enqueued == [(JobKind.BRANCH, 0.0)]


async def test_next_commit_is_measured_and_nobody_is_reviewed_again() -> None:
    world = World(censuses=measured(rev="b" * 40))
    await world.make_true()
    assert world.taken == [TIP.sha]
    assert world.enqueued == []


async def test_same_commit_is_not_measured_twice() -> None:
    world = World(censuses=measured())
    await world.make_true()
    assert world.taken == []


async def test_same_commit_is_measured_by_another_config() -> None:
    world = World(censuses=measured(text="version: 1\n"))
    await world.make_true()
    assert world.taken == [TIP.sha]


async def test_commit_that_follows_within_a_minute_waits() -> None:
    world = World(censuses=measured(rev="b" * 40, age=20.0))
    await world.make_true()
    assert world.taken == []
    assert world.enqueued == [(JobKind.CENSUS, NOW - 20.0 + INTERVAL_SECONDS)]


async def test_clock_that_was_set_back_keeps_no_commit_waiting() -> None:
    world = World(censuses=measured(rev="b" * 40, age=-86_400.0))
    await world.make_true()
    assert world.taken == [TIP.sha]


@pytest.mark.parametrize(
    "tip",
    [
        None,
        replace(TIP, config=NO_CONFIG),
        replace(TIP, config=ConfigFile(ConfigSource.BASE, "version: 2")),
        replace(TIP, config=ConfigFile(ConfigSource.BASE, "version: 1\n")),
    ],
    ids=["no commit", "no config", "invalid config", "no concept"],
)
async def test_nothing_is_measured_where_nothing_needs_it(tip: Tip | None) -> None:
    world = World(tip)
    await world.make_true()
    assert world.taken == []
    assert world.enqueued == []
