"""Whoever runs the service looks at how it is, and nobody else does."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.app import running
from bot.sandbox.github.server import LocalGitHub
from bot.sandbox.run import connect, login_environment, service_environment
from bot.settings import from_environment
from bot.world import AT_ONCE
from tests.browser.accessibility import faults
from tests.browser.visitor import Visitor
from tests.e2e.world import FILES

if TYPE_CHECKING:
    from pathlib import Path

    from selenium.webdriver import Chrome


def look(visitor: Visitor, url: str, *, words: str) -> None:
    visitor.open(url)
    visitor.press("Authorize")
    visitor.find("main", words)
    assert faults(visitor) == []


@pytest.mark.parametrize(("operators", "words"), [("ada", "waiting"), ("bob", "You are ada")])
async def test_page_is_for_the_operator(
    chromium: Chrome, tmp_path: Path, operators: str, words: str
) -> None:
    chromium.delete_all_cookies()
    visitor = Visitor(chromium, "")
    visitor.allow_scripts("yes")
    async with LocalGitHub(tmp_path / "github") as github:
        github.people.user("ada")
        github.create_repository("acme/shop", FILES)
        environ = service_environment(github, tmp_path / "data") | login_environment(github)
        settings = from_environment({**environ, "SSOT_OPERATORS": operators})
        async with running(settings, pace=AT_ONCE) as service:
            connect(github, service.url)
            # The browser waits in a thread: GitHub and the service answer from this one.
            await asyncio.to_thread(look, visitor, f"{service.url}/operator", words=words)
            visitor.driver.get("about:blank")
    assert all("status of 4" in why for why in visitor.complaints())
