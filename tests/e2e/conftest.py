"""A local GitHub, the real service in front of it, and a repository with a policy."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from bot.app import Service, running
from bot.sandbox.github.people import Opening
from bot.sandbox.github.server import LocalGitHub
from bot.settings import from_environment

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from bot.sandbox.github.records import CheckRun, Pull, Repository, ReviewComment
    from bot.settings import Settings

PATIENCE_SECONDS = 30.0
BEAT_SECONDS = 0.02
POLICY = """\
version: 1
concepts:
  engine:
    about: One engine for each order, so that no state is shared between customers.
    canonical: ["shop.engine:Engine"]
    definitions:
      classes: ["*Engine"]
    deprecated:
      shop.legacy.engine:
        use: shop.engine
        names: {OldEngine: Engine}
"""
FILES = {
    ".github/ssot.yml": POLICY,
    "shop/__init__.py": "",
    "shop/engine.py": "class Engine:\n    pass\n",
    "shop/legacy/__init__.py": "",
    "shop/legacy/engine.py": "class OldEngine:\n    pass\n",
    "shop/orders.py": "from shop.engine import Engine\n\n\ndef order():\n    return Engine()\n",
}


@dataclass(frozen=True)
class World:
    """One service and one repository on one local GitHub."""

    github: LocalGitHub
    service: Service
    repository: Repository

    async def open(self, files: Mapping[str, str | bytes | None], **opening: Any) -> Pull:
        """Open a pull request that changes these files, and wait for its review."""
        self.github.people.commit(self.repository, "change", files)
        pull = await self.github.people.open_pull(
            self.repository, Opening(**{"head": "change", **opening})
        )
        await self.settle()
        return pull

    async def push(self, files: Mapping[str, str | bytes | None], **how: Any) -> str:
        """Push to the pull request, and wait for its review."""
        head = await self.github.people.push(self.repository, "change", files, **how)
        await self.settle()
        return head

    async def settle(self) -> None:
        """Wait until no job waits or runs."""
        store = self.service.store
        assert store is not None

        async def busy() -> bool:
            counts = await store.counts()
            return bool(counts["waiting"] or counts["running"])

        async with asyncio.timeout(PATIENCE_SECONDS):
            while await busy():  # noqa: ASYNC110 - another process may hold what is waited for
                await asyncio.sleep(BEAT_SECONDS)

    def runs(self) -> list[CheckRun]:
        """Give our check runs, oldest first."""
        runs = self.github.state.check_runs.values()
        return sorted((r for r in runs if r.name == "SSOT"), key=lambda run: run.id)

    def comments(self) -> list[ReviewComment]:
        """Give all inline comments, oldest first."""
        return sorted(self.github.state.review_comments.values(), key=lambda c: c.id)

    def asked(self) -> list[str]:
        """List the API requests so far, tokens left out, as `POST /repos/{owner}/…`."""
        requests = (f"{r.method} {r.path}" for r in self.github.requests)
        return [request for request in requests if "access_tokens" not in request]


def settings_for(github: LocalGitHub, data_dir: Path) -> Settings:
    """Configure a service for the local GitHub."""
    return from_environment(
        {
            "GITHUB_APP_ID": str(github.app.id),
            "GITHUB_APP_PRIVATE_KEY": github.private_key,
            "GITHUB_WEBHOOK_SECRET": github.webhook_secret,
            "GITHUB_SERVER_URL": github.url,
            "GITHUB_API_URL": github.api_url,
            "GITHUB_GRAPHQL_URL": github.graphql_url,
            "SSOT_DATA_DIR": str(data_dir),
            "PORT": "0",
        }
    )


@asynccontextmanager
async def world(folder: Path, files: Mapping[str, str | bytes | None]) -> AsyncIterator[World]:
    """Start everything on a repository that holds `files`."""
    async with LocalGitHub(folder / "github") as github:
        repository = github.create_repository("acme/shop", files)
        settings = settings_for(github, folder / "data")
        async with running(settings, write_interval_seconds=0.0) as service:
            github.webhooks.url = f"{service.url}/webhook"
            yield World(github, service, repository)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[World]:
    """A repository with a policy and nothing to complain about."""
    async with world(tmp_path, FILES) as made:
        yield made
