"""Connections that ask nothing keep nobody out, over real sockets."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from socket import create_server
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from bot.app import running
from bot.settings import from_environment
from bot.web.connections import MOST_CONNECTIONS, Connections

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
    Connect = Callable[..., Awaitable[Connection]]

HALF = b"GET / HTTP/1.1\r\nHost: x\r\n"
SECONDS = 10.0


@dataclass(frozen=True)
class Busy:
    """A request that is answered when a test says so."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.Response:
        if request.path == "/busy":
            self.begun.set()
            await self.may_end.wait()
        return web.Response(text="yes")


@asynccontextmanager
async def _door(connections: Connections, busy: Busy) -> AsyncIterator[int]:
    """Answer `/` at once and `/busy` when told, at a port."""
    application = web.Application(middlewares=[connections.heard])
    application.router.add_get("/{any:.*}", busy.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    assert runner.server is not None
    server = await connections.listen(runner.server, create_server(("127.0.0.1", 0)))
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        busy.may_end.set()
        server.close()
        await runner.cleanup()


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Open connections that are closed in the end."""
    made: list[Connection] = []

    async def connect(port: int, said: bytes = b"") -> Connection:
        made.append(await asyncio.open_connection("127.0.0.1", port))
        made[-1][1].write(said)
        await made[-1][1].drain()
        return made[-1]

    yield connect
    for _, writer in made:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def _ask(connection: Connection) -> bytes:
    """Ask for `/`, and give what answers: nothing when the door was shut."""
    reader, writer = connection
    try:
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        async with asyncio.timeout(SECONDS):
            return await reader.readline()
    except ConnectionError:
        return b""


async def _is_shut(connection: Connection) -> bool:
    try:
        async with asyncio.timeout(SECONDS):
            return await connection[0].read(1) == b""
    except ConnectionError:
        return True


async def test_connection_that_asks_nothing_makes_room_for_one_that_does(connect: Connect) -> None:
    async with _door(Connections(most=3, patience_seconds=600), Busy()) as port:
        silent = [await connect(port, HALF) for _ in range(3)]

        assert b"200" in await _ask(await connect(port))
        assert await _is_shut(silent[0])
        assert b"200" in await _ask(await connect(port))
        assert await _is_shut(silent[1])


async def test_connection_that_asked_before_makes_room_too(connect: Connect) -> None:
    async with _door(Connections(most=1), Busy()) as port:
        idle = await connect(port)
        assert b"200" in await _ask(idle)
        assert b"200" in await _ask(await connect(port))
        await idle[0].readuntil(b"yes")
        assert await _is_shut(idle)


async def test_connection_that_asks_nothing_for_long_is_shut(connect: Connect) -> None:
    async with _door(Connections(patience_seconds=0.05), Busy()) as port:
        assert await _is_shut(await connect(port, HALF))


async def test_connection_that_asks_nothing_more_for_long_is_shut(connect: Connect) -> None:
    async with _door(Connections(idle_seconds=0.05), Busy()) as port:
        asked = await connect(port)
        assert b"200" in await _ask(asked)
        await asked[0].readuntil(b"yes")
        assert await _is_shut(asked)


async def test_newcomer_is_shut_out_while_all_are_busy(connect: Connect) -> None:
    busy = Busy()
    async with _door(Connections(most=1), busy) as port:
        asking = await connect(port, b"GET /busy HTTP/1.1\r\nHost: x\r\n\r\n")
        await busy.begun.wait()
        assert await _ask(await connect(port)) == b""
        busy.may_end.set()
        assert b"200" in await asking[0].readline()


async def test_service_answers_behind_more_connections_than_it_takes(
    connect: Connect, tmp_path: Path
) -> None:
    settings = from_environment({"SSOT_DATA_DIR": str(tmp_path), "PORT": "0"})
    async with running(settings) as service:
        port = int(service.url.rpartition(":")[2])
        silent = [await connect(port, HALF) for _ in range(MOST_CONNECTIONS + 20)]

        assert b"HTTP/1.1" in await _ask(await connect(port))
        assert await _is_shut(silent[0])
