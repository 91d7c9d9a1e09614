"""A process for a test to kill: works on the queue, says so, and never ends its first job."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.store.postgres.store import PostgresStore
from bot.store.sqlite import SqliteStore
from tests.bot.store.conftest import HASTY

if TYPE_CHECKING:
    from bot.domain.jobs import Job
    from bot.domain.ports import Store


async def opened(place: str, schema: str = "") -> Store:
    if schema:
        return await PostgresStore.open(place, schema=schema, timing=HASTY)
    return SqliteStore(Path(place))


async def main() -> None:
    store = await opened(*sys.argv[1:])

    async def hang(job: Job) -> None:
        sys.stdout.write(f"running {job.key}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()

    await store.run(hang)


if __name__ == "__main__":
    asyncio.run(main())
