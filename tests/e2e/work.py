"""A worker in a process of its own, to be killed: `python -m tests.e2e.work`."""

from __future__ import annotations

import asyncio

from bot.app import work
from tests.e2e.serve import BRISK, configured

if __name__ == "__main__":
    asyncio.run(work(configured(), pace=BRISK))
