"""The days before a tracked issue are drawn out of git's history, once, and survive every loss."""

from __future__ import annotations

import logging
import shutil
import time
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from bot.app import running
from bot.domain.context import known
from bot.domain.jobs import JobKind
from bot.domain.points import read_record
from bot.sandbox.github.committing import Change
from bot.sandbox.run import service_environment
from bot.settings import from_environment
from bot.world import AT_ONCE
from tests.e2e.world import FILES, POLICY, World, until, world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping
    from pathlib import Path

    from pytest import LogCaptureFixture

    from bot.sandbox.github.records import Issue

    Files = Mapping[str, str | bytes | None]

LEGACY = "from shop.legacy.engine import OldEngine\n"
BODY = "Text\n<!-- ssot:progress -->\n<!-- /ssot:progress -->\n"
CONFIG = f"{POLICY}    issues: [1]\n"
# The old engine itself: a second definition, and no redirect.
STANDING = 2
DAY_SECONDS = 24 * 3600


# So many days ago, what was pushed.
PAST: tuple[tuple[int, Files], ...] = (
    (6, {**FILES, "shop/a.py": LEGACY, "shop/b.py": LEGACY, "shop/c.py": LEGACY}),
    (4, {"shop/d.py": LEGACY}),
    (4, {"shop/c.py": None, "shop/d.py": None}),
    (1, {"shop/b.py": None, ".github/ssot.yml": CONFIG}),
)


def write_past(shop: World) -> None:
    """Put commits of other days in the place of the default branch, and tell nobody."""
    git = shop.github.state.git(shop.repository.id)
    parent = None
    for days, files in PAST:
        change = Change("Work", int(time.time()) - days * DAY_SECONDS, parent)
        parent = git.commit("refs/heads/main", files, change)


async def push(shop: World, files: Files) -> None:
    await shop.github.people.push(shop.repository, "main", files)
    await shop.settle()


async def track(shop: World) -> Issue:
    issue = await shop.github.trackers.open(shop.repository, "Migrate", BODY)
    await shop.settle()
    return issue


def text(shop: World) -> str:
    return shop.github.state.issues[shop.repository.id, 1].body or ""


def totals(shop: World) -> list[int]:
    """Give the points of the burn-down, less what stands in the old engine itself."""
    record = read_record(text(shop))
    assert record is not None
    return [point.total - STANDING for point in record.points]


@asynccontextmanager
async def migration(folder: Path) -> AsyncIterator[World]:
    async with world(folder, FILES) as shop:
        write_past(shop)
        yield shop


@asynccontextmanager
async def again(folder: Path, shop: World) -> AsyncIterator[World]:
    """Start the service anew, with whatever is left in its folder."""
    async with shop.github:
        settings = from_environment(service_environment(shop.github, folder / "data"))
        async with running(settings, pace=AT_ONCE) as service:
            shop.github.webhooks.url = f"{service.url}/webhook"
            made = World(shop.github, service, shop.repository)
            await made.first_round()
            yield made


@contextmanager
def counting(caplog: LogCaptureFixture) -> Iterator[Callable[[], int]]:
    """Yield what tells how often the past was looked into."""
    kinds: list[object] = []

    def note(record: logging.LogRecord) -> bool:
        if record.getMessage() == "job.started":
            kinds.append(known()["kind"])
        return True

    worker = logging.getLogger("bot.worker")
    worker.addFilter(note)
    try:
        with caplog.at_level("INFO", "bot.worker"):
            yield lambda: kinds.count(JobKind.HISTORY)
    finally:
        worker.removeFilter(note)


def block_history(data: Path, shop: World) -> None:
    """Let no job bring the history of the branch: a folder lies in the place of its lock."""
    (data / "mirrors" / str(shop.repository.id) / "commits.lock").mkdir(parents=True)


def has_totals(shop: World, wanted: list[int]) -> bool:
    return read_record(text(shop)) is not None and totals(shop) == wanted


async def test_first_merge_shows_the_burn_down_of_the_days_before(tmp_path: Path) -> None:
    async with migration(tmp_path) as shop:
        await track(shop)
        pull = await shop.open({"shop/a.py": None}, body="Part of #1")
        await shop.github.people.merge(pull)
        await shop.settle()
        assert totals(shop) == [3, 2, 1, 0]
        assert f"| `engine` | {3 + STANDING} → {STANDING} | 2 |" in text(shop)
        assert f"line [{3 + STANDING}, {2 + STANDING}, {1 + STANDING}, {STANDING}]" in text(shop)


async def test_past_is_counted_once(tmp_path: Path, caplog: LogCaptureFixture) -> None:
    async with migration(tmp_path) as shop:
        with counting(caplog) as runs:
            await track(shop)
            assert totals(shop) == [3, 2, 1, 1]
            written = shop.writes()
            await push(shop, {"shop/note.py": "x = 1\n"})
            await shop.make_round()
            assert shop.writes() == written
        assert runs() == 1


async def test_repository_that_began_today_is_looked_into_once(
    tmp_path: Path, caplog: LogCaptureFixture
) -> None:
    files = {**FILES, ".github/ssot.yml": CONFIG, "shop/a.py": LEGACY}
    async with world(tmp_path, files) as shop:
        with counting(caplog) as runs:
            await track(shop)
            await push(shop, {"shop/a.py": None})
            await shop.make_round()
        assert totals(shop) == [0]
        assert runs() == 1


async def test_past_that_cannot_be_counted_disturbs_nothing_and_survives_every_loss(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    async with migration(tmp_path) as shop:
        block_history(data, shop)
        await shop.github.trackers.open(shop.repository, "Migrate", BODY)
        await until(lambda: has_totals(shop, [1]))
        await shop.github.people.push(shop.repository, "main", {"shop/a.py": None})
        await until(lambda: has_totals(shop, [0]))
    shutil.rmtree(data)
    async with again(tmp_path, shop) as restarted:
        assert totals(restarted) == [3, 2, 1, 0]


async def test_past_that_was_written_is_not_counted_again_after_every_loss(
    tmp_path: Path, caplog: LogCaptureFixture
) -> None:
    async with migration(tmp_path) as shop:
        await track(shop)
    shutil.rmtree(tmp_path / "data")
    with counting(caplog) as runs:
        async with again(tmp_path, shop) as restarted:
            await push(restarted, {"shop/a.py": None})
            assert totals(restarted) == [3, 2, 1, 0]
    assert runs() == 0


async def test_block_that_people_destroyed_has_its_past_again(tmp_path: Path) -> None:
    async with migration(tmp_path) as shop:
        issue = await track(shop)
        await shop.github.trackers.edit(issue, BODY)
        await shop.settle()
        assert totals(shop) == [3, 2, 1, 1]
