"""What all pages share, over real HTTP."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from bot.web.pages import add_static, errors, render, static

if TYPE_CHECKING:
    from aiohttp.test_utils import TestClient
    from pytest_aiohttp.plugin import AiohttpClient

    Client = TestClient[web.Request, web.Application]

BROWSER = {"Accept": "text/html,application/xhtml+xml"}


async def show(_request: web.Request) -> web.Response:
    return render("error.html", {"title": "<b>", "text": "fine"}, form_targets=["https://a.test"])


async def gone(_request: web.Request) -> web.Response:
    raise web.HTTPGone(text="It was moved.")


async def broken(_request: web.Request) -> web.Response:
    raise ValueError("a secret of ours")


@pytest.fixture
async def client(aiohttp_client: AiohttpClient) -> Client:
    app = web.Application(middlewares=[errors])
    app.router.add_get("/page", show)
    app.router.add_get("/gone", gone)
    app.router.add_get("/broken", broken)
    add_static(app)
    return await aiohttp_client(app)


async def test_page_escapes_and_lets_nothing_in_from_elsewhere(client: Client) -> None:
    response = await client.get("/page")
    text = await response.text()
    policy = response.headers["Content-Security-Policy"]
    assert "<h1>&lt;b&gt;</h1>" in text
    assert policy.startswith("default-src 'none'; ")
    assert "form-action 'self' https://a.test;" in policy
    assert "unsafe" not in policy
    assert response.headers["Cache-Control"] == "no-store"
    assert not re.search(r"""(src|href)=["'](https?:)?//|<style|<script>|style=""", text)


async def test_what_a_page_loads_is_there_under_the_address_it_names(client: Client) -> None:
    text = await (await client.get("/page")).text()
    addresses = re.findall(r'href="(/-/[^"]+)"', text)
    assert static("style.css") in addresses
    for address in addresses:
        response = await client.get(address)
        assert response.status == 200
        assert "immutable" in response.headers["Cache-Control"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert (await client.get("/-/layout.html")).status == 404


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/nowhere", 404, "There is no such page"),
        ("/gone", 410, "<p>It was moved.</p>"),
        ("/broken", 500, "The log of the service has the details."),
    ],
)
async def test_person_gets_a_page_that_says_what_is_wrong(
    client: Client, path: str, status: int, told: str
) -> None:
    response = await client.get(path, headers=BROWSER)
    text = await response.text()
    assert response.status == status
    assert told in text
    assert "secret" not in text
    assert response.headers["Content-Security-Policy"]


async def test_program_gets_a_line_of_text(client: Client) -> None:
    response = await client.get("/nowhere", headers={"Accept": "*/*"})
    assert (response.status, await response.text()) == (404, "404: Not Found")
