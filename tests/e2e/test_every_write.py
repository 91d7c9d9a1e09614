"""Whatever goes wrong at whichever write of a review: what stands in the end is the same."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.github.faults import BAD_GATEWAY, Fault, secondary_limit
from bot.sandbox.github.front import ConnectionDroppedError
from bot.sandbox.github.server import PERMISSIONS
from tests.e2e.world import FILES, World, world

if TYPE_CHECKING:
    from bot.sandbox.github.front import RequestRecord
    from bot.sandbox.github.server import LocalGitHub

IMPORT = "from shop.legacy.engine import OldEngine\n"
CLEAN = "from shop.engine import Engine\n"
ENGINE = "class OrderEngine:\n    pass\n"
BROKEN: dict[str, str | bytes | None] = {"shop/a.py": IMPORT, "shop/b.py": IMPORT}
MENDED: dict[str, str | bytes | None] = {"shop/b.py": CLEAN}
# One finding is fixed, one returns, one is new: every write that a review knows.
MIXED: dict[str, str | bytes | None] = {
    "shop/a.py": CLEAN,
    "shop/b.py": IMPORT,
    "shop/c.py": ENGINE,
}
# What such a review asks for, in this order: run, review, thread, minimise, edit, twice; run.
WRITES = 9
LIMIT = secondary_limit(retry_after_seconds=1)
# A write that fails: method, path, how many such requests pass before it. What may be sent again is
# sent three times, so that many fail; a limit is said once.
FAILURES = [
    ("POST", "*/check-runs", 0, 1, BAD_GATEWAY),
    ("POST", "*/reviews", 0, 1, BAD_GATEWAY),
    ("POST", "*graphql", 3, 3, BAD_GATEWAY),
    ("PATCH", "*/comments/*", 1, 3, BAD_GATEWAY),
    ("PATCH", "*/check-runs/*", 0, 3, BAD_GATEWAY),
    ("POST", "*/reviews", 0, 1, LIMIT),
    ("POST", "*graphql", 6, 1, LIMIT),
    ("PATCH", "*/comments/*", 0, 1, LIMIT),
    ("PATCH", "*/check-runs/*", 0, 1, LIMIT),
]

Shown = list[tuple[object, ...]]

_SHA = re.compile(r"\b[0-9a-f]{40}\b")


def _shown(github: LocalGitHub) -> Shown:
    """Tell what a person sees, without commit ids."""
    state = github.state
    comments = sorted(state.review_comments.values(), key=lambda comment: comment.id)
    runs = sorted(state.check_runs.values(), key=lambda run: run.id)
    newest = [run for run in runs if run.head_sha == runs[-1].head_sha]
    return [
        ("reviews", len(state.reviews)),
        ("in progress", [run.id for run in runs if run.status != "completed"]),
        ("verdict", newest[-1].conclusion, newest[-1].title, len(newest[-1].annotations)),
        *(
            (c.original.path, _SHA.sub("", c.body), c.minimized, c.id in state.resolved_threads)
            for c in comments
        ),
    ]


def _is_counted(record: RequestRecord) -> bool:
    return record.is_write and "access_tokens" not in record.path


async def _prepare(shop: World) -> None:
    shop.github.install(shop.repository, {**PERMISSIONS, "contents": "write"})
    await shop.open(BROKEN)
    await shop.push(MENDED)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """What stands when nothing goes wrong."""

    async def undisturbed() -> Shown:
        async with world(tmp_path_factory.mktemp("expected"), FILES) as shop:
            await _prepare(shop)
            before = len(shop.github.requests)
            await shop.push(MIXED)
            writes = [one for one in shop.github.requests[before:] if _is_counted(one)]
            assert len(writes) == WRITES
            return _shown(shop.github)

    return asyncio.run(undisturbed())


@pytest.mark.parametrize("failure", FAILURES)
async def test_write_that_fails_is_made_up_for(
    shop: World, failure: tuple[str, str, int, int, Fault], expected: Shown
) -> None:
    await _prepare(shop)
    method, path, skip, times, fault = failure
    shop.github.script(fault, method=method, path=path, skip=skip, times=times)
    await shop.push(MIXED)

    assert await _settled(shop) == expected


@pytest.mark.parametrize("count", range(1, WRITES + 1))
async def test_write_whose_answer_is_lost_is_not_made_twice(
    shop: World, count: int, expected: Shown
) -> None:
    await _prepare(shop)
    left = count

    async def drop(record: RequestRecord) -> None:
        nonlocal left
        left -= _is_counted(record)
        if left == 0 and _is_counted(record):
            raise ConnectionDroppedError

    shop.github.front.after_write = drop
    await shop.push(MIXED)

    assert await _settled(shop) == expected


async def _settled(shop: World) -> Shown:
    """Wait for the retries too, and for one more review: what is a courtesy waits for the next."""
    await shop.finish()
    pull = next(iter(shop.github.state.pulls.values()))
    await shop.github.people.edit_body(pull, "Once more")
    await shop.settle()
    await shop.finish()
    return _shown(shop.github)
