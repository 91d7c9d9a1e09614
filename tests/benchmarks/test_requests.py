"""The dearest review of those that are counted stays within its budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks.requests import CASES, count

if TYPE_CHECKING:
    from pathlib import Path


async def test_review_with_three_batches_stays_within_its_budget(tmp_path: Path) -> None:
    case = CASES[-1]
    asked, git_asked = await count(case, tmp_path)
    assert asked <= case.requests
    assert 2 * 3 < git_asked <= case.git_requests
