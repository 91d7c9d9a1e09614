"""The address of the service: taken once, and kept while what answers there changes."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import web

from bot.domain.errors import UserError
from bot.web.connections import Connections

if TYPE_CHECKING:
    from asyncio import Server
    from collections.abc import AsyncIterator

# Container platforms send SIGKILL about half a minute after SIGTERM. First the requests under way
# end: a delivery that is not acknowledged by then is one that GitHub knows to have failed.
ANSWER_SECONDS = 2.0
CANNOT_LISTEN = "Cannot listen on {address}: {reason}. Choose another with --host and --port."


class Address:
    """An address that is ours; `url` tells it with the port that was chosen for 0."""

    def __init__(self, holder: Server) -> None:
        self._holder = holder
        self._servers: list[Server] = []
        host, port = holder.sockets[0].getsockname()[:2]
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{port}"

    async def pause(self) -> None:
        """Let new connections wait for the next application; those that are open go on."""
        for server in self._servers:
            server.close()
        self._servers = []

    @asynccontextmanager
    async def answering(self, application: web.Application) -> AsyncIterator[None]:
        """Let an application answer; whoever knocks between two of them waits for the second."""
        connections = Connections()
        application.middlewares.insert(0, connections.heard)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=ANSWER_SECONDS)
        await runner.setup()
        assert runner.server is not None
        try:
            # A copy is closed with its server; the original keeps the queue of the kernel open.
            for one in self._holder.sockets:
                self._servers.append(await connections.listen(runner.server, one.dup()))
            yield
        finally:
            await self.pause()
            await runner.cleanup()


@asynccontextmanager
async def listening(host: str, port: int) -> AsyncIterator[Address]:
    """Take an address; UserError with what to do when somebody else has it."""
    loop = asyncio.get_running_loop()
    try:
        holder = await loop.create_server(asyncio.Protocol, host, port, start_serving=False)
    except OSError as error:
        address = f"{host}:{port}"
        raise UserError(CANNOT_LISTEN.format(address=address, reason=error.strerror)) from error
    try:
        yield Address(holder)
    finally:
        holder.close()
