"""Somebody connects the service to GitHub, from the printed address to the first verdict."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.sandbox.github.people import Opening
from bot.sandbox.github.server import LocalGitHub
from tests.browser.accessibility import faults
from tests.browser.visitor import Visitor
from tests.e2e.test_setup import IMPORT, serving
from tests.e2e.world import FILES, until

if TYPE_CHECKING:
    from pathlib import Path

    from selenium.webdriver import Chrome


def connect(visitor: Visitor, address: str, github_url: str) -> None:
    """Go all the way that the pages lead, and look at each with axe."""
    visitor.open(address)
    assert faults(visitor) == []
    visitor.unfold("Enterprise Server")
    visitor.write("#address", address.partition("/setup")[0])
    visitor.write("#github", github_url)
    visitor.write("#organization", "no such name")
    visitor.press("Continue")
    assert visitor.find("#organization[aria-invalid]")
    assert faults(visitor) == []
    visitor.write("#organization", "acme")
    visitor.press("Continue")
    visitor.find("main", "Step 2 of 3")
    assert faults(visitor) == []
    visitor.press("Create the App on GitHub")
    visitor.press("Create GitHub App for acme")
    visitor.find("main", "Step 3 of 3")
    assert faults(visitor) == []


def install(visitor: Visitor) -> None:
    """Install the App as the page asks for, and wait there for all to be well."""
    visitor.press("Install")
    visitor.find("input[name=repository]").click()
    visitor.press("Install")
    visitor.find("[data-done]")
    assert faults(visitor) == []


async def test_service_is_connected_with_a_browser(chromium: Chrome, tmp_path: Path) -> None:
    visitor = Visitor(chromium, "")
    visitor.allow_scripts("yes")
    async with LocalGitHub(tmp_path / "github") as github, serving(tmp_path / "data") as process:
        repository = github.create_repository("acme/shop", FILES)
        github.state.installations.clear()

        # The browser waits in a thread: GitHub answers from this one.
        await asyncio.to_thread(connect, visitor, await process.address(), github.url)
        await asyncio.to_thread(install, visitor)

        github.people.commit(repository, "change", {"shop/plans.py": IMPORT})
        await github.people.open_pull(repository, Opening("change"))
        runs = github.state.check_runs
        await until(lambda: any(run.conclusion == "failure" for run in runs.values()))
        visitor.driver.get("about:blank")
    assert [why for why in visitor.complaints() if "422" not in why] == []
