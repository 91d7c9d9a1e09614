"""What an operator may ask of every queue, while others work on it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.domain.desk import PendingJob
from bot.domain.errors import NotBeforeError, StoreError
from bot.domain.jobs import JobState
from tests.bot.jobs import review
from tests.bot.store.recorder import Recorder, working

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.domain.desk import Desk
    from bot.domain.ports import Store
    from tests.bot.store.conftest import Database

LATER = 4_000_000_000.0


@pytest_asyncio.fixture
async def desk(database: Database, store: Store) -> AsyncIterator[Desk]:
    assert await store.counts()  # it has made the queue
    desk = await database.desk()
    yield desk
    await desk.close()


async def test_what_runs_is_listed_before_what_waits_the_longest_due_first(
    store: Store, desk: Desk
) -> None:
    recorder = Recorder()
    recorder.hold()
    await store.enqueue([review(1)])
    async with working(store, recorder):
        await recorder.has_started(1)
        await store.enqueue([review(3)], not_before=LATER)
        await store.enqueue([review(1)])
        listed = await desk.pending()
        few = await desk.pending(limit=2)
        counts = await desk.counts()
        recorder.release()
        await recorder.has_ended(2)

    assert [(job.job.number, job.state) for job in listed] == [
        (1, JobState.RUNNING),
        (1, JobState.WAITING),
        (3, JobState.WAITING),
    ]
    assert listed[2].due_at == LATER
    assert list(few) == list(listed[:2])
    assert counts == {"waiting": 2, "running": 1, "done": 0, "failed": 0}


async def test_job_of_an_installation_that_is_held_is_due_when_that_is_let_go(
    store: Store, desk: Desk
) -> None:
    recorder = Recorder(NotBeforeError(LATER, "GitHub said so"))
    await store.enqueue([review(1)])
    async with working(store, recorder):
        await recorder.has_started(1)
    (job,) = await desk.pending()
    error = "NotBeforeError: GitHub said so"
    assert job == PendingJob(job.id, review(1), JobState.WAITING, 0, LATER, error)


async def test_failed_job_is_told_and_runs_again_when_asked_for(store: Store, desk: Desk) -> None:
    recorder = Recorder(*[ValueError("unwell")] * 3)
    await store.enqueue([review(1)])
    async with working(store, recorder):
        await recorder.has_started(3)
    (failed,) = await desk.failed()
    assert (failed.job, failed.error, failed.attempts) == (review(1), "ValueError: unwell", 3)
    assert abs(failed.failed_at - time.time()) < 60
    assert await desk.replay(failed.id + 1) is False
    assert await desk.replay(failed.id) is True
    assert await desk.replay(failed.id) is False
    assert await desk.failed() == ()
    (waiting,) = await desk.pending()
    assert (waiting.id, waiting.attempts) == (failed.id, 0)


@pytest.mark.parametrize("number", [-1, 0, 2**31, 2**63, 10**40])
async def test_number_that_no_job_has_is_none_of_the_failed(desk: Desk, number: int) -> None:
    assert await desk.replay(number) is False


async def test_store_at_rest_takes_what_the_desk_adds(database: Database) -> None:
    store = await database.open_hasty()
    assert await store.counts()  # it has made the queue
    desk = await database.desk()
    recorder = Recorder()
    async with working(store, recorder):
        assert await desk.enqueue([review(1), review(2)]) is True
        await recorder.has_ended(2)
    await desk.close()


async def test_desk_knows_the_deliveries_of_the_store(store: Store, desk: Desk) -> None:
    await store.enqueue([review(1)], delivery="d1")
    assert await desk.enqueue([review(2)], delivery="d1") is False
    assert await desk.enqueue([review(2)], delivery="d2", not_before=LATER) is True
    assert await store.enqueue([review(2)], delivery="d2") is False


async def test_queue_that_nobody_made_is_refused_and_not_made(database: Database) -> None:
    for _ in range(2):
        with pytest.raises(StoreError, match="There is no queue"):
            await database.desk()
