"""What the operator's page says of a queue, and that a job runs again from it."""

from __future__ import annotations

import html
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest_asyncio

from bot.domain.errors import StoreError
from bot.domain.retry import RetryPolicy, RunLimits
from bot.store.desk import SqliteDesk
from bot.store.sqlite import SqliteStore
from bot.web.operator import Operation, page, replay
from tests.bot.jobs import review
from tests.bot.store.recorder import Recorder, working

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from aiohttp import web

    from bot.domain.desk import Desk

ONCE = RunLimits(retry=RetryPolicy(attempts=1))
FAR_AWAY = 4_000_000_000.0


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "queue.sqlite", limits=ONCE, look_seconds=0.01)
    yield store
    await store.close()


def operation(tmp_path: Path) -> Operation:
    @asynccontextmanager
    async def open_desk() -> AsyncIterator[Desk]:
        desk = SqliteDesk(tmp_path / "queue.sqlite")
        try:
            yield desk
        finally:
            await desk.close()

    return Operation(open_desk, lambda: {(7, "core"): 4321}, clock=lambda: FAR_AWAY - 90)


def text(response: web.Response) -> str:
    return " ".join(html.unescape(response.text or "").split())


async def test_failed_job_is_shown_with_its_reason_and_runs_again(
    store: SqliteStore, tmp_path: Path
) -> None:
    recorder = Recorder(RuntimeError("<b>disk\u202e full</b>"))
    await store.enqueue([review(1)])
    async with working(store, recorder):
        await recorder.has_started(1)
    shown = await page(operation(tmp_path), "ada")
    assert "review 42#1 (acme/engine)" in text(shown)
    assert "<b>disk" not in (shown.text or "")
    assert "<b>disk\\u202e full</b>" in text(shown)
    assert "Job 1 waits to run again." in text(await replay(operation(tmp_path), "ada", "1"))
    assert (await store.counts())["waiting"] == 1
    assert "There is no failed job 1" in text(await replay(operation(tmp_path), "ada", "1"))


async def test_waiting_jobs_are_listed_with_when_they_may_run(
    store: SqliteStore, tmp_path: Path
) -> None:
    await store.enqueue([review(1)])
    await store.enqueue([review(2)], not_before=FAR_AWAY)
    shown = text(await page(operation(tmp_path), "ada"))
    assert "due for" in shown
    assert "not before 2096-10-02 07:06:40 UTC" in shown
    assert "4,321" in shown


async def test_queue_that_cannot_be_read_is_said_and_no_page_of_zeros() -> None:
    @asynccontextmanager
    async def broken() -> AsyncIterator[Desk]:
        raise StoreError("the disk is gone")
        yield

    shown = await page(Operation(broken, dict), "ada")
    assert shown.status == 503
    assert "the disk is gone" in text(shown)
