"""What every store tells an operator, and what it forgets."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.bot.jobs import review
from tests.bot.store.recorder import Recorder, working

if TYPE_CHECKING:
    from bot.domain.ports import Store
    from tests.bot.store.conftest import Database


async def test_oldest_waiting_job_tells_for_how_long(store: Store) -> None:
    assert await store.oldest_waiting_seconds() == 0
    before = time.time()
    await store.enqueue([review(1)])
    await store.enqueue([review(1)])
    waited = await store.oldest_waiting_seconds()
    assert 0 <= waited <= time.time() - before


async def test_purge_forgets_an_installation_and_leaves_the_others(store: Store) -> None:
    await store.enqueue([review(1, installation=1)], delivery="d1")
    await store.enqueue([review(2, installation=2)], delivery="d2")
    assert await store.purge(installation_id=1) == 1
    assert await store.enqueue([review(1, installation=1)], delivery="d1") is True
    assert await store.enqueue([review(2, installation=2)], delivery="d2") is False


async def test_purge_forgets_a_repository_and_leaves_the_others(store: Store) -> None:
    await store.enqueue([review(1, repository=1), review(1, repository=2)])
    assert await store.purge(repository_id=1) == 1
    assert (await store.counts())["waiting"] == 1


async def test_purge_by_age_takes_only_what_has_ended(store: Store) -> None:
    recorder = Recorder()
    await store.enqueue([review(1)])
    async with working(store, recorder):
        await recorder.has_ended(1)
    await store.enqueue([review(2)])
    assert await store.purge(older_than_seconds=3600) == 0
    assert await store.purge(older_than_seconds=-1) == 1
    assert await store.counts() == {"waiting": 1, "running": 0, "done": 0, "failed": 0}


async def test_purge_by_age_keeps_what_a_delivery_asked_for_longer_than_our_own(
    database: Database,
) -> None:
    store, recorder = await database.open(now=0.0), Recorder()
    await store.enqueue([review(1)])
    await store.enqueue([review(2)], delivery="d2")
    async with working(store, recorder):
        await recorder.has_ended(2)
    await store.close()
    store = await database.open(now=3601.0)
    assert await store.purge(older_than_seconds=7 * 24 * 3600) == 1
    assert await store.enqueue([review(2)], delivery="d2") is False


async def test_purge_leaves_running_jobs(store: Store) -> None:
    recorder = Recorder()
    recorder.hold()
    await store.enqueue([review(1)])
    async with working(store, recorder):
        await recorder.has_started(1)
        assert await store.purge(installation_id=7) == 0
        recorder.release()


async def test_purge_of_nothing_in_particular_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="installation, a repository or an age"):
        await store.purge()


async def test_repositories_of_an_installation_are_known_by_its_jobs(store: Store) -> None:
    await store.enqueue([review(1, repository=2), review(2, repository=2)])
    await store.enqueue([review(1, repository=1), review(1, repository=0)])
    await store.enqueue([review(1, installation=8, repository=3)])
    assert list(await store.repositories(7)) == [1, 2]
