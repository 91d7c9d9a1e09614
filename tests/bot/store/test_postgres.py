"""What the PostgreSQL store promises beyond the contract: many processes, and what they survive."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, LiteralString

import pytest

from bot.domain.errors import StoreError
from bot.domain.jobs import JobKind, Priority
from bot.store.postgres import schema
from bot.store.postgres.crew import Timing
from bot.store.postgres.database import Database
from bot.store.postgres.manager import Manager
from bot.store.postgres.store import PostgresStore
from tests.bot.jobs import review
from tests.bot.store.cable import cable_to
from tests.bot.store.conftest import BRISK
from tests.bot.store.recorder import PATIENCE_SECONDS, Recorder, working

if TYPE_CHECKING:
    from bot.domain.jobs import Job
    from tests.bot.store.conftest import PostgresDatabase

# Whoever is not notified waits longer than any test.
DEAF = replace(BRISK, poll_seconds=600.0)
ALL_DONE = "select bool_and(status = 'succeeded') from procrastinate_jobs"


class Idle:
    """The hands of a worker that is never given anything."""

    async def claim(self, worker_id: int) -> None:
        return None

    async def end(self, job_id: int, worker_id: int) -> None: ...

    def lose(self) -> None: ...


async def test_mixed_priorities_under_one_key_kill_no_worker_and_run_one_at_a_time(
    postgres: PostgresDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    stores = [await postgres.open(workers=8) for _ in range(3)]
    running: set[str] = set()
    done: list[Job] = []

    async def handle(job: Job) -> None:
        assert job.key not in running
        running.add(job.key)
        await asyncio.sleep(0)
        running.remove(job.key)
        done.append(job)

    kinds = (JobKind.REVIEW, JobKind.SWEEP, JobKind.ISSUE)
    priorities = (Priority.LEISURE, Priority.PUSH, Priority.COMMAND)
    jobs = [
        replace(review(number, priority=priority, installation=number % 3), kind=kind)
        for number in range(20)
        for kind, priority in zip(kinds, priorities, strict=True)
    ]
    runs = [asyncio.create_task(store.run(handle)) for store in stores]
    for job in jobs:
        await stores[0].enqueue([job])
    await _until(postgres, ALL_DONE)
    assert not any(run.done() for run in runs)
    for store in stores:
        await store.stop(grace_seconds=10)
    await asyncio.gather(*runs)
    assert sorted(map(repr, done)) == sorted(map(repr, jobs))
    assert [record.message for record in caplog.records] == []


async def test_two_processes_that_start_on_an_empty_database_make_it_once(
    postgres: PostgresDatabase,
) -> None:
    stores = await asyncio.gather(*(postgres.open() for _ in range(4)))
    await stores[0].enqueue([review(1)], delivery="d1")
    assert await stores[3].enqueue([review(1)], delivery="d1") is False


async def test_job_from_another_process_starts_at_once(postgres: PostgresDatabase) -> None:
    front, back = await postgres.open(), await postgres.open(timing=DEAF)
    recorder = Recorder()
    later = time.time() + 3600
    await front.enqueue([review(1)], not_before=later)
    async with working(back, recorder):
        known = await _hears(back, recorder)
        await front.enqueue([review(1)])
        await recorder.has_ended(known + 1)
    assert recorder.ended[-1] == review(1)


async def test_next_job_of_a_key_starts_when_the_first_ends(postgres: PostgresDatabase) -> None:
    store, recorder = await postgres.open(timing=DEAF), Recorder()
    async with working(store, recorder):
        known = await _hears(store, recorder)
        recorder.hold()
        await store.enqueue([review(1)])
        await recorder.has_started(known + 1)
        await store.enqueue([review(1)])
        await _looked(store)
        recorder.release()
        await recorder.has_ended(known + 2)


async def test_replayed_job_starts_at_once(postgres: PostgresDatabase) -> None:
    store, recorder = await postgres.open(timing=DEAF), Recorder()
    async with working(store, recorder):
        known = await _hears(store, recorder)
        await store.enqueue([review(1)], not_before=time.time() + 3600)
        await postgres.execute(
            "update procrastinate_jobs set status = 'failed' where lock = '42#1'"
        )
        (failed,) = await store.failed()
        await store.replay(failed.id)
        await recorder.has_ended(known + 1)


async def test_each_process_gives_one_installation_half_of_its_workers(
    postgres: PostgresDatabase,
) -> None:
    stores = [await postgres.open(workers=4) for _ in range(2)]
    recorder = Recorder()
    recorder.hold()
    await stores[0].enqueue([review(number, installation=1) for number in range(1, 10)])
    await stores[0].enqueue([review(10, installation=2)])
    async with AsyncExitStack() as stack:
        for store in stores:
            await stack.enter_async_context(working(store, recorder))
        await recorder.has_started(5)
        assert sorted(job.installation_id for job in recorder.started) == [1, 1, 1, 1, 2]
        recorder.release()
        await recorder.has_ended(10)


async def test_job_of_a_killed_process_is_taken_over_by_one_that_lives(
    postgres: PostgresDatabase,
) -> None:
    store = await postgres.open_hasty()
    await store.enqueue([review(1)])
    victim = await asyncio.create_subprocess_exec(
        *postgres.hang_command, stdout=asyncio.subprocess.PIPE
    )
    assert victim.stdout is not None
    assert await victim.stdout.readline() == b"running 42#1\n"
    recorder = Recorder()
    async with working(store, recorder):
        victim.kill()
        await victim.wait()
        await recorder.has_ended(1)


async def test_end_that_cannot_be_stored_is_stored_when_it_can(
    postgres: PostgresDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    store, recorder = await postgres.open(), Recorder()
    recorder.hold()
    await store.enqueue([review(1)])
    async with working(store, recorder):
        await recorder.has_started(1)
        await postgres.execute(
            "create function full_disk() returns trigger language plpgsql"
            " as $$ begin raise 'disk full'; end $$"
        )
        await postgres.execute(
            "create trigger full_disk before update on procrastinate_jobs"
            " for each row execute function full_disk()"
        )
        recorder.release()
        await _logged(caplog, "queue.unusable")
        await postgres.execute("drop trigger full_disk on procrastinate_jobs")
        await _until(postgres, ALL_DONE)
    assert len(recorder.started) == 1


async def test_job_that_is_marked_as_running_where_nobody_runs_it_is_run(
    postgres: PostgresDatabase,
) -> None:
    store, recorder = await postgres.open(), Recorder()
    async with working(store, recorder):
        await _until(postgres, "select count(*) = 1 from procrastinate_workers")
        # As when a claim was committed and its answer lost.
        await store.enqueue([review(1)], not_before=time.time() + 3600)
        await postgres.execute("update ssot_job set run_at = 0")
        await postgres.execute(
            "update procrastinate_jobs set status = 'doing',"
            " worker_id = (select id from procrastinate_workers)"
        )
        await recorder.has_ended(1)


async def test_outage_ends_no_worker_and_loses_no_end(
    postgres: PostgresDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    async with cable_to(postgres.url) as (cable, url):
        store, recorder = await postgres.open(url=url), Recorder()
        recorder.hold()
        await store.enqueue([review(1)])
        async with working(store, recorder):
            await recorder.has_started(1)
            cable.cut()
            recorder.release()
            await _logged(caplog, "queue.unusable", times=5)
            with pytest.raises(StoreError, match="PostgreSQL database cannot be used"):
                await store.enqueue([review(2)])
            cable.mend()
            await _until(postgres, ALL_DONE)
            other = await postgres.open()
            await other.enqueue([review(3)])
            await recorder.has_ended(2)
            assert await postgres.execute("select id from procrastinate_workers") == [(1,)]
        await store.close()
    assert [job.number for job in recorder.started] == [1, 3]


async def test_who_cannot_listen_tries_again(
    postgres: PostgresDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    store, heard = await postgres.open(), asyncio.Event()

    async def hear(**_: object) -> None:
        heard.set()

    async with cable_to(postgres.url) as (cable, url):
        database = Database(url, schema=postgres.schema, connections=1, wait_seconds=1.0)
        await database.open(schema.check)
        manager = Manager(database, Idle(), pause_seconds=0.01)
        cable.cut()
        listening = asyncio.create_task(manager.listen_for_jobs(on_notification=hear))
        await _logged(caplog, "queue.deaf")
        cable.mend()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not heard.is_set():
                await store.enqueue([review(1)])
        listening.cancel()
        await database.close()


async def test_connection_comes_back_as_soon_as_the_database_does(
    postgres: PostgresDatabase,
) -> None:
    async with cable_to(postgres.url) as (cable, url):
        database = Database(url, schema=postgres.schema, connections=1, wait_seconds=0.5)
        await postgres.open()
        await database.open(schema.check)
        cable.cut()
        begun = time.monotonic()
        # One that waits twice as long each time asks after 1, 3 and 7 seconds.
        while time.monotonic() - begun < 3.5:
            with pytest.raises(StoreError):
                async with database.connection():
                    pass
        cable.mend()
        async with asyncio.timeout(2.0):
            while True:
                with suppress(StoreError):
                    async with database.connection():
                        break
        await database.close()


async def test_outage_that_made_all_silent_takes_no_job_from_the_living(
    postgres: PostgresDatabase,
) -> None:
    async with cable_to(postgres.url) as (cable, url):
        # They share an event loop: a slow machine makes all of them silent, as the outage does.
        timing = replace(BRISK, lost_seconds=2.0)
        stores = [await postgres.open(workers=2, url=url, timing=timing) for _ in range(3)]
        recorder = Recorder()
        recorder.hold()
        async with AsyncExitStack() as stack:
            for store in stores:
                await stack.enter_async_context(working(store, recorder))
            await stores[0].enqueue([review(n, installation=n) for n in range(1, 7)])
            await recorder.has_started(6)
            cable.cut()
            silent = "now() - last_heartbeat > interval '2.5 seconds'"
            await _until(postgres, f"select bool_and({silent}) from procrastinate_workers")
            cable.mend()
            await _until(postgres, f"select not bool_or({silent}) from procrastinate_workers")
            recorder.release()
            await _until(postgres, ALL_DONE)
            assert len(recorder.started) == 6
        for store in stores:
            await store.close()


async def test_stop_during_an_outage_ends_and_the_job_runs_again(
    postgres: PostgresDatabase,
) -> None:
    async with cable_to(postgres.url) as (cable, url):
        store, recorder = await postgres.open(url=url), Recorder()
        recorder.hold()
        await store.enqueue([review(1)])
        run = asyncio.create_task(store.run(recorder))
        await recorder.has_started(1)
        cable.cut()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await store.stop(grace_seconds=0)
            await run
        await store.close()
    recorder = Recorder()
    async with working(await postgres.open_hasty(), recorder):
        await recorder.has_ended(1)


async def test_worker_that_was_taken_for_dead_stops_its_jobs_and_starts_anew(
    postgres: PostgresDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    store, recorder = await postgres.open(), Recorder()
    recorder.hold()
    await store.enqueue([review(1)])
    async with working(store, recorder):
        await recorder.has_started(1)
        await postgres.execute("delete from procrastinate_workers")
        await recorder.has_started(2)
        recorder.release()
        await _until(postgres, ALL_DONE)
    assert len(recorder.ended) == 1
    assert "worker.taken_for_dead" in [record.message for record in caplog.records]


async def test_end_of_a_job_that_was_taken_over_is_not_stored(
    postgres: PostgresDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    slow = Timing(beat_seconds=600.0, poll_seconds=0.05)
    store, recorder = await postgres.open(timing=slow), Recorder()
    recorder.hold()
    await store.enqueue([review(1)])
    async with working(store, recorder):
        await recorder.has_started(1)
        await postgres.execute("update procrastinate_workers set last_heartbeat = to_timestamp(0)")
        other, others = await postgres.open(), Recorder()
        others.hold()
        async with working(other, others):
            await others.has_started(1)
            recorder.release()
            await _logged(caplog, "job.taken_over")
            assert (await other.counts())["running"] == 1
            others.release()
    assert (await store.counts())["done"] == 1


async def test_job_of_a_kind_from_a_newer_release_waits_for_it_and_blocks_nothing(
    postgres: PostgresDatabase,
) -> None:
    store, recorder = await postgres.open(), Recorder()
    await store.enqueue([review(1)])
    await postgres.execute("update ssot_job set kind = 'unheard-of'")
    await postgres.execute(
        "update procrastinate_jobs"
        """ set args = jsonb_build_object('job', replace(args ->> 'job', '"review"', '"new"'))"""
    )
    await store.enqueue([review(2)])
    async with working(store, recorder):
        await recorder.has_ended(1)
    assert await store.counts() == {"waiting": 1, "running": 0, "done": 1, "failed": 0}


async def test_job_of_a_newer_release_that_died_waits_or_yields_to_what_came_meanwhile(
    postgres: PostgresDatabase,
) -> None:
    store, recorder = await postgres.open(), Recorder()
    await store.enqueue([review(1), review(2)])
    await postgres.execute(
        """update procrastinate_jobs set status = 'doing', args = '{"job": "{}"}'"""
    )
    await postgres.execute("update ssot_job set kind = 'unheard-of'")
    await store.enqueue([review(2), review(3)])
    async with working(store, recorder):
        await recorder.has_ended(2)
        await _until(postgres, "select bool_and(status <> 'doing') from procrastinate_jobs")
    assert {job.number for job in recorder.ended} == {2, 3}
    unread = "select lock, status::text from procrastinate_jobs where status <> 'succeeded'"
    assert await postgres.execute(unread) == [("42#1", "todo")]


async def test_job_that_cannot_be_read_fails_and_blocks_nothing(
    postgres: PostgresDatabase,
) -> None:
    store, recorder = await postgres.open(), Recorder()
    await store.enqueue([review(1)])
    await postgres.execute("""update procrastinate_jobs set args = '{"job": "{}"}'""")
    await store.enqueue([review(2)])
    async with working(store, recorder):
        await recorder.has_ended(1)
    assert await store.counts() == {"waiting": 0, "running": 0, "done": 1, "failed": 1}
    assert await store.failed() == ()


async def test_job_that_an_operator_aborts_runs_again(postgres: PostgresDatabase) -> None:
    store, recorder = await postgres.open(), Recorder()
    recorder.hold()
    await store.enqueue([review(1)])
    async with working(store, recorder):
        await recorder.has_started(1)
        await postgres.execute("update procrastinate_jobs set abort_requested = true")
        await recorder.has_started(2)
        recorder.release()
        await recorder.has_ended(1)


async def test_database_of_another_release_is_refused(postgres: PostgresDatabase) -> None:
    await postgres.open()
    await postgres.execute("update ssot_queue set version = 99")
    with pytest.raises(StoreError, match="another release"):
        await postgres.open()


async def test_server_that_does_not_answer_is_a_sentence_without_the_password() -> None:
    with pytest.raises(StoreError, match="cannot be used: connection failed") as caught:
        await PostgresStore.open("postgresql://ssot:hunter2@127.0.0.1:1/ssot")
    assert "hunter2" not in str(caught.value)
    assert not {"\t", "\n"} & set(str(caught.value))


async def test_address_that_cannot_be_read_is_a_sentence_that_quotes_nothing() -> None:
    with pytest.raises(StoreError, match="DATABASE_URL cannot be read") as caught:
        await PostgresStore.open("postgresql://ssot:hun%ter2@db/ssot")
    assert "hun" not in str(caught.value)


async def _until(postgres: PostgresDatabase, claim: LiteralString) -> None:
    """Look until a query says so: other processes change the database."""
    async with asyncio.timeout(PATIENCE_SECONDS * 3):
        while await postgres.execute(claim) != [(True,)]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def _hears(store: PostgresStore, recorder: Recorder) -> int:
    """Have jobs done until some are that only a notification told of; say how many they were."""
    count = 0
    async with asyncio.timeout(PATIENCE_SECONDS):
        while count < 3 or len(recorder.ended) < count:
            count += 1
            await store.enqueue([review(1000 + count)])
            await asyncio.sleep(0.05)
    await _looked(store)
    return count


async def _looked(store: PostgresStore) -> None:
    """Give a look for jobs that is under way the time to end."""
    for _ in range(20):
        await store.counts()


async def _logged(caplog: pytest.LogCaptureFixture, message: str, *, times: int = 1) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS * 3):
        while [record.message for record in caplog.records].count(message) < times:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
