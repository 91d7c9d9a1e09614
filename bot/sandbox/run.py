"""`ssot sandbox`: the local GitHub, a sample repository and the real service, in one process."""

from __future__ import annotations

import asyncio
import signal
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bot.app import running
from bot.sandbox.github.server import LocalGitHub
from bot.sandbox.sample import OPERATOR, create_sample, mend_sample, open_sample
from bot.settings import from_environment
from bot.world import AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.ports import Store

POLL_SECONDS = 0.05
SOON_SECONDS = 3600.0


async def run_sandbox(*, port: int, announce: Callable[[str, str], None]) -> None:
    """Run until SIGINT or SIGTERM, which cancel at any time, also while everything starts.

    `announce` is told the URLs of the page and of the service once all is reviewed. Everything
    lives in a temporary folder and is gone afterwards. Raises OSError when the port is taken.
    """
    _cancel_on_signal()
    with tempfile.TemporaryDirectory(prefix="ssot-sandbox-") as folder:
        root = Path(folder)
        async with LocalGitHub(root / "github", port=port) as github:
            environment = service_environment(github, root / "data") | login_environment(github)
            settings = from_environment({**environment, "SSOT_OPERATORS": OPERATOR})
            async with running(settings, pace=AT_ONCE) as service:
                connect(github, service.url)
                assert service.store is not None
                repository = create_sample(github)
                await open_sample(github, repository)
                await until_idle(service.store)
                await mend_sample(github, repository)
                await until_idle(service.store)
                announce(github.url, service.url)
                await asyncio.Event().wait()


def _cancel_on_signal() -> None:
    """Have the first signal cancel this task: another one would end its tidying up."""
    task = asyncio.current_task()
    assert task is not None

    def cancel(task: asyncio.Task[None] = task) -> None:
        if not task.cancelling():
            task.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, cancel)


def login_environment(github: LocalGitHub) -> dict[str, str]:
    """Build what lets people log in to the pages of a service."""
    return {"GITHUB_CLIENT_ID": github.app.client_id, "GITHUB_CLIENT_SECRET": github.client_secret}


def connect(github: LocalGitHub, url: str) -> None:
    """Tell the App where its service is: deliveries go there, and people who logged in."""
    github.webhooks.url = f"{url}/webhook"
    github.allow_callback(f"{url}/login/callback")


def service_environment(github: LocalGitHub, data_dir: Path) -> dict[str, str]:
    """Build the environment that lets a service work for the local GitHub, on any free port."""
    return {
        "GITHUB_APP_ID": str(github.app.id),
        "GITHUB_APP_PRIVATE_KEY": github.private_key,
        "GITHUB_WEBHOOK_SECRET": github.webhook_secret,
        "GITHUB_SERVER_URL": github.url,
        "GITHUB_API_URL": github.api_url,
        "GITHUB_GRAPHQL_URL": github.graphql_url,
        "SSOT_DATA_DIR": str(data_dir),
        "PORT": "0",
    }


async def until_idle(store: Store, clock: Callable[[], float] = time.time) -> None:
    """Wait until no job runs or waits for its turn; one that is set for another day may."""
    while True:
        if not await store.due(before=clock() + SOON_SECONDS):
            return
        await asyncio.sleep(POLL_SECONDS)
