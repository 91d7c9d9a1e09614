"""Who gets in, what GitHub may answer, and what is kept, over real HTTP."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import CookieJar, web

from bot import credentials
from bot.sandbox.github import registering
from bot.sandbox.github.faults import BAD_GATEWAY, Fault
from bot.sandbox.github.server import LocalGitHub
from bot.settings import from_environment
from bot.web.pages import errors
from bot.web.setup.pages import Setup, add_setup

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from aiohttp import ClientResponse
    from aiohttp.test_utils import TestClient
    from pytest_aiohttp.plugin import AiohttpClient

    Client = TestClient[web.Request, web.Application]

BROWSER = {"Accept": "text/html"}


class Service:
    """The set-up of one service, a visitor's browser, and the environment that it would read."""

    def __init__(self, environ: dict[str, str], connect: AiohttpClient) -> None:
        self.environ = environ
        self.paused = 0
        self.setup = Setup(lambda: from_environment(environ), self._pause)
        self._connect = connect

    async def _pause(self) -> None:
        self.paused += 1

    async def browser(self) -> Client:
        app = web.Application(middlewares=[errors])
        add_setup(app, self.setup, from_environment(self.environ))
        return await self._connect(app, cookie_jar=CookieJar(unsafe=True))

    async def visitor(self) -> Client:
        browser = await self.browser()
        response = await browser.get(f"/setup?token={self.setup.visit.token}", headers=BROWSER)
        assert response.status == 200, await response.text()
        return browser


@pytest.fixture
async def github(tmp_path: Path) -> AsyncIterator[LocalGitHub]:
    async with LocalGitHub(tmp_path / "github") as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def blocked(folder: Path) -> Path:
    """A file where the data folder should be."""
    folder.write_text("a file")
    return folder


@pytest.fixture
def service(folder: Path, github: LocalGitHub, aiohttp_client: AiohttpClient) -> Service:
    environ = {"SSOT_DATA_DIR": str(folder), "GITHUB_SERVER_URL": github.url}
    return Service(environ, aiohttp_client)


async def propose(browser: Client, **headers: str) -> ClientResponse:
    form = {"address": "http://127.0.0.1:8080", "organization": "acme", "github": ""}
    page = await (await browser.get("/setup", headers=BROWSER)).text()
    (form["github"],) = re.findall(r'name="github" type="url" value="([^"]+)"', page) or [""]
    return await browser.post("/setup", data=form, headers={**BROWSER, **headers})


async def leave(browser: Client) -> str:
    """Take a proposal to GitHub; return its `state`."""
    response = await propose(browser)
    found = re.search(r'action="([^"]+)"', await response.text())
    assert found, response.status
    return parse_qs(urlsplit(found[1]).query)["state"][0]


def registered(github: LocalGitHub, name: str = "ours") -> str:
    manifest = {"url": "https://a.test", "redirect_url": "https://a.test"}
    read = registering.read(json.dumps({**manifest, "hook_attributes": {"url": "https://a.test"}}))
    owner = next(iter(github.state.users.values()))
    app = registering.register(github.state, read, name=name, owner=owner)
    return registering.hand_out(github.state, app)


async def come_back(browser: Client, code: str, state: str) -> tuple[int, str]:
    query = {"code": code, "state": state}
    response = await browser.get(
        "/setup/callback", params=query, headers=BROWSER, allow_redirects=False
    )
    return response.status, await response.text()


async def test_token_opens_once_and_leaves_the_address(service: Service) -> None:
    first, second = await service.browser(), await service.browser()
    address = f"/setup?token={service.setup.visit.token}"
    opened = await first.get(address, headers=BROWSER, allow_redirects=False)
    assert (opened.status, opened.headers["Location"]) == (303, "/setup")
    assert (await first.get("/setup", headers=BROWSER)).status == 200
    assert (await first.get(address, headers=BROWSER)).status == 200
    refused = await second.get(address, headers=BROWSER)
    assert refused.status == 403
    assert "start the service again" in await refused.text()


@pytest.mark.parametrize(("scheme", "secure"), [("http", False), ("https", True)])
async def test_cookie_is_for_nobody_else(service: Service, scheme: str, secure: bool) -> None:
    address = f"/setup?token={service.setup.visit.token}"
    browser = await service.browser()
    sent = {**BROWSER, "X-Forwarded-Proto": scheme}
    opened = await browser.get(address, headers=sent, allow_redirects=False)
    (cookie,) = opened.headers.getall("Set-Cookie")
    assert re.search(r"HttpOnly; Path=/setup; SameSite=Lax", cookie), cookie
    assert ("Secure" in cookie) == secure
    assert service.setup.visit.token not in cookie


@pytest.mark.parametrize(
    "path", ["/setup", "/setup?token=guess", "/setup/callback", "/setup/checks"]
)
async def test_stranger_sees_nothing(service: Service, path: str) -> None:
    await service.visitor()
    response = await (await service.browser()).get(path, headers=BROWSER)
    assert response.status == 403


async def test_form_of_another_site_is_refused(service: Service) -> None:
    browser = await service.visitor()
    assert (await propose(browser)).status == 200
    assert (await propose(browser, Origin="https://evil.example")).status == 403
    assert (await propose(await service.browser())).status == 403


async def test_manifest_may_be_sent_to_the_chosen_github_alone(
    service: Service, github: LocalGitHub
) -> None:
    response = await propose(await service.visitor())
    policy = response.headers["Content-Security-Policy"]
    assert f"form-action 'self' {github.url};" in policy


async def test_mistake_comes_back_with_what_was_typed(service: Service) -> None:
    browser = await service.visitor()
    form = {"address": "nowhere", "organization": '"><b>', "github": ""}
    response = await browser.post("/setup", data=form, headers=BROWSER)
    text = await response.text()
    assert response.status == 422
    assert "nowhere is not an address" in text
    assert 'value="&#34;&gt;&lt;b&gt;"' in text


async def test_credentials_are_kept_and_shown_to_nobody(
    service: Service, github: LocalGitHub, folder: Path
) -> None:
    browser = await service.visitor()
    status, text = await come_back(browser, registered(github), await leave(browser))
    kept = credentials.read(folder)
    assert status == 303, text
    assert service.setup.configured.is_set()
    assert service.paused == 1
    assert kept["GITHUB_SERVER_URL"] == github.url
    assert from_environment(service.environ).app is not None
    assert not any(value in text for name, value in kept.items() if "SECRET" in name)


async def test_second_app_of_another_tab_does_not_take_the_place_of_the_first(
    service: Service, github: LocalGitHub, folder: Path
) -> None:
    browser = await service.visitor()
    first, second = await leave(browser), await leave(browser)
    assert (await come_back(browser, registered(github), first))[0] == 303
    kept = credentials.read(folder)
    status, text = await come_back(browser, registered(github, "late"), second)
    assert status == 409
    assert "delete this one on GitHub" in text
    assert (credentials.read(folder), service.paused) == (kept, 1)


@pytest.mark.parametrize("port", ["", ":443"])
async def test_browser_is_known_behind_two_proxies(service: Service, port: str) -> None:
    """The second one adds its own to what the first one said."""
    browser = await service.visitor()
    said = {
        "X-Forwarded-Proto": "https, http",
        "X-Forwarded-Host": f"SSOT.example.com{port}, inner.test:8080",
    }
    response = await propose(browser, Origin="https://ssot.example.com", **said)
    assert response.status == 200
    assert "https://ssot.example.com/setup/callback" in await response.text()


async def test_answer_that_nobody_asked_for_is_refused(
    service: Service, github: LocalGitHub, folder: Path
) -> None:
    browser = await service.visitor()
    state, code = await leave(browser), registered(github)
    assert (await come_back(browser, code, "guess"))[0] == 403
    assert (await come_back(browser, "old", state))[0] == 409
    assert (await come_back(browser, code, state))[0] == 403
    assert credentials.read(folder) == {}


async def test_code_that_has_expired_is_told_with_the_way_on(service: Service) -> None:
    browser = await service.visitor()
    status, text = await come_back(browser, "expired", await leave(browser))
    assert status == 409
    assert "works once, and for an hour. Begin again" in text


async def test_code_is_still_good_after_github_was_away(
    service: Service, github: LocalGitHub
) -> None:
    browser = await service.visitor()
    state, code = await leave(browser), registered(github)
    github.script(BAD_GATEWAY, path="/app-manifests/*")
    status, text = await come_back(browser, code, state)
    assert status == 502
    assert "reload this page" in text
    assert (await come_back(browser, code, state))[0] == 303


async def test_hook_without_secret_is_told_before_the_service_starts(
    service: Service, github: LocalGitHub, folder: Path
) -> None:
    browser = await service.visitor()
    code, state = registered(github), await leave(browser)
    answer = {
        "id": 7,
        "html_url": "x",
        "client_id": "x",
        "client_secret": "x",
        "pem": github.private_key,
        "webhook_secret": None,
    }
    github.script(Fault(201, json.dumps(answer)), path="/app-manifests/*")
    status, text = await come_back(browser, code, state)
    assert status == 409
    assert "GITHUB_WEBHOOK_SECRET is empty or missing" in text
    assert not service.setup.configured.is_set()
    assert credentials.read(folder)["GITHUB_APP_ID"] == "7"


async def test_environment_that_wins_is_told(service: Service, github: LocalGitHub) -> None:
    browser = await service.visitor()
    state, code = await leave(browser), registered(github)
    service.environ["GITHUB_SERVER_URL"] = "https://ghe.example.com"
    status, text = await come_back(browser, code, state)
    assert status == 409
    assert "and takes precedence: unset GITHUB_APP_ID" in text


async def test_folder_that_cannot_be_used_is_told_before_github_is_asked(
    service: Service, blocked: Path
) -> None:
    browser = await service.browser()
    response = await browser.get(f"/setup?token={service.setup.visit.token}", headers=BROWSER)
    assert response.status == 503
    assert "Choose another with SSOT_DATA_DIR" in await response.text()


async def test_credentials_that_cannot_be_written_are_told(
    service: Service, github: LocalGitHub, folder: Path
) -> None:
    browser = await service.visitor()
    code, state = registered(github), await leave(browser)
    (folder / "app.json").mkdir()
    (folder / "app.json" / "x").touch()
    status, text = await come_back(browser, code, state)
    assert status == 500
    assert "delete the App on GitHub" in text


async def test_address_alone_leads_to_the_set_up(service: Service) -> None:
    response = await (await service.browser()).get("/", allow_redirects=False)
    assert (response.status, response.headers["Location"]) == (303, "/setup")
