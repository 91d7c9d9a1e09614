"""The check list asks GitHub how it sees us, over real HTTP."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bot.github.auth import Tokens
from bot.github.client import GitHub
from bot.github.configs import OwnerConfigs
from bot.github.connection import Connection
from bot.github.sweeps import Sweeps
from bot.github.transport import Transport
from bot.sandbox.github.faults import BAD_GATEWAY
from bot.sandbox.github.records import Hook
from bot.sandbox.github.server import LocalGitHub
from bot.settings import from_environment
from bot.web.pages import errors
from bot.web.setup.checks import Checks, add_checks
from bot.web.setup.visit import COOKIE, Visit
from tests.bot.test_settings import KEY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from pytest_aiohttp.plugin import AiohttpClient

HOOK = Hook("http://127.0.0.1:9/webhook", "secret")


@pytest.fixture
async def github(tmp_path: Path) -> AsyncIterator[LocalGitHub]:
    async with LocalGitHub(tmp_path / "github") as running:
        running.state.hooks[running.app.id] = HOOK
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def checks_of(
    github: LocalGitHub, session: aiohttp.ClientSession, key: RSAPrivateKey | None = None
) -> Checks:
    transport = Transport(session, api_url=github.api_url, graphql_url=github.graphql_url)
    app_id, known = github.app.id, load_pem_private_key(github.private_key.encode(), password=None)
    assert isinstance(known, RSAPrivateKey)
    client = GitHub(transport, Tokens(transport, app_id=str(app_id), private_key=key or known))
    configs = OwnerConfigs(client)
    connection = Connection(client, Sweeps(client, configs, app_id=app_id), configs)
    return Checks(connection, from_environment({"SSOT_DATA_DIR": "/data"}), local=github.url)


async def states(checks: Checks) -> list[str]:
    return [str(check.state) for check in await checks.look()]


async def test_new_app_waits_for_deliveries_installation_and_config(
    github: LocalGitHub, session: aiohttp.ClientSession
) -> None:
    assert await states(checks_of(github, session)) == ["done", "waiting", "waiting", "waiting"]


async def test_config_is_found_among_the_repositories(
    github: LocalGitHub, session: aiohttp.ClientSession
) -> None:
    github.create_repository("acme/empty")
    github.create_repository("acme/shop", {".github/ssot.yml": "version: 1\n"})
    *_, installed, configured = await checks_of(github, session).look()
    assert installed.text == "On acme."
    assert configured.text == "Found in acme/shop."


async def test_greeting_that_came_too_early_is_repeated_once(
    github: LocalGitHub, session: aiohttp.ClientSession
) -> None:
    github.webhooks.hold()
    github.webhooks.ping(github.app)
    await github.webhooks.settle()
    (ping,) = github.state.deliveries.values()
    github.state.deliveries[ping.id] = replace(ping, status_code=503)
    checks = checks_of(github, session)
    for _ in range(2):
        _, arrives, *_ = await checks.look()
        checks._looked_at = 0.0
    again = [request for request in github.requests if request.path.endswith("/attempts")]
    assert arrives.text == f"GitHub is trying {HOOK.url} again."
    assert len(again) == 1


async def test_key_of_another_app_is_told(
    github: LocalGitHub, session: aiohttp.ClientSession
) -> None:
    (known,) = await checks_of(github, session, KEY).look()
    assert "GitHub refuses the App's key: A JSON web token could not" in known.text


async def test_github_that_cannot_be_reached_is_told(
    github: LocalGitHub, session: aiohttp.ClientSession
) -> None:
    github.script(BAD_GATEWAY, path="/app")
    (known,) = await checks_of(github, session).look()
    assert known.text.startswith("GitHub cannot be reached from here: GitHub answered 502")


@pytest.mark.parametrize("path", ["/setup", "/setup/checks", "/setup/callback?code=x"])
async def test_set_up_is_closed_to_all_but_its_visitor(
    github: LocalGitHub,
    session: aiohttp.ClientSession,
    aiohttp_client: AiohttpClient,
    path: str,
) -> None:
    visit, app = Visit(), web.Application(middlewares=[errors])
    add_checks(app, visit, checks_of(github, session))
    client = await aiohttp_client(app)
    headers = {"Accept": "text/html"}
    for cookie in ("", "guess"):
        response = await client.get(path, headers=headers, cookies={COOKIE: cookie})
        assert response.status == 410
        assert "delete /data/app.json" in await response.text()
    assert visit.enter(visit.token)
    response = await client.get(path, headers=headers, cookies={COOKIE: visit._cookie})
    assert response.status == 200
    assert "GitHub knows this service" in await response.text()
