"""The past of a branch, counted by the engine out of a mirror: one day after the other."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.domain.census_ports import Tip
from bot.domain.jobs import RepositoryRef
from bot.domain.meter import UNMEASURED
from bot.domain.pull import ConfigFile, ConfigSource
from bot.git.leash import in_thread
from bot.measurement import Measurer
from bot.pool import AnalysisPool
from checks.config import parse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path
    from typing import TypeVar

    from bot.domain.jobs import Place
    from bot.domain.points import Point
    from bot.git.mirror import Mirror
    from tests.bot.git.conftest import Author

    Result = TypeVar("Result")

POLICY = """\
version: 1
concepts:
  engine:
    canonical: ["shop.engine:Engine"]
    deprecated: {shop.legacy: {use: shop.engine}}
"""
LEGACY = "import shop.legacy\n"


@dataclass
class Branch:
    """A branch whose past is counted; `counted` lists day and findings, `most` ends it early."""

    mirror: Mirror
    folder: Path
    tip: Tip
    pool: AnalysisPool
    most: int = 100
    counted: list[tuple[int, int]] = field(default_factory=list)
    on_day: Callable[[], None] = lambda: None

    async def fetch(self, place: Place, work: Callable[[Mirror, str], Result]) -> Result:
        return await in_thread(work, self.mirror, "")

    async def count(self) -> None:
        measurer = Measurer(
            self,  # type: ignore[arg-type]
            self.pool,
            self.folder / "facts",
            clock=time.time,
            meter=UNMEASURED,
        )
        days = await measurer.days(self.tip, before=date(2025, 9, 9))
        await measurer.count(self.tip, days, parse(POLICY), keep=self.keep)

    async def keep(self, point: Point) -> bool:
        self.counted.append((point.day.day, point.total))
        self.on_day()
        return len(self.counted) < self.most


@pytest.fixture
async def branch(author: Author, mirror: Mirror, folder: Path) -> AsyncIterator[Branch]:
    """A branch with one import less each day, from the 1st to the 8th."""
    for number in range(1, 9):
        author.write(f"m{number}.py", LEGACY)
    for day in range(1, 9):
        author.write(f"m{day}.py", f"day = {day}\n")
        author.git("add", "--all")
        when = f"2025-09-{day:02}T10:00:00Z"
        author.git("commit", "--quiet", "--message", "x", GIT_COMMITTER_DATE=when)
    sha = author.git("rev-parse", "HEAD")
    config = ConfigFile(ConfigSource.BASE, POLICY)
    tip = Tip(7, RepositoryRef(42, "acme", "shop"), "main", sha, config)
    pool = AnalysisPool(workers=1)
    yield Branch(mirror, folder, tip, pool)
    await pool.close()


async def test_days_are_counted_from_the_newest_to_the_oldest(branch: Branch) -> None:
    await branch.count()
    assert branch.counted == [(day, 8 - day) for day in range(8, 0, -1)]


async def test_count_ends_as_soon_as_it_is_told_to(branch: Branch) -> None:
    branch.most = 3
    await branch.count()
    assert branch.counted == [(8, 0), (7, 1), (6, 2)]


async def test_mirror_that_breaks_in_between_is_made_anew_and_no_day_counted_twice(
    branch: Branch,
) -> None:
    def damage() -> None:
        if len(branch.counted) == 3:
            for objects in branch.folder.glob("*.0.git/objects"):
                shutil.rmtree(objects)
                (objects / "pack").mkdir(parents=True)

    branch.on_day = damage
    await branch.count()
    assert branch.counted == [(day, 8 - day) for day in range(8, 0, -1)]
