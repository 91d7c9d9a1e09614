"""A pull request is reviewed, end to end."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.conftest import World

IMPORT = "from shop.legacy.engine import OldEngine\n"
CLEAN = "from shop.engine import Engine\n"


async def test_opened_pull_request_gets_a_check_run_and_a_comment_at_the_line(shop: World) -> None:
    pull = await shop.open({"shop/plans.py": f"import json\n{IMPORT}"})

    (run,) = shop.runs()
    (comment,) = shop.comments()
    assert (run.head_sha, run.status, run.conclusion) == (pull.head_sha, "completed", "failure")
    assert (comment.current.path, comment.current.line) == ("shop/plans.py", 2)
    assert "shop.engine" in comment.body
