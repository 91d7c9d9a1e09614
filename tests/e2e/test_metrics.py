"""What a service measures while it reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import ClientSession

from bot.domain.meter import Kept
from tests.bot.web.scrape import samples

if TYPE_CHECKING:
    from tests.e2e.world import World

IMPORT = "from shop.legacy.engine import OldEngine\n"
QUOTA = 5000  # of the local GitHub, as of the real one


async def _scrape(shop: World) -> str:
    async with ClientSession() as session, session.get(f"{shop.service.url}/metrics") as answer:
        return await answer.text()


async def test_everything_that_a_review_does_is_measured(shop: World) -> None:
    await shop.open({"shop/plans.py": IMPORT})
    (installation,) = shop.github.state.installations
    told = samples(await _scrape(shop))

    assert told["ssot_deliveries_total pull_request/stored"] == 1
    assert told["ssot_job_seconds_count review/done"] >= 1
    assert told["ssot_queue_jobs waiting"] == 0
    assert told["ssot_queue_jobs done"] > 1
    assert told["ssot_findings_total forbidden-import"] >= 1
    assert told["ssot_api_request_seconds_count 200"] > 1
    assert told["ssot_stage_seconds_count capture"] == told["ssot_stage_seconds_count examine"] >= 1
    assert 0 < told[f"ssot_api_quota_remaining {installation}/core"] < QUOTA
    assert 0 < told[f"ssot_api_quota_remaining {installation}/graphql"] < QUOTA
    assert told["ssot_git_fetch_seconds_count done"] >= len(shop.github.git_requests) / 3 > 0
    assert told["ssot_cache_lookups_total tokens/hit"] > 0
    assert told["ssot_cache_lookups_total tokens/miss"] > 0
    # The first census knows no blob.
    assert told["ssot_cache_lookups_total sifted/miss"] > 0
    assert told["ssot_git_fetch_bytes_total done"] > 100
    assert told["ssot_ready "] == 1


async def test_disk_is_measured_in_each_round(shop: World) -> None:
    await shop.open({"shop/plans.py": f"{IMPORT}class PlanEngine: ...\n"})
    await shop.make_round()
    told = samples(await _scrape(shop))

    for kind in Kept:
        assert told[f"ssot_disk_bytes {kind}"] > 0
    assert told["ssot_disk_most_bytes "] > sum(told[f"ssot_disk_bytes {kind}"] for kind in Kept)


async def test_no_name_of_the_repository_is_told(shop: World) -> None:
    await shop.open({"shop/plans.py": IMPORT})
    told = await _scrape(shop)

    assert [word for word in ("acme", "shop", "plans", "engine") if word in told] == []
