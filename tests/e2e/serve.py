"""A service in a process of its own, to be killed: `python -m tests.e2e.serve`."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from bot import logs
from bot.app import running
from bot.settings import from_environment
from bot.world import AT_ONCE

if TYPE_CHECKING:
    from bot.settings import Settings

# Deaths that a test can wait for, on a machine with little time to spare.
BRISK = replace(AT_ONCE, lost_seconds=5.0)


def configured() -> Settings:
    """Read the settings, and log as they say."""
    settings = from_environment(os.environ)
    logs.configure(log_format=settings.log_format, level=settings.log_level)
    return settings


async def _serve() -> None:
    async with running(configured(), pace=BRISK) as service:
        print(service.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
