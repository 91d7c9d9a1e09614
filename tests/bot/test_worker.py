"""The worker hands jobs to services."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import GoneError
from bot.domain.jobs import JobKind
from bot.store.sqlite import SqliteStore
from bot.worker import Worker
from tests.bot.jobs import review
from tests.bot.store.recorder import Recorder

if TYPE_CHECKING:
    from pathlib import Path

    from bot.domain.jobs import Job


async def test_job_reaches_the_service_of_its_kind_and_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    store = SqliteStore(tmp_path / "queue.sqlite")
    service = Recorder()
    worker = Worker(store, dict.fromkeys(JobKind, service))
    assert not worker.lives()
    run = asyncio.create_task(worker.run())
    await store.enqueue([review(1)])
    await service.has_ended(1)
    assert worker.lives()
    await store.stop(grace_seconds=10)
    await run
    await store.close()
    assert not worker.lives()
    assert service.ended == [review(1)]
    assert [record.getMessage() for record in caplog.records] == ["job.started", "job.done"]


async def test_job_that_nobody_can_do_any_more_is_dropped_and_said_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    store = SqliteStore(tmp_path / "queue.sqlite")
    dropped = asyncio.Event()

    async def service(_job: Job) -> None:
        dropped.set()
        raise GoneError("suspended")

    worker = Worker(store, dict.fromkeys(JobKind, service))
    run = asyncio.create_task(worker.run())
    await store.enqueue([review(1)])
    await dropped.wait()
    await store.stop(grace_seconds=10)
    await run
    assert (await store.counts())["done"] == 1
    await store.close()
    assert [record.getMessage() for record in caplog.records] == ["job.started", "job.dropped"]


async def test_worker_that_dies_says_so_at_once_and_lives_no_more(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    times = iter([0.0])  # enough to open the store, too few to run a job
    store = SqliteStore(tmp_path / "queue.sqlite", clock=lambda: next(times))
    worker = Worker(store, dict.fromkeys(JobKind, Recorder()))
    with pytest.raises(RuntimeError):
        await worker.run()
    await store.close()
    assert not worker.lives()
    assert [record.getMessage() for record in caplog.records] == ["worker.died"]


async def test_kind_without_a_service_is_an_error_at_start(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "queue.sqlite")
    with pytest.raises(ValueError, match="No service for jobs of the kind review, group"):
        Worker(store, {})
    await store.close()
