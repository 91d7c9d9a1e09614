"""What is taken away is forgotten, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.jobs import Job, JobKind, RepositoryRef
from bot.services.purge import purge
from bot.store.sqlite import SqliteStore
from tests.bot.jobs import review

if TYPE_CHECKING:
    from pathlib import Path


async def _purged(job: Job, folder: Path) -> tuple[int, list[int]]:
    """Purge two repositories, one of which two installations know; tell what is left and gone."""
    forgotten: list[int] = []

    async def forget(repository_id: int) -> None:
        forgotten.append(repository_id)

    store = SqliteStore(folder / "queue.sqlite")
    await store.enqueue([review(1, repository=1), review(2, repository=2)])
    await store.enqueue([review(3, installation=8, repository=1)])
    await purge(job, store, (forget,))
    waiting = (await store.counts())["waiting"]
    await store.close()
    return waiting, forgotten


async def test_transferred_repository_keeps_the_jobs_of_its_new_installation(
    tmp_path: Path,
) -> None:
    taken = Job(JobKind.PURGE, 7, RepositoryRef(1, "acme", "engine"), 0)
    assert await _purged(taken, tmp_path) == (2, [1])


async def test_all_that_an_installation_gave_us_is_forgotten(tmp_path: Path) -> None:
    every = Job(JobKind.PURGE, 7, RepositoryRef(0, "", ""), 0)
    assert await _purged(every, tmp_path) == (1, [1, 2])
