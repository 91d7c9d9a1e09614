"""From no credentials to the first verdict, over HTTP, as a person with a browser does it."""

from __future__ import annotations

import asyncio
import html
import json
import os
import re
import signal
import stat
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from bot.sandbox.github.people import Opening
from bot.sandbox.github.server import LocalGitHub
from tests.e2e.world import FILES, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.sandbox.github.records import Repository

PATIENCE_SECONDS = 60
IMPORT = "from shop.legacy.engine import OldEngine\n"
BROWSER = {"Accept": "text/html", "User-Agent": "tests"}


@dataclass
class Process:
    """`ssot serve` without credentials, and what it writes to stderr."""

    child: asyncio.subprocess.Process
    written: list[str] = field(default_factory=list)

    async def address(self) -> str:
        """Read up to the address that opens the set-up."""
        return (await self.wait_for(r"^\s+(http://\S+/setup\?token=\S+)$"))[1]

    async def wait_for(self, pattern: str) -> re.Match[str]:
        assert self.child.stderr is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            while line := (await self.child.stderr.readline()).decode():
                self.written.append(line)
                if match := re.search(pattern, line.rstrip()):
                    return match
        raise AssertionError("".join(self.written))

    async def end(self) -> str:
        self.child.send_signal(signal.SIGTERM)
        _, rest = await self.child.communicate()
        return "".join(self.written) + rest.decode()


@asynccontextmanager
async def serving(folder: Path, **environ: str) -> AsyncIterator[Process]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "DATABASE_"))}
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "serve", "--port", "0"),
        env={**clean, "SSOT_DATA_DIR": str(folder), **environ},
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield Process(child)
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


@dataclass
class Browser:
    """Follows redirects, keeps cookies, and fills the one form of a page in."""

    session: aiohttp.ClientSession
    url: str = ""
    status: int = 0
    text: str = ""

    async def open(self, url: str, method: str = "GET", **sent: Any) -> None:
        async with self.session.request(method, url, headers=BROWSER, **sent) as response:
            self.url, self.status = str(response.url), response.status
            self.text = html.unescape(await response.text())
            self.raw_policy = response.headers.get("Content-Security-Policy", "")

    async def submit(self, **changed: str) -> None:
        found = re.search(
            r'<form method="post" action="([^"]+)">(.*?)</form>', self.text, re.DOTALL
        )
        assert found, self.text
        fields = dict(re.findall(r'name="(\w+)"[^>]*? value="([^"]*)"', found[2]))
        manifest = re.search(r'name="manifest" value="(\{.*?\})">', found[2], re.DOTALL)
        fields |= {"manifest": manifest[1]} if manifest else {}
        parts = urlsplit(self.url)
        action = found[1] if "://" in found[1] else f"{parts.scheme}://{parts.netloc}{found[1]}"
        await self.open(action, "POST", data={**fields, **changed})

    @property
    def states(self) -> list[str]:
        return re.findall(r'<span class="badge \w+">(\w+)</span>', self.text)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    jar = aiohttp.CookieJar(unsafe=True)  # the service has a number for a name
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        yield Browser(session)


@pytest.fixture
async def github(tmp_path: Path) -> AsyncIterator[LocalGitHub]:
    async with LocalGitHub(tmp_path / "github") as running:
        yield running


@pytest.fixture
def repository(github: LocalGitHub) -> Repository:
    repository = github.create_repository("acme/shop", FILES)
    github.state.installations.clear()
    return repository


async def register(browser: Browser, process: Process, github: LocalGitHub) -> None:
    """Go from the printed address to the check list."""
    await browser.open(await process.address())
    address = browser.url.removesuffix("/setup")
    await browser.submit(address=address, github=github.url, organization="acme")
    await browser.submit()
    await browser.submit()


async def see(browser: Browser, github: LocalGitHub, states: list[str]) -> None:
    """Load the page again until its points stand like that."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            await github.webhooks.settle()
            await browser.open(browser.url)
            if browser.states == states:
                return
            await asyncio.sleep(0.1)


async def test_service_is_connected_and_judges_without_a_restart(
    tmp_path: Path, github: LocalGitHub, repository: Repository, browser: Browser
) -> None:
    data = tmp_path / "data"
    async with serving(data) as process:
        await register(browser, process, github)
        assert urlsplit(browser.url).path == "/setup/checks"
        await process.wait_for("service.started")

        await see(browser, github, ["done", "done", "waiting", "waiting"])
        checks = browser.url
        (install,) = re.findall(r'href="(http[^"]+/installations/new)"', browser.text)
        await browser.open(install)
        await browser.open(install, "POST", data={"repository": str(repository.id)})
        assert browser.url.startswith(checks)
        await see(browser, github, ["done"] * 4)
        assert "Everything works" in browser.text
        github.people.commit(repository, "change", {"shop/plans.py": IMPORT})
        await github.people.open_pull(repository, Opening("change"))
        runs = github.state.check_runs
        await until(lambda: any(run.conclusion == "failure" for run in runs.values()))
        (run,) = runs.values()
        assert (run.details_url or "").startswith(checks.removesuffix("/setup/checks"))
        await browser.open(run.details_url or "")
        assert browser.url.startswith(f"{github.url}/login")
        assert browser.status == 200
        log = await process.end()

    kept = data / "app.json"
    secrets = json.loads(kept.read_text())
    token = re.search(r"token=(\S+)", log)
    assert token is not None
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert log.count(token[1]) == 1
    for name in ("GITHUB_WEBHOOK_SECRET", "GITHUB_CLIENT_SECRET", "GITHUB_APP_PRIVATE_KEY"):
        assert secrets[name] not in log
