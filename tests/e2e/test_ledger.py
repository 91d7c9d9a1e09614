"""A review shows what its change does to the default branch as it was last measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.github.people import Opening
from tests.e2e.world import FILES, world

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.world import World

LEGACY = "from shop.legacy.engine import OldEngine\n"
# The old engine: a second definition, and no redirect.
STANDING = 2


def summaries(world: World) -> list[str]:
    return [run.summary or "" for run in world.runs()]


async def test_branch_that_was_measured_at_the_start_is_compared(tmp_path: Path) -> None:
    async with world(tmp_path, {**FILES, "shop/pay.py": LEGACY}) as shop:
        await shop.open({"shop/cart.py": LEGACY, "shop/pay.py": ""})
        assert "| `engine` | 3 → 3 |" in summaries(shop)[-1]
        await shop.push({"shop/pay.py": LEGACY})
        assert "| `engine` | 3 → 4 |" in summaries(shop)[-1]


async def test_merge_is_measured_and_the_next_review_compares_with_it(shop: World) -> None:
    pull = await shop.open({"shop/cart.py": LEGACY})
    await shop.github.people.merge(pull)
    await shop.settle()
    shop.github.people.commit(shop.repository, "other", {"shop/more.py": "x = 1\n"})
    await shop.github.people.open_pull(shop.repository, Opening("other"))
    await shop.settle()
    assert f"| `engine` | {STANDING + 1} → {STANDING + 1} |" in summaries(shop)[-1]


async def test_deleted_class_with_methods_counts_as_the_census_counted_it(tmp_path: Path) -> None:
    engine = "class OldEngine:\n    def run(self): ...\n"
    files = {**FILES, "shop/legacy/engine.py": engine, "shop/pay.py": LEGACY}
    async with world(tmp_path, files) as shop:
        await shop.open({"shop/legacy/engine.py": None})
        # Its class, twice: a second definition, and code in a redirect. The import stays.
        assert "| `engine` | 3 → 1 |" in (shop.runs()[-1].summary or "")
