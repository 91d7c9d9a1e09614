"""A service in a process of its own, to be killed: `python -m tests.e2e.serve`."""

from __future__ import annotations

import asyncio
import os

from bot.app import running
from bot.settings import from_environment


async def _serve() -> None:
    async with running(from_environment(os.environ), write_interval_seconds=0.0) as service:
        print(service.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
