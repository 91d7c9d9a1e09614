"""A service in a process of its own, to be killed: `python -m tests.e2e.serve`."""

from __future__ import annotations

import asyncio
import os

from bot.app import running
from bot.settings import from_environment
from bot.wiring import AT_ONCE


async def _serve() -> None:
    async with running(from_environment(os.environ), pace=AT_ONCE) as service:
        print(service.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
