"""What Prometheus is told, over real HTTP."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from aiohttp import web

from bot import handlers
from bot.domain.errors import GoneError, NotBeforeError, SupersededError
from bot.domain.jobs import JobKind
from bot.domain.retry import RetryPolicy, RunLimits
from bot.store.sqlite import SqliteStore
from bot.web.metrics import QUOTA_SECONDS, Metrics, add_route
from bot.webhook import Health, Webhook, add_routes
from bot.worker import Worker
from tests.bot.jobs import review
from tests.bot.store.recorder import Recorder
from tests.bot.test_webhook import OPENED, SECRET, post
from tests.bot.web.scrape import samples

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from aiohttp.test_utils import TestClient
    from pytest_aiohttp.plugin import AiohttpClient

    Client = TestClient[web.Request, web.Application]

NOW = 1_800_000_000.0
ONCE = RunLimits(retry=RetryPolicy(attempts=1))


class Clock:
    """Unix time that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "queue.sqlite", clock=clock, limits=ONCE)
    yield store
    await store.close()


@pytest.fixture
def metrics(clock: Clock) -> Metrics:
    return Metrics(clock=clock)


@pytest_asyncio.fixture
async def client(store: SqliteStore, metrics: Metrics, aiohttp_client: AiohttpClient) -> Client:
    app = web.Application()
    webhook = Webhook(secret=SECRET, handlers=handlers.discover(), store=store, meter=metrics)
    health = Health(store, lambda: True)
    add_routes(app, webhook=webhook, health=health)
    add_route(app, metrics=metrics, health=health)
    return await aiohttp_client(app)


async def scrape(client: Client) -> dict[str, float]:
    response = await client.get("/metrics")
    assert response.status == 200
    assert response.headers["Content-Type"].startswith("text/plain; version=")
    return samples(await response.text())


async def test_deliveries_are_counted_by_event_and_outcome(client: Client) -> None:
    for _ in range(2):
        await post(client, OPENED)
    await post(client, b"{", X_GitHub_Event="push")
    await post(client, OPENED, X_GitHub_Event="push", X_Hub_Signature_256=None)
    told = await scrape(client)

    assert told["ssot_deliveries_total pull_request/stored"] == 1
    assert told["ssot_deliveries_total pull_request/known"] == 1
    assert told["ssot_deliveries_total push/refused"] == 2


async def test_event_that_a_stranger_named_is_no_label(client: Client) -> None:
    await post(client, OPENED, X_GitHub_Event="acme_engine")
    await post(client, OPENED, X_GitHub_Event="x" * 65)
    told = await scrape(client)

    assert {name for name in told if name.startswith("ssot_deliveries")} == {
        "ssot_deliveries_total other/nothing_to_do",
        "ssot_deliveries_total other/refused",
    }


async def test_delivery_that_could_not_be_stored_is_counted(
    client: Client, store: SqliteStore
) -> None:
    await store.close()
    await post(client, OPENED)

    assert (await scrape(client))["ssot_deliveries_total pull_request/not_stored"] == 1


async def test_queue_is_told_by_state_with_the_age_of_the_oldest(
    client: Client, store: SqliteStore, clock: Clock
) -> None:
    await store.enqueue([review(1), review(2)])
    clock.now += 90
    told = await scrape(client)

    assert told["ssot_queue_jobs waiting"] == 2
    assert told["ssot_queue_jobs failed"] == 0
    assert told["ssot_queue_oldest_waiting_seconds "] == 90
    assert told["ssot_ready "] == 1


async def test_store_that_fails_leaves_no_old_numbers(client: Client, store: SqliteStore) -> None:
    await store.enqueue([review(1)])
    await scrape(client)
    await store.close()
    told = await scrape(client)

    assert told["ssot_ready "] == 0
    assert not [name for name in told if name.startswith("ssot_queue")]


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (None, "done"),
        (GoneError("suspended"), "dropped"),
        (SupersededError("b" * 40), "superseded"),
        (NotBeforeError(NOW - 1, "later"), "held"),
        (ValueError("a bug"), "failed"),
        (TimeoutError("slow"), "failed"),
        (asyncio.CancelledError(), "stopped"),
    ],
)
async def test_runs_of_jobs_are_timed_by_kind_and_how_they_ended(
    client: Client, store: SqliteStore, metrics: Metrics, *, error: BaseException, outcome: str
) -> None:
    service = Recorder(*[error] if error else [])
    worker = Worker(store, dict.fromkeys(JobKind, service), meter=metrics)
    await store.enqueue([review(1)])
    run = asyncio.create_task(worker.run())
    await service.has_started(1)
    await store.stop(grace_seconds=10)
    await run
    told = await scrape(client)

    assert told[f"ssot_job_seconds_count review/{outcome}"] == 1
    assert 0 <= told[f"ssot_job_seconds_sum review/{outcome}"] < 10


async def test_quota_is_told_until_its_hour_is_over(
    client: Client, metrics: Metrics, clock: Clock
) -> None:
    metrics.quota(7, "core", remaining=4_999)
    metrics.quota(7, "core", remaining=4_998)
    metrics.quota(8, "graphql", remaining=12)
    told = await scrape(client)
    assert told["ssot_api_quota_remaining 7/core"] == 4_998
    assert told["ssot_api_quota_remaining 8/graphql"] == 12

    clock.now += QUOTA_SECONDS + 1
    assert not [name for name in await scrape(client) if name.startswith("ssot_api_quota")]


async def test_two_services_in_one_process_count_apart(client: Client) -> None:
    Metrics().finding("forbidden-import")

    assert "ssot_findings_total forbidden-import" not in await scrape(client)


async def test_unconfigured_service_is_told_as_not_ready(aiohttp_client: AiohttpClient) -> None:
    app = web.Application()
    add_route(app, metrics=Metrics(), health=None)
    client: Client = await aiohttp_client(app)

    assert (await scrape(client))["ssot_ready "] == 0
