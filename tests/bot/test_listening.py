"""The address is taken once, whatever answers there."""

from __future__ import annotations

import asyncio
import socket

import aiohttp
import pytest
from aiohttp import web

from bot.domain.errors import UserError
from bot.listening import listening


def saying(text: str) -> web.Application:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text=text)

    app = web.Application()
    app.router.add_get("/", answer)
    return app


async def read(url: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return await response.text()


async def test_who_knocks_between_two_applications_waits_for_the_second() -> None:
    async with listening("127.0.0.1", 0) as address:
        async with address.answering(saying("first")):
            assert await read(address.url) == "first"
            await address.pause()
            host, port = address.url.removeprefix("http://").split(":")
            # Connected, though nobody accepts: the kernel keeps it.
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            await writer.drain()
        async with address.answering(saying("second")):
            async with asyncio.timeout(10):
                assert (await reader.read()).endswith(b"second")
            writer.close()


async def test_address_that_somebody_else_has_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=rf"Cannot listen on 127.0.0.1:{port}: .*--port"):
            async with listening("127.0.0.1", port):
                pass


async def test_address_is_free_again_afterwards() -> None:
    async with listening("127.0.0.1", 0) as address, address.answering(saying("here")):
        pass
    with pytest.raises(aiohttp.ClientConnectorError):
        await read(address.url)
