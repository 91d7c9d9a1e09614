"""When a tracked issue asks for the days before its progress, and what it does with them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.census_ports import Measured
from bot.domain.checklist import PROGRESS_MARK
from bot.domain.history_ports import PATIENCE_SECONDS, History
from bot.domain.issue import Issue
from bot.domain.issue_ports import IssuePorts
from bot.domain.jobs import Job, JobKind, RepositoryRef
from bot.domain.points import Point, read_record
from bot.services.issues import follow
from checks.stages import Stage
from tests.bot.domain.examples import CONFIG
from tests.bot.services.memory import NOTHING_COUNTED, NOW, MemoryCensuses, MemoryHistories

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.checklist import Reference, ReferenceState
    from bot.domain.issue import BodyEdit

SHOP = RepositoryRef(42, "acme", "shop")
JOB = Job(JobKind.ISSUE, 7, SHOP, 5)
TRACKED = f"{CONFIG}    issues: [5]\n    deprecated: {{shop.old: {{use: shop.engine}}}}\n"
MARKS = f"{PROGRESS_MARK}\n<!-- /ssot:progress -->\n"
TODAY = datetime.fromtimestamp(NOW, UTC).date()
OLD = Point(TODAY - timedelta(days=3), "b" * 12, {"engine": 9})
WHOLE = History((OLD,), TODAY, NOW, is_whole=True)
NO_PAST = replace(WHOLE, points=())


@dataclass
class World:
    """One issue that nobody else edits; `asked` lists the jobs that it asked for."""

    body: str = MARKS
    comment_body: str = ""
    is_open: bool = True
    histories: MemoryHistories = field(default_factory=lambda: MemoryHistories(by=TRACKED))
    now: float = NOW
    progress_seconds: float = 0.0
    stage: Stage = Stage.WARNS
    writes: int = 0
    asked: list[JobKind] = field(default_factory=list)

    async def make_true(self) -> None:
        self.asked.clear()
        census = replace(NOTHING_COUNTED, stages={"shop.old": self.stage})
        ports = IssuePorts(
            issues=self,
            censuses=MemoryCensuses(Measured(census, TRACKED, NOW)),
            histories=self.histories,
            access=self,
            queue=self,
            clock=lambda: self.now,
            server_url="https://github.com",
            progress_seconds=self.progress_seconds,
        )
        await follow(JOB, ports)

    @property
    def days(self) -> list[int]:
        """Tell for how many days ago the block has a point."""
        record = read_record(self.body) or read_record(self.comment_body)
        assert record is not None
        return [(TODAY - point.day).days for point in record.points]

    async def read(self, job: Job) -> Issue:
        return Issue(
            7,
            SHOP,
            job.number,
            self.body,
            is_open=self.is_open,
            progress_id=int(bool(self.comment_body)),
            progress=self.comment_body,
        )

    async def edits(self, issue: Issue) -> Sequence[BodyEdit]:
        return ()

    async def write(self, issue: Issue, body: str) -> str:
        self.writes += 1
        self.body = body
        return body

    async def comment(self, issue: Issue, body: str) -> None:
        self.writes += 1
        self.comment_body = body

    async def say(self, issue: Issue, body: str) -> None:
        raise NotImplementedError

    async def states(
        self, issue: Issue, references: Sequence[Reference]
    ) -> Mapping[Reference, ReferenceState]:
        return {}

    async def may_write(self, place: object, login: str) -> bool:
        raise NotImplementedError

    async def enqueue(
        self, jobs: Sequence[Job], *, delivery: str = "", not_before: float = 0.0
    ) -> bool:
        self.asked += [job.kind for job in jobs]
        return True


@pytest.fixture(params=["block", "comment"])
def world(request: pytest.FixtureRequest) -> World:
    return World(MARKS if request.param == "block" else "text\n")


async def test_first_progress_is_written_at_once_and_the_past_asked_for(world: World) -> None:
    await world.make_true()
    assert world.days == [0]
    assert world.asked == [JobKind.HISTORY]


async def test_past_is_written_when_it_is_known_and_never_asked_for_again(world: World) -> None:
    await world.make_true()
    world.histories.history = WHOLE
    await world.make_true()
    assert (world.days, world.asked, world.writes) == ([3, 0], [], 2)
    world.histories.history = None
    await world.make_true()
    assert (world.days, world.asked, world.writes) == ([3, 0], [], 2)


async def test_past_is_written_no_sooner_than_other_news(world: World) -> None:
    world.progress_seconds = 600.0
    await world.make_true()
    world.histories.history = WHOLE
    await world.make_true()
    assert (world.days, world.asked) == ([0], [JobKind.ISSUE])
    world.now += 600.0
    await world.make_true()
    assert (world.days, world.asked) == ([3, 0], [])


async def test_known_past_is_written_with_the_first_progress(world: World) -> None:
    world.histories.history = WHOLE
    await world.make_true()
    assert (world.days, world.asked, world.writes) == ([3, 0], [], 1)


async def test_repository_without_a_past_is_asked_once_and_nothing_is_written(
    world: World,
) -> None:
    await world.make_true()
    world.histories.history = NO_PAST
    for days in (0, 1, 9):
        world.now = NOW + days * 24 * 3600.0
        await world.make_true()
        assert (world.days, world.asked, world.writes) == ([0], [], 1)


async def test_past_that_is_being_counted_is_not_asked_for(world: World) -> None:
    world.histories.history = replace(NO_PAST, is_whole=False)
    await world.make_true()
    assert (world.days, world.asked) == ([0], [])


async def test_past_that_somebody_gave_up_on_is_asked_for_again_a_day_later(
    world: World,
) -> None:
    world.histories.history = replace(NO_PAST, is_whole=False)
    world.now = NOW + PATIENCE_SECONDS
    await world.make_true()
    assert world.asked == [JobKind.HISTORY]


async def test_progress_that_people_destroyed_has_its_past_again() -> None:
    world = World()
    world.histories.history = WHOLE
    await world.make_true()
    world.body = MARKS
    await world.make_true()
    assert world.days == [3, 0]
    world.body, world.histories.history = MARKS, replace(WHOLE, made_on=OLD.day)
    await world.make_true()
    assert world.asked == [JobKind.HISTORY]


async def test_past_by_another_config_is_none(world: World) -> None:
    world.histories = MemoryHistories(WHOLE, by=CONFIG)
    await world.make_true()
    assert (world.days, world.asked) == ([0], [JobKind.HISTORY])


async def test_record_that_people_dated_ahead_asks_only_once() -> None:
    world = World()
    await world.make_true()
    world.body = world.body.replace(f'"day":"{TODAY}"', '"day":"2999-01-01"')
    await world.make_true()
    assert world.asked == [JobKind.HISTORY]
    world.histories.history = NO_PAST
    await world.make_true()
    assert world.asked == []


async def test_closed_issue_without_a_block_asks_for_nothing() -> None:
    world = World("text\n", is_open=False)
    await world.make_true()
    assert (world.asked, world.writes) == ([], 0)


async def test_past_stands_in_the_comment_where_the_body_has_no_room() -> None:
    world = World(f"{'x' * 65_400}\n{MARKS}")
    world.histories.history = WHOLE
    await world.make_true()
    assert (world.days, world.asked, world.writes) == ([3, 0], [], 1)
    assert world.comment_body.startswith(PROGRESS_MARK)


async def test_body_without_room_for_the_past_keeps_up_without_it() -> None:
    past = tuple(replace(OLD, day=OLD.day - timedelta(days=ago)) for ago in reversed(range(29)))
    world = World(f"{'x' * 64_000}\n{MARKS}")
    await world.make_true()
    world.histories.history = replace(WHOLE, points=past)
    world.now += 24 * 3600.0
    await world.make_true()
    assert (world.days, world.asked) == ([0], [])
    world.stage = Stage.REDIRECT
    await world.make_true()
    assert (world.days, world.asked) == ([0, -1], [])
