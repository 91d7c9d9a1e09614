"""Measure the queue alone, with jobs that do nothing: `python -m tests.benchmarks.capacity.queue`.

Jobs of many installations are stored one by one, as deliveries are, then worked off.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.jobs import Job, JobKind, RepositoryRef
from bot.store.postgres.store import PostgresStore
from bot.store.sqlite import SqliteStore
from tests.benchmarks.capacity.databases import own_database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable

    from bot.domain.ports import Store

INSTALLATIONS = 20
AT_ONCE = 16
LINE = "{name:<10} {rate:>7.0f} a second   {cpu:>6.2f} ms of processor time each"


async def measure(store: Store, count: int) -> None:
    """Store and run so many jobs."""
    left = list(range(count))

    async def deliver() -> None:
        while left:
            number = left.pop()
            place = RepositoryRef(number + 1, "owner", "shop")
            job = Job(JobKind.REVIEW, number % INSTALLATIONS + 1, place, 1)
            await store.enqueue([job], delivery=f"delivery-{number}")

    await _timed("stored", asyncio.gather(*(deliver() for _ in range(AT_ONCE))), count)
    done = asyncio.Event()
    ran: list[Job] = []

    async def run(job: Job) -> None:
        ran.append(job)
        if len(ran) == count:
            done.set()

    work = asyncio.create_task(store.run(run))
    await _timed("run", done.wait(), count)
    await store.stop(grace_seconds=10)
    await work


async def _timed(name: str, work: Awaitable[object], count: int) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    await work
    seconds, used = time.perf_counter() - wall, time.process_time() - cpu
    print(LINE.format(name=name, rate=count / seconds, cpu=1000 * used / count))


@asynccontextmanager
async def _store(url: str | None) -> AsyncIterator[Store]:
    if url is None:
        with tempfile.TemporaryDirectory() as folder:
            store: Store = SqliteStore(Path(folder) / "queue.sqlite")
            yield store
            await store.close()
        return
    with own_database(url) as own:
        store = await PostgresStore.open(own)
        yield store
        await store.close()


async def main() -> None:
    """Measure one store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", metavar="URL", help="of PostgreSQL; else SQLite")
    parser.add_argument("--jobs", type=int, default=1000)
    arguments = parser.parse_args()
    async with _store(arguments.database) as store:
        await measure(store, arguments.jobs)


if __name__ == "__main__":
    asyncio.run(main())
