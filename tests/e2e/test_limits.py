"""GitHub says when to come back: nobody asks before, nobody else waits, everybody can see it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession

from bot.domain.jobs import Job, JobKind, RepositoryRef
from bot.sandbox.github.faults import (
    LIMITED_QUERY,
    Fault,
    graphql_limit,
    primary_limit,
    secondary_limit,
)
from bot.sandbox.github.people import Opening
from tests.bot.cli.queue import choose_folder, ssot
from tests.bot.web.scrape import samples
from tests.e2e.world import FILES, World, until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.sandbox.github.front import RequestRecord

IMPORT = "from shop.legacy.engine import OldEngine\n"
# Without a time, GitHub's documentation asks for a minute.
# https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
MINUTE = 60.0
# Time passes by itself too.
MARGIN_SECONDS = 40.0


@dataclass(frozen=True)
class Limit:
    """How GitHub says that it was asked too often, and for how long it wants to be left alone."""

    name: str
    fault: Callable[[float], Fault]
    seconds: float
    path: str = "*"


LIMITS = (
    Limit("secondary, 403, Retry-After", lambda _: secondary_limit(403, 600), 600),
    Limit("secondary, 429, Retry-After", lambda _: secondary_limit(429, 600), 600),
    Limit("secondary, 403, no time", lambda _: secondary_limit(403), MINUTE),
    Limit("secondary, 429, no time", lambda _: secondary_limit(429), MINUTE),
    Limit("primary, 403, reset", lambda now: primary_limit(int(now + 900)), 900),
    Limit("primary, 429, reset", lambda now: primary_limit(int(now + 900), 429), 900),
    Limit("GraphQL, 200, reset", lambda now: graphql_limit(int(now + 900)), 900, "*graphql"),
    Limit("GraphQL, 200, no time", lambda _: LIMITED_QUERY, MINUTE, "*graphql"),
)


@dataclass
class Two:
    """Two installations of one service, the first of which is limited."""

    shop: World
    other: World

    def asked(self) -> list[RequestRecord]:
        """List the requests of the first one."""
        (installation,) = (
            one
            for one in self.shop.github.state.installations.values()
            if self.shop.repository.id in one.repository_ids
        )
        log = self.shop.github.requests
        return [record for record in log if record.installation_id == installation.id]

    async def open(self, world: World, branch: str) -> None:
        """Open a pull request, and wait for nothing."""
        people = world.github.people
        people.commit(world.repository, branch, {f"shop/{branch}.py": IMPORT})
        await people.open_pull(world.repository, Opening(branch))

    def verdicts(self, world: World) -> list[str | None]:
        """List the conclusions of the runs in one of the two."""
        return [run.conclusion for run in world.runs() if run.repository_id == world.repository.id]

    async def pass_(self, seconds: float) -> None:
        """Let time pass, and the queue have looked at its clock since."""
        store = self.shop.service.store
        assert store is not None
        done = (await store.counts())["done"]
        self.shop.clock.ahead_seconds += seconds
        await store.enqueue([Job(JobKind.PURGE, 0, RepositoryRef(0, "", ""), 0)])
        while (await store.counts())["done"] == done:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.fixture
async def two(shop: World) -> Two:
    repository = shop.github.create_repository("umbrella/core", FILES)
    return Two(shop, World(shop.github, shop.service, repository, shop.clock))


async def _scrape(world: World) -> dict[str, float]:
    url = f"{world.service.url}/metrics"
    async with ClientSession() as session, session.get(url) as answer:
        return samples(await answer.text())


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
async def test_limited_installation_waits_alone_and_until_its_time(
    two: Two,
    limit: Limit,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    github = two.shop.github
    github.script(limit.fault(time.time()), path=limit.path)
    before = len(two.asked())
    await two.open(two.shop, "change")
    await until(lambda: len(two.asked()) > before)
    asked = len(two.asked())
    await two.open(two.shop, "more")  # the queue is told of something else to do there
    await two.open(two.other, "change")
    await until(lambda: two.verdicts(two.other) == ["failure"])

    choose_folder(monkeypatch, tmp_path / "data")
    assert await ssot("jobs") == 0
    listed = capsys.readouterr().out
    assert "not before 20" in listed
    assert "rate limit" in listed
    told = await _scrape(two.shop)
    assert told["ssot_job_seconds_count review/held"] == 1
    assert told[f"ssot_api_request_seconds_count {limit.fault(0).status}"] >= 1

    await two.pass_(limit.seconds - MARGIN_SECONDS)
    assert len(two.asked()) == asked
    await two.pass_(MARGIN_SECONDS + 1)
    await two.shop.settle()
    assert two.verdicts(two.shop) == ["failure", "failure"]


async def test_jobs_of_an_installation_that_run_already_stop_asking_too(two: Two) -> None:
    held = two.shop.github.webhooks.hold()
    for branch in ("one", "other", "third"):
        await two.open(two.shop, branch)
    limited = asyncio.Event()

    async def limit(record: RequestRecord) -> None:
        if record.path.endswith("/check-runs") and not limited.is_set():
            limited.set()
            two.shop.github.script(secondary_limit(403, 600), times=10**6)

    two.shop.github.front.after_write = limit
    await two.shop.github.webhooks.release(held)
    await limited.wait()
    store = two.shop.service.store
    assert store is not None
    while (await store.counts())["running"]:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    # Each of the three may have been about to ask when the first one was told.
    refused = [record for record in two.asked() if record.status == 403]
    assert 1 <= len(refused) <= 3
    await two.pass_(600 - MARGIN_SECONDS)
    assert [record for record in two.asked() if record.status == 403] == refused
    two.shop.github.front.scripts.clear()
    await two.pass_(MARGIN_SECONDS + 1)
    await two.shop.settle()
    assert two.verdicts(two.shop) == ["failure"] * 3
