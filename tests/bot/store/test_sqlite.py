"""What the SQLite store promises beyond the contract."""

from __future__ import annotations

import asyncio
import dataclasses
import sqlite3
import threading
from functools import partial
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import StoreError
from bot.store import inspection, intake
from bot.store.sqlite import SqliteStore
from bot.store.writer import Operation, Writer
from tests.bot.jobs import review
from tests.bot.store.recorder import Recorder, working

if TYPE_CHECKING:
    from pathlib import Path


async def test_second_store_on_one_database_is_refused_with_the_owner(tmp_path: Path) -> None:
    path = tmp_path / "queue.sqlite"
    first = SqliteStore(path)
    with pytest.raises(StoreError, match=r"Another process \(pid \d+\) uses .*queue\.sqlite"):
        SqliteStore(path)
    await first.close()
    await SqliteStore(path).close()


async def test_missing_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"No such file or directory\. Check SSOT_DATA_DIR"):
        SqliteStore(tmp_path / "nowhere" / "queue.sqlite")


async def test_file_that_is_no_database_is_a_sentence_and_leaves_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "queue.sqlite"
    path.write_text("not a database at all, and longer than a header of one " * 10)
    with pytest.raises(StoreError, match="file is not a database"):
        SqliteStore(path)
    path.unlink()
    await SqliteStore(path).close()


async def test_database_of_another_release_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "queue.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("pragma user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="another release"):
        SqliteStore(path)


async def test_job_of_a_kind_from_a_newer_release_fails_and_blocks_nothing(tmp_path: Path) -> None:
    path = tmp_path / "queue.sqlite"
    store = SqliteStore(path)
    await store.enqueue([review(1)])
    await store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("""update job set job = replace(job, '"review"', '"unheard-of"')""")
    connection.close()
    store = SqliteStore(path)
    await store.enqueue([review(2)])
    recorder = Recorder()
    async with working(store, recorder):
        await recorder.has_ended(1)
    assert await store.counts() == {"waiting": 0, "running": 0, "done": 1, "failed": 1}
    assert await store.failed() == ()
    await store.close()


async def test_closed_store_refuses_instead_of_hanging(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "queue.sqlite")
    await store.close()
    with pytest.raises(StoreError, match="closed"):
        await store.enqueue([review(1)])


async def test_synchronous_is_full_and_the_journal_a_wal(tmp_path: Path) -> None:
    writer = _writer(tmp_path)
    modes = await writer.submit(
        lambda connection: [
            connection.execute(f"pragma {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    )
    await writer.close()
    assert modes == ["wal", 2, 1]


async def test_what_is_submitted_at_the_same_time_is_one_commit(tmp_path: Path) -> None:
    writer = _writer(tmp_path)
    statements: list[str] = []
    begun, may_go_on = threading.Event(), threading.Event()

    def block(connection: sqlite3.Connection) -> None:
        connection.set_trace_callback(statements.append)
        begun.set()
        may_go_on.wait(10)

    blocked = asyncio.create_task(writer.submit(block))
    await asyncio.to_thread(begun.wait, 10)
    inserts = [asyncio.create_task(writer.submit(_insert(number))) for number in range(50)]
    await asyncio.sleep(0)  # every task hands its operation over
    may_go_on.set()
    await asyncio.gather(blocked, *inserts)
    assert statements.count("commit") == 2
    assert await writer.submit(_numbers) == list(range(50))
    await writer.close()


async def test_failed_operation_changes_nothing_and_fails_alone(tmp_path: Path) -> None:
    writer = _writer(tmp_path)

    def insert_and_fail(connection: sqlite3.Connection) -> None:
        _insert(1)(connection)
        raise ValueError("no")

    outcomes = await asyncio.gather(
        writer.submit(_insert(0)),
        writer.submit(insert_and_fail),
        writer.submit(_insert(2)),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [type(None), ValueError, type(None)]
    assert await writer.submit(_numbers) == [0, 2]
    await writer.close()


async def test_failed_commit_fails_everything_that_shared_it(tmp_path: Path) -> None:
    writer = _writer(tmp_path)

    def break_a_promise_at_the_end(connection: sqlite3.Connection) -> None:
        connection.execute("pragma defer_foreign_keys = on")
        connection.execute("insert into child values (1)")

    outcomes = await asyncio.gather(
        writer.submit(_insert(0)),
        writer.submit(break_a_promise_at_the_end),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [StoreError, StoreError]
    await writer.submit(_insert(1))
    assert await writer.submit(_numbers) == [1]
    await writer.close()


async def test_what_was_submitted_before_the_end_is_kept(tmp_path: Path) -> None:
    writer = _writer(tmp_path)
    inserts = [asyncio.create_task(writer.submit(_insert(number))) for number in range(3)]
    await asyncio.sleep(0)
    await writer.close()
    await asyncio.gather(*inserts)
    with sqlite3.connect(tmp_path / "test.sqlite") as connection:
        assert _numbers(connection) == [0, 1, 2]
    connection.close()


async def test_store_that_cannot_write_keeps_the_result_until_it_can(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "queue.sqlite"
    store = SqliteStore(path)
    recorder = Recorder()
    recorder.hold()
    await store.enqueue([review(1)], delivery="d1")
    broken, mended = sqlite3.connect(path), sqlite3.connect(path)
    async with working(store, recorder):
        await recorder.has_started(1)
        broken.execute(
            "create trigger full before update on job begin select raise(abort, 'disk full'); end"
        )
        broken.commit()
        recorder.release()
        async with asyncio.timeout(10):
            while not caplog.records:  # noqa: ASYNC110 (the log is all that can be seen)
                await asyncio.sleep(0.005)
        mended.execute("drop trigger full")
        mended.commit()
    assert (await store.counts())["done"] == 1
    await store.close()
    broken.close()
    mended.close()


async def test_delivery_that_does_not_fit_on_the_disk_is_refused_and_taken_when_it_does(
    tmp_path: Path,
) -> None:
    path = tmp_path / "queue.sqlite"
    await SqliteStore(path).close()  # it makes the tables
    writer = Writer(path, partial(_limit, pages=0))
    big = dataclasses.replace(review(1), branch="x" * 100_000)
    accept = partial(intake.accept, jobs=[big], delivery="d1", run_at=0.0)
    with pytest.raises(StoreError, match="database or disk is full"):
        await writer.submit(accept)
    assert (await writer.submit(inspection.counts))["waiting"] == 0
    await writer.submit(partial(_limit, pages=1000))
    assert await writer.submit(accept) is True
    assert (await writer.submit(inspection.counts))["waiting"] == 1
    await writer.close()


def _limit(connection: sqlite3.Connection, *, pages: int) -> None:
    """Have a file system with so many more pages; SQLite takes fewer for as many as it has."""
    (size,) = connection.execute("pragma page_count").fetchone()
    connection.execute(f"pragma max_page_count = {size + pages}")


def _writer(tmp_path: Path) -> Writer:
    return Writer(tmp_path / "test.sqlite", _create)


def _create(connection: sqlite3.Connection) -> None:
    connection.execute("create table number (value integer primary key)")
    connection.execute("create table child (parent integer references number (value))")


def _insert(number: int) -> Operation[None]:
    def insert(connection: sqlite3.Connection) -> None:
        connection.execute("insert into number values (?)", (number,))

    return insert


def _numbers(connection: sqlite3.Connection) -> list[int]:
    return [value for (value,) in connection.execute("select value from number order by value")]
