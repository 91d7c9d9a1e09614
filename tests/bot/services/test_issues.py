"""An issue follows the last census."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.domain.census_ports import Measured
from bot.domain.issue_ports import IssuePorts
from bot.services.issues import follow
from tests.bot.domain.examples import CONFIG
from tests.bot.services.memory import NOTHING_COUNTED, NOW, MemoryCensuses
from tests.bot.services.trackers import JOB, Tracker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.jobs import Job, Place

FOLLOWING = f'{CONFIG}    definitions: {{classes: ["*Engine"]}}\n    issues: [5]\n'
ITEM = "- [ ] one <!-- ssot: definitions(engine) == 0 -->\n"
# Links that are broken over two lines: GitHub takes so many characters, and each item is rendered.
SLOW = "- [ ] [a\n  b](c) <!-- ssot: definitions(engine) == 0 -->\n" * 800


@dataclass
class World:
    """One issue, one census, and what is done about it."""

    tracker: Tracker
    config: str = FOLLOWING
    now: float = NOW
    enqueued: list[float] = field(default_factory=list)

    async def follow(self) -> None:
        measured = Measured(NOTHING_COUNTED, self.config, self.now)
        ports = IssuePorts(
            issues=self.tracker,
            censuses=MemoryCensuses(measured),
            access=self,
            queue=self,
            clock=lambda: self.now,
            server_url="https://github.com",
        )
        await follow(JOB, ports)

    async def may_write(self, place: Place, login: str) -> bool:
        return login == "ada"

    async def enqueue(
        self, jobs: Sequence[Job], *, delivery: str = "", not_before: float = 0.0
    ) -> bool:
        self.enqueued += [not_before for _ in jobs]
        return True


async def test_checklist_that_takes_long_to_read_holds_up_nobody_else() -> None:
    world = World(Tracker(SLOW))
    following = asyncio.create_task(world.follow())
    turns = 0
    while not following.done():
        turns += 1
        await asyncio.sleep(0)
    await following
    assert "[x]" in world.tracker.body
    assert turns > 100
