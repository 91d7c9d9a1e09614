"""A sweep makes way for reviews when GitHub answers little more in this hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.jobs import Job, JobKind, RepositoryRef
from bot.domain.ports import SweepPorts
from bot.services.sweep import sweep
from bot.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.domain.heads import OpenHead, SweptRun

LATER = 4_000_000_000.0
SWEEP = Job(JobKind.SWEEP, 7, RepositoryRef(42, "acme", "engine"), 0)


class Quiet:
    """Repositories without open pull requests, asked when there is quota to spare."""

    def __init__(self, not_before: float) -> None:
        self.asked = 0
        self._not_before = not_before

    def not_before(self, installation_id: int) -> float:
        assert installation_id == SWEEP.installation_id
        return self._not_before

    async def repositories(self, installation_id: int) -> Sequence[RepositoryRef]:
        raise NotImplementedError

    async def open_heads(self, job: Job) -> Sequence[OpenHead]:
        self.asked += 1
        return ()

    async def numbers(self, job: Job) -> Sequence[int]:
        raise NotImplementedError

    def forget_config(self, job: Job) -> None:
        raise NotImplementedError

    async def close(self, job: Job, run: SweptRun) -> None:
        raise NotImplementedError


async def test_sweep_asks_nothing_and_waits_when_there_is_little_left(tmp_path: Path) -> None:
    store, repositories = SqliteStore(tmp_path / "queue.sqlite"), Quiet(LATER)
    await sweep(SWEEP, SweepPorts(repositories, store, lambda: 0.0))
    assert repositories.asked == 0
    assert await store.due(before=LATER) == 0
    assert await store.due(before=LATER + 1) == 1
    await store.close()


async def test_sweep_asks_when_there_is_enough(tmp_path: Path) -> None:
    store, repositories = SqliteStore(tmp_path / "queue.sqlite"), Quiet(0.0)
    await sweep(SWEEP, SweepPorts(repositories, store, lambda: 0.0))
    assert repositories.asked == 1
    await store.close()
