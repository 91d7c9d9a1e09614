"""A queue as a service leaves it in the data folder, and the terminal beside it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.cli.entry import run
from bot.domain.retry import RetryPolicy, RunLimits
from bot.settings import from_environment
from bot.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

ONE_ATTEMPT = RunLimits(retry=RetryPolicy(attempts=1))


def choose_folder(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """Let commands find the queue in a folder, whatever the environment says."""
    for name in ("DATABASE_URL", "GITHUB_APP_ID", "GITHUB_WEBHOOK_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSOT_DATA_DIR", str(folder))
    return from_environment({"SSOT_DATA_DIR": str(folder)}).database_path


def service(path: Path) -> SqliteStore:
    """Open the queue as a service does that tries each job once."""
    return SqliteStore(path, limits=ONE_ATTEMPT, look_seconds=0.01)


async def ssot(*words: str) -> int:
    """Run a command beside the loop of the service."""
    return await asyncio.to_thread(run, words)
