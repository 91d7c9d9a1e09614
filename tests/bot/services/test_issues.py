"""An issue follows the last census."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.domain.census_ports import Measured
from bot.domain.errors import TransientError
from bot.domain.history_ports import History
from bot.domain.issue import BodyEdit
from bot.domain.issue_ports import IssuePorts
from bot.domain.jobs import Job, JobKind
from bot.services.issues import follow
from tests.bot.domain.examples import CONFIG
from tests.bot.services.memory import NOTHING_COUNTED, NOW, MemoryCensuses, MemoryHistories
from tests.bot.services.tracker import SHOP, Tracker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.jobs import Place

JOB = Job(JobKind.ISSUE, 7, SHOP, 5)
FOLLOWING = f'{CONFIG}    definitions: {{classes: ["*Engine"]}}\n    issues: [5]\n'
ITEM = "- [ ] one <!-- ssot: definitions(engine) == 0 -->\n"
# Links that are broken over two lines: GitHub takes so many characters, and each item is rendered.
SLOW = "- [ ] [a\n  b](c) <!-- ssot: definitions(engine) == 0 -->\n" * 800
BLOCK = "<!-- ssot:progress -->\n<!-- /ssot:progress -->\n"
# The read, the read again, the write, the history, and what follows of a second pass.
PLACES = 6
NO_PAST = History((), date(2999, 1, 1), NOW, is_whole=True)


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
            histories=MemoryHistories(by=self.config, history=NO_PAST),
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


@pytest.mark.parametrize("dies_at", range(PLACES))
@pytest.mark.parametrize("place", range(PLACES))
async def test_edit_survives_a_job_that_dies_anywhere(place: int, dies_at: int) -> None:
    world = World(Tracker(ITEM, writes={place: "- [ ] from ada"}, dies_at=dies_at))
    while world.tracker.requests <= max(place, dies_at) + 4:  # as retries and deliveries have it
        with suppress(TransientError):
            await world.follow()
    assert world.tracker.body.startswith("- [ ] from ada\n- [x] one <!--")
    assert world.tracker.said == []


async def test_box_that_a_person_ticked_survives_a_job_that_dies() -> None:
    world = World(Tracker(f"{ITEM}- [ ] two\n", ticks=2, dies_at=3))
    with pytest.raises(TransientError):
        await world.follow()
    assert world.tracker.body.endswith("- [ ] two\n")
    await world.follow()
    assert world.tracker.body.startswith("- [x] one <!--")
    assert world.tracker.body.endswith("- [x] two\n")


async def test_edit_of_a_person_that_another_bot_undid_stays_undone() -> None:
    world = World(Tracker(ITEM))
    world.tracker.person("Words")
    await world.follow()
    world.tracker.history.append(BodyEdit("e9", "", "Rewritten by another bot.\n"))
    world.tracker.body = "Rewritten by another bot.\n"
    await world.follow()
    assert world.tracker.body == "Rewritten by another bot.\n"


async def test_copied_evidence_that_was_replaced_is_not_spoken_of() -> None:
    world = World(Tracker(ITEM.replace("== 0 ", "== 0 @aaaaaaaaaaaa/#9 ")))
    await world.follow()
    assert "@cccccccccccc/#5" in world.tracker.body
    assert "copied" not in "".join(world.tracker.commented)
    await world.follow()
    assert len(world.tracker.commented) == 1


async def test_progress_that_a_person_falsified_is_written_again() -> None:
    world = World(Tracker(ITEM))
    await world.follow()
    (said,) = world.tracker.commented
    world.tracker.commented.append(said.replace("| 0 → 0 |", "| 9 → 0 |"))
    await world.follow()
    assert world.enqueued == [NOW + 600.0]
    world.now += 601.0
    await world.follow()
    assert "| 0 → 0 |" in world.tracker.commented[-1]
    await world.follow()
    assert len(world.tracker.commented) == 3


@pytest.mark.parametrize("year", ["2999", "9999"])
async def test_progress_that_was_written_in_the_future_is_written_now(year: str) -> None:
    world = World(Tracker(ITEM))
    await world.follow()
    (said,) = world.tracker.commented
    forged = re.sub(r'"at":"....-..-..', f'"at":"{year}-12-31', said)
    world.tracker.commented.append(forged.replace("| 0 → 0 |", "| 9 → 0 |"))
    await world.follow()
    assert "| 0 → 0 |" in world.tracker.commented[-1]
    assert year not in world.tracker.commented[-1]


async def test_progress_that_finds_no_room_in_the_description_stands_in_a_comment() -> None:
    long = f"{ITEM}\n{BLOCK}{'x' * 65_300}\n"
    world = World(Tracker(long))
    await world.follow()
    assert "[x] one" in world.tracker.body
    assert BLOCK in world.tracker.body
    (said,) = world.tracker.commented
    assert "no longer fits into the description" in said
    await world.follow()
    assert world.tracker.commented == [said]


async def test_progress_moves_into_a_block_with_its_points() -> None:
    world = World(Tracker(ITEM))
    await world.follow()
    (said,) = world.tracker.commented
    world.tracker.person(f"{BLOCK}\n")
    await world.follow()
    assert said.removeprefix("<!-- ssot:progress -->").strip() in world.tracker.body
    assert world.tracker.commented[1:] == [
        "<!-- ssot:progress -->\nThe progress is in the description of this issue now.\n"
    ]
    await world.follow()
    assert len(world.tracker.commented) == 2
