"""Installed, suspended, removed: what we are given is looked at, what is taken is forgotten."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from bot.sandbox.github.people import Opening
from bot.sandbox.github.render import installation_json
from bot.sandbox.github.state import Happening
from tests.e2e.world import FILES, world

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox.github.records import Installation
    from tests.e2e.world import World

ENGINE = "class OrderEngine:\n    pass\n"
IMPORT = "from shop.legacy.engine import OldEngine\n"


def _installation(shop: World) -> Installation:
    return next(iter(shop.github.state.installations.values()))


def _traces(folder: Path, repository_id: int) -> list[object]:
    """List what is left of a repository: its jobs, but for the one that purged it, and files."""
    with closing(sqlite3.connect(folder / "data" / "queue.sqlite")) as database:
        rows = database.execute(
            "select kind from job where repository = ? and kind != 'purge'", (repository_id,)
        ).fetchall()
    data = folder / "data"
    mirrors = sorted((data / "mirrors").glob(f"{repository_id}/*"))
    return [*rows, *mirrors, *sorted((data / "additions").glob(str(repository_id)))]


async def test_removed_app_leaves_neither_rows_nor_mirror(tmp_path: Path) -> None:
    async with world(tmp_path, FILES) as shop:
        await shop.open({"shop/plans.py": IMPORT})
        assert _traces(tmp_path, shop.repository.id) != []
        await shop.github.owners.uninstall(_installation(shop))
        await shop.settle()

        assert _traces(tmp_path, shop.repository.id) == []


async def test_removed_app_leaves_nothing_although_no_repository_is_named(tmp_path: Path) -> None:
    async with world(tmp_path, FILES) as shop:
        await shop.open({"shop/plans.py": ENGINE})
        assert list((tmp_path / "data" / "additions").iterdir()) != []
        state, installation = shop.github.state, _installation(shop)
        payload: dict[str, object] = {"installation": installation_json(state, installation)}
        sender_id = shop.github.people.user("ada").id
        state.outbox.append(
            Happening("installation", "deleted", None, sender_id, payload, installation.id)
        )
        await shop.github.webhooks.settle()
        del state.installations[installation.id]
        await shop.settle()

        assert _traces(tmp_path, shop.repository.id) == []


async def test_repository_that_is_taken_away_leaves_nothing(tmp_path: Path) -> None:
    async with world(tmp_path, FILES) as shop:
        other = shop.github.create_repository("acme/other", FILES)
        await shop.open({"shop/plans.py": IMPORT})
        await shop.github.owners.take(_installation(shop), shop.repository)
        await shop.settle()

        assert _traces(tmp_path, shop.repository.id) == []
        assert other.id in _installation(shop).repository_ids


async def test_job_of_a_removed_app_ends_without_a_failure(tmp_path: Path) -> None:
    async with world(tmp_path, FILES) as shop:
        held = shop.github.webhooks.hold()
        await shop.open({"shop/plans.py": IMPORT})
        await shop.github.owners.uninstall(_installation(shop))
        await shop.github.webhooks.release(held[::-1])
        await shop.settle()

        assert shop.service.store is not None
        assert (await shop.service.store.counts())["failed"] == 0
        assert shop.runs() == []


async def test_job_of_a_suspended_installation_ends_without_a_failure(tmp_path: Path) -> None:
    async with world(tmp_path, FILES) as shop:
        await shop.open({"shop/plans.py": "x = 1\n"})
        held = shop.github.webhooks.hold()
        await shop.github.people.push(shop.repository, "change", {"shop/plans.py": IMPORT})
        await shop.github.owners.suspend(_installation(shop))
        await shop.github.webhooks.release(held)
        await shop.settle()

        assert shop.service.store is not None
        assert (await shop.service.store.counts())["failed"] == 0
        assert [run.conclusion for run in shop.runs()] == ["success"]


async def test_repository_that_is_given_has_its_open_pull_requests_reviewed(
    tmp_path: Path,
) -> None:
    async with world(tmp_path, FILES) as shop:
        await shop.github.owners.take(_installation(shop), shop.repository)
        await shop.open({"shop/plans.py": IMPORT})
        assert shop.runs() == []

        await shop.github.owners.give(_installation(shop), shop.repository)
        await shop.settle()
        assert [run.conclusion for run in shop.runs()] == ["failure"]


async def test_suspended_installation_is_made_up_for_when_it_works_again(tmp_path: Path) -> None:
    async with world(tmp_path, FILES) as shop:
        await shop.github.owners.suspend(_installation(shop))
        shop.github.people.commit(shop.repository, "change", {"shop/plans.py": IMPORT})
        await shop.github.people.open_pull(shop.repository, Opening("change"))
        await shop.settle()
        assert shop.runs() == []

        await shop.github.owners.unsuspend(_installation(shop))
        await shop.settle()
        assert [run.conclusion for run in shop.runs()] == ["failure"]


async def test_renamed_repository_is_reviewed_and_swept_as_before(tmp_path: Path) -> None:
    async with world(tmp_path, FILES) as shop:
        shop.github.rename(shop.repository, "store")
        await shop.open({"shop/plans.py": IMPORT})
        assert [run.conclusion for run in shop.runs()] == ["failure"]
