"""The end of a service: soon, without an error, nothing lost."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession

from bot.app import running
from bot.sandbox.github.people import Opening
from bot.sandbox.github.server import LocalGitHub
from bot.sandbox.run import service_environment, until_idle
from bot.settings import from_environment
from bot.world import AT_ONCE
from tests.e2e.world import FILES, PATIENCE_SECONDS, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.sandbox.github.front import RequestRecord

# What a platform waits between SIGTERM and SIGKILL is half a minute at most; ours has to be less.
END_SECONDS = 20.0
IMPORT = "from shop.legacy.engine import OldEngine\n"
HALF_A_DELIVERY = (
    b"POST /webhook HTTP/1.1\r\nHost: x\r\nX-GitHub-Event: push\r\nX-GitHub-Delivery: d1\r\n"
    b"X-Hub-Signature-256: sha256=00\r\nContent-Type: application/json\r\n"
    b"Content-Length: 100\r\n\r\n{"
)


@asynccontextmanager
async def _half_a_delivery(url: str) -> AsyncIterator[None]:
    place = urlsplit(url)
    _, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(HALF_A_DELIVERY)
    await writer.drain()
    async with ClientSession() as session, session.get(f"{url}/healthz") as answer:
        assert answer.status == 200  # what was sent before has arrived
    try:
        yield
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def test_service_does_not_wait_for_the_rest_of_a_delivery(tmp_path: Path) -> None:
    async with LocalGitHub(tmp_path / "github") as github:
        github.create_repository("acme/shop", FILES)
        settings = from_environment(service_environment(github, tmp_path / "data"))
        async with AsyncExitStack() as stack:
            async with running(settings, pace=replace(AT_ONCE, grace_seconds=0.1)) as service:
                await stack.enter_async_context(_half_a_delivery(service.url))
                stopping = time.monotonic()
            assert time.monotonic() - stopping < 5.0


@pytest.mark.parametrize("queue", ["sqlite", "postgres"])
async def test_review_that_the_end_cut_short_is_done_once_by_the_next_service(
    tmp_path: Path, queue: str, request: pytest.FixtureRequest
) -> None:
    async with LocalGitHub(tmp_path / "github") as github:
        shop = github.create_repository("acme/shop", FILES)
        environment = dict(service_environment(github, tmp_path / "data"))
        if queue == "postgres":
            environment["DATABASE_URL"] = request.getfixturevalue("database_url")
        settings = from_environment(environment)
        begun, silence = asyncio.Event(), asyncio.Event()

        async def fall_silent(_: RequestRecord) -> None:
            if github.state.check_runs:
                begun.set()
                await silence.wait()

        github.people.commit(shop, "change", {"shop/plans.py": IMPORT})
        github.front.before_response = fall_silent
        async with running(settings, pace=replace(AT_ONCE, grace_seconds=0.2)) as service:
            github.webhooks.url = f"{service.url}/webhook"
            await github.people.open_pull(shop, Opening("change"))
            await begun.wait()
            stopping = time.monotonic()
        assert time.monotonic() - stopping < 5.0
        silence.set()
        async with running(settings, pace=AT_ONCE) as service:
            github.webhooks.url = f"{service.url}/webhook"
            assert service.store is not None
            assert (await service.store.counts())["failed"] == 0
            await until(lambda: any(r.conclusion for r in github.state.check_runs.values()))
            await until_idle(service.store)
        runs = list(github.state.check_runs.values())
        assert [run.conclusion for run in runs] == ["failure"]
        assert len(github.state.review_comments) == 1


async def test_process_ends_well_soon_after_sigterm(tmp_path: Path) -> None:
    async with LocalGitHub(tmp_path / "github") as github:
        github.create_repository("acme/shop", FILES)
        environment = {
            **os.environ,
            **service_environment(github, tmp_path / "data"),
            "PORT": "0",
            "LOG_FORMAT": "json",
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "serve"), env=environment, stderr=asyncio.subprocess.PIPE
        )
        assert process.stderr is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            event: dict[str, str] = {}
            while event.get("event") != "service.started":
                event = json.loads(await process.stderr.readline())
            async with _half_a_delivery(event["url"]):
                process.send_signal(signal.SIGTERM)
                stopping = time.monotonic()
                complaints = await process.stderr.read()
                assert await process.wait() == 0, complaints
        assert time.monotonic() - stopping < END_SECONDS
        assert b"Traceback" not in complaints
