"""What every store promises when it is stopped, cancelled or killed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.bot.jobs import review
from tests.bot.store.recorder import Recorder, working

if TYPE_CHECKING:
    from bot.domain.ports import Store
    from tests.bot.store.conftest import Database


async def test_stop_waits_for_running_jobs_and_claims_nothing_more(database: Database) -> None:
    store = await database.open(workers=2)
    recorder = Recorder()
    recorder.hold()
    await store.enqueue([review(1)])
    await store.enqueue([review(2)])
    async with working(store, recorder):
        await recorder.has_started(1)
        stopping = asyncio.create_task(store.stop(grace_seconds=10))
        await store.counts()
        recorder.release()
        await stopping
    assert await store.counts() == {"waiting": 1, "running": 0, "done": 1, "failed": 0}


async def test_nothing_starts_once_stop_was_called(store: Store) -> None:
    recorder = Recorder()
    await store.enqueue([review(1)])
    run = asyncio.create_task(store.run(recorder))
    await asyncio.sleep(0)  # the store asks for jobs; the answer comes after the stop
    await store.stop(grace_seconds=10)
    await run
    assert recorder.started == []
    assert (await store.counts())["waiting"] == 1


async def test_stop_gives_back_what_does_not_end_in_time_uncounted(database: Database) -> None:
    store = await database.open()
    for _ in range(5):
        recorder = Recorder()
        recorder.hold()
        await store.enqueue([review(1)])
        run = asyncio.create_task(store.run(recorder))
        await recorder.has_started(1)
        await store.stop(grace_seconds=0)
        await run
        assert (await store.counts())["waiting"] == 1
        await store.close()
        store = await database.open()


async def test_cancelled_run_gives_back_its_jobs(store: Store) -> None:
    recorder = Recorder()
    recorder.hold()
    await store.enqueue([review(1)])
    run = asyncio.create_task(store.run(recorder))
    await recorder.has_started(1)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert (await store.counts())["waiting"] == 1


async def test_job_of_a_killed_process_runs_again(database: Database) -> None:
    store = await database.open()
    await store.enqueue([review(1, head="a" * 40)], delivery="d1")
    await store.close()
    for _ in range(4):  # more often than a job has attempts: a kill counts none
        victim = await asyncio.create_subprocess_exec(
            *database.hang_command, stdout=asyncio.subprocess.PIPE
        )
        assert victim.stdout is not None
        assert await victim.stdout.readline() == b"running 42#1\n"
        victim.kill()
        await victim.wait()
    store = await database.open_hasty()
    assert await store.enqueue([review(1)], delivery="d1") is False
    recorder = Recorder()
    async with working(store, recorder):
        await recorder.has_ended(1)
    assert recorder.ended == [review(1, head="a" * 40)]
    assert (await store.counts())["done"] == 1
