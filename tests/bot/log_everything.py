"""A process that has everything go wrong that is not ours to log: `python -m …log_everything`."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
import threading
import warnings

from aiohttp import ClientSession, web

from bot import logs
from bot.logs import LogFormat

# Whole only here: in the traceback of a process the line itself would be quoted.
TOKEN = "ghs_" + "a1B2" * 10


async def _fail(_: object = None) -> web.Response:
    raise ValueError(TOKEN)


async def main() -> None:
    application = web.Application()
    application.router.add_get("/", _fail)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    async with (
        ClientSession() as session,
        session.get(f"http://127.0.0.1:{runner.addresses[0][1]}"),
    ):
        pass
    await runner.cleanup()
    task = asyncio.create_task(_fail())
    await asyncio.wait([task])
    del task
    gc.collect()  # asyncio tells of errors that nobody asked for


def _fail_in_thread() -> None:
    raise ValueError(TOKEN)


if __name__ == "__main__":
    logs.configure(log_format=LogFormat(sys.argv[1]), level="INFO")
    asyncio.run(main())
    thread = threading.Thread(target=_fail_in_thread)
    thread.start()
    thread.join()
    warnings.warn(TOKEN, stacklevel=1)
    logging.getLogger("procrastinate.worker").warning("ended\nfor %s", TOKEN, extra={"action": 1})
    logging.getLogger("somebody").error("%d", TOKEN)
    logging.getLogger("somebody").error("nothing", extra={"fields": {"seconds": float("nan")}})
