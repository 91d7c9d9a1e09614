"""What the benchmark sends is what GitHub sends: a benchmark of refusals would measure nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.webhook import is_signed
from tests.benchmarks.sending import PAYLOAD_BYTES, SECRET, send

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

COUNT = 40


def _serving(handler: Handler) -> TestServer:
    app = web.Application()
    app.router.add_post("/webhook", handler)
    return TestServer(app)


async def test_every_delivery_is_signed_and_another_one() -> None:
    received = []

    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        assert len(body) == PAYLOAD_BYTES
        signature = request.headers["X-Hub-Signature-256"]
        assert is_signed(body, secret=SECRET, signature=signature)
        received.append(request.headers["X-GitHub-Delivery"])
        return web.Response(status=202, text="Stored")

    async with _serving(receive) as server:
        speed = await send(str(server.make_url("/webhook")), COUNT)

    assert len(set(received)) == COUNT
    assert 0 < speed.p50 <= speed.p99


async def test_server_that_refuses_is_not_measured() -> None:
    async def refuse(_request: web.Request) -> web.Response:
        return web.Response(status=401, text="The signature does not fit")

    async with _serving(refuse) as server:
        with pytest.raises(ExceptionGroup, match="unhandled"):
            await send(str(server.make_url("/webhook")), COUNT)
