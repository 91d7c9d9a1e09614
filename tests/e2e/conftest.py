"""The repository that most end-to-end tests start with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.world import FILES, world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.e2e.world import World


@pytest.fixture(autouse=True)
def _one_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start one process that reads: starting them takes longer than most tests have to read."""
    monkeypatch.setattr("bot.world.CORES", 1)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[World]:
    """A repository with a policy and nothing to complain about."""
    async with world(tmp_path, FILES) as made:
        yield made
