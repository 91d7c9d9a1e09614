"""A process for a test to kill: works on the queue, says so, and never ends its first job."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from bot.domain.jobs import Job


async def main() -> None:
    store = SqliteStore(Path(sys.argv[1]))

    async def hang(job: Job) -> None:
        sys.stdout.write(f"running {job.key}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()

    await store.run(hang)


if __name__ == "__main__":
    asyncio.run(main())
