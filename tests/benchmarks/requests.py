"""Count what a review costs in requests: `python -m tests.benchmarks.requests`.

The real service reviews a push to a pull request that it has reviewed before, on a local GitHub.
"""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.table import Row, show
from tests.e2e.world import FILES, POLICY, World, world

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.github.records import Pull

IMPORT = "from shop.legacy.engine import OldEngine\n"
HANDED_ON = "from shop.front import OldEngine\n"
TRACKER = "- [ ] Imports <!-- ssot: files(forbidden-import, concept=engine) == 0 -->\n"
FINDINGS = 20
AUTHORS = ("ada", "grace", "linus")
COMMENTS = 350
ANNOTATIONS = 120

TRACKED = f"{POLICY}    issues: [1]\n"
TREE = {**FILES, "shop/pay.py": IMPORT}
CHAIN = {
    "shop/front.py": "from shop.inner import OldEngine\n",
    "shop/inner.py": f"{IMPORT}__all__ = ['OldEngine']\n",
}


@dataclass(frozen=True, slots=True)
class Case:
    """A review to count, and the goals: the push adds `files` on top of `base`.

    So many comments, and waivers of these authors, stand on the pull request. What is new in `base`
    is in no mirror yet: names that are handed on through it take batches of their own. Such a push
    is forced, and costs a query of its own: the branch may be another's base.
    """

    name: str
    files: Mapping[str, str]
    requests: int
    git_requests: int
    authors: tuple[str, ...] = ()
    comments: int = 0
    policy: str = TRACKED
    base: Mapping[str, str] = field(default_factory=dict)


def uses(count: int) -> dict[str, str]:
    """Build files with so many findings, no two of them alike."""
    return {f"shop/use{number:03}.py": f"# {number}\n{IMPORT}" for number in range(count)}


CASES = (
    Case(f"review, {FINDINGS} findings", uses(FINDINGS), 8, 5, policy=POLICY),
    Case(f"review, {FINDINGS} findings, tracked issue", uses(FINDINGS), 8, 5),
    Case("review, waivers by 3 authors", uses(FINDINGS), 8 + 3, 5, authors=AUTHORS),
    Case(f"review, {COMMENTS} comments", uses(FINDINGS), 8 + 3, 5, comments=COMMENTS),
    Case(f"review, {ANNOTATIONS} annotations", uses(ANNOTATIONS), 8 + 2, 5),
    Case("review, names handed on twice", {"shop/use.py": HANDED_ON}, 8, 9, base=CHAIN),
)


def main() -> None:
    """Print a row for each review."""
    show(row for case in CASES for row in asyncio.run(_rows(case)))


async def _rows(case: Case) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        asked, git_asked = await count(case, Path(folder))
    return [
        Row(case.name, f"{asked} API requests", goal=f"{case.requests}"),
        Row("", f"{git_asked} git requests, warm mirror", goal=f"{case.git_requests}"),
    ]


async def count(case: Case, folder: Path) -> tuple[int, int]:
    """Count the API requests and the git requests of one review."""
    async with world(folder, {**TREE, ".github/ssot.yml": case.policy}) as shop:
        await shop.github.trackers.open(shop.repository, "Migrate", TRACKER)
        pull = await shop.open({"shop/more.py": "x = 1\n"})
        await _talk(shop, pull, case)
        tip = None
        if case.base:
            tip = shop.github.people.commit(shop.repository, "main", case.base)
        shop.github.requests.clear()
        shop.github.git_requests.clear()
        await shop.push(case.files, onto=tip)
        assert shop.verdict()[1] in {"failure", "success"}
        return len(shop.asked()), len(shop.github.git_requests)


async def _talk(shop: World, pull: Pull, case: Case) -> None:
    until = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
    for login in case.authors:
        shop.github.grant(shop.repository, login, "write")
        order = f'/ssot waive forbidden-import shop/{login}.py until={until} reason="next week"'
        await shop.github.people.comment(pull, order, by=login)
    for number in range(case.comments):
        await shop.github.people.comment(pull, f"Thought {number}")
    await shop.settle()


if __name__ == "__main__":
    main()
