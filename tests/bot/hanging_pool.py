"""A process for a test to kill: its worker processes are busy for ever."""

from __future__ import annotations

import asyncio
import sys

from bot.pool import AnalysisPool
from tests.bot import hostile


async def main() -> None:
    pool = AnalysisPool(workers=2)
    await pool.map(hostile.double, range(8), timeout_seconds=60)
    hanging = asyncio.create_task(
        pool.map(hostile.double_unless_hostile, ["hang", "hang"], timeout_seconds=600)
    )
    sys.stdout.write("busy\n")
    sys.stdout.flush()
    await hanging


if __name__ == "__main__":
    asyncio.run(main())
