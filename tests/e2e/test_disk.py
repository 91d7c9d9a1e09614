"""The data folder of a service: what may go from it, at any time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bot.caches import entries
from bot.domain.meter import Kept
from bot.sandbox.run import service_environment
from bot.settings import from_environment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.world import World

IMPORT = "from shop.legacy.engine import OldEngine\n"
QUEUE = "queue.sqlite"


async def test_everything_but_the_queue_may_go_while_the_service_runs(
    shop: World, tmp_path: Path
) -> None:
    settings = from_environment(service_environment(shop.github, tmp_path / "data"))
    await shop.open({"shop/plans.py": f"{IMPORT}class PlanEngine: ...\n"})
    held = list(entries(settings))
    assert {each.kind for each in held} == set(Kept)
    assert all(each.drop(math.inf) for each in held)
    left = [path for path in settings.data_dir.rglob("*") if path.is_file()]
    assert [path.name for path in left if not path.name.startswith(QUEUE)] == []

    head = await shop.push({"shop/plans.py": "\n"})
    assert shop.verdict() == (head, "success")
