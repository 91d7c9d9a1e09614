"""Tracked issues under odd texts, and whatever people do to them in the middle of a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_tracking import BODY, CONFIG, LEGACY, push, standing, tracker
from tests.e2e.world import FILES, world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from bot.sandbox.github.front import RequestRecord
    from tests.e2e.world import World


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[World]:
    files = {**FILES, ".github/ssot.yml": CONFIG, "shop/pay.py": LEGACY}
    async with world(tmp_path, files) as made:
        yield made


async def test_reference_that_is_no_number_of_github_stops_no_other_item(shop: World) -> None:
    issue = await tracker(shop, f"- [ ] #9999999999\n{BODY}")
    await push(shop, pay=None)
    assert "[x] Imports" in standing(shop, issue)


@pytest.mark.parametrize("count", [1, 2])
async def test_issue_that_is_transferred_in_the_middle_is_left_alone(
    shop: World, count: int
) -> None:
    issue = await tracker(shop)
    other = shop.github.create_repository("acme/other", {"a.py": ""})
    trackers = shop.github.trackers
    await _change(shop, lambda: trackers.transfer(issue, other), after=count)
    (moved,) = [one for one in shop.github.state.issues.values() if one.repository_id == other.id]
    assert moved.body == BODY


@pytest.mark.parametrize("count", [1, 2])
async def test_issue_that_is_deleted_in_the_middle_is_dropped(shop: World, count: int) -> None:
    issue = await tracker(shop)
    await _change(shop, lambda: shop.github.trackers.delete(issue), after=count)
    assert (410 in {one.status for one in shop.github.requests}) is (count == 2)


async def _change(shop: World, happen: Callable[[], Awaitable[object]], *, after: int) -> None:
    """Push; let something happen when the issue was read so often."""
    left = after

    async def hook(record: RequestRecord) -> None:
        nonlocal left
        left -= record.operation == "query Tracked"
        if not left and not shop.github.state.left:
            await happen()

    shop.github.front.before_response = hook
    await shop.github.people.push(shop.repository, "main", {"shop/pay.py": None})
    await shop.finish()
    assert left <= 0


async def test_number_of_a_pull_request_in_the_config_is_no_issue(tmp_path: Path) -> None:
    config = CONFIG.replace("[1]", "[1, 9999999999]")
    async with world(tmp_path, {**FILES, ".github/ssot.yml": config}) as shop:
        pull = await shop.open({"shop/cart.py": "x = 1\n"}, body=BODY)
        assert pull.number == 1
        await push(shop, pay=None)
        await shop.finish()
        assert shop.github.state.issue_of(pull).body == BODY
        assert shop.conversation() == []


# The tip, the issue, the issue again, the write, its history, and the comment.
@pytest.mark.parametrize("moment", range(1, 7))
async def test_words_that_are_written_at_any_moment_survive(shop: World, moment: int) -> None:
    issue = await tracker(shop)
    left = moment

    async def write(record: RequestRecord) -> None:
        nonlocal left
        left -= "access_tokens" not in record.path
        if left == 0:
            await shop.github.trackers.edit(issue, f"Words\r\n{standing(shop, issue)}")

    shop.github.front.before_response = write
    sha = await push(shop, pay=None)
    await shop.finish()
    ticked = BODY.replace("[ ] Imports", "[x] Imports").replace(" == 0 ", f" == 0 @{sha}/#1 ")
    assert standing(shop, issue) == f"Words\r\n{ticked}"
    assert len(shop.conversation()) == 1


async def test_comment_of_ours_that_somebody_deletes_is_made_anew_when_something_changes(
    shop: World,
) -> None:
    await tracker(shop)
    shop.github.state.comments.clear()
    await push(shop, pay=None)
    (comment,) = shop.conversation()
    assert "| `engine` | 2 → 2 | 2 |" in comment


async def test_comment_of_ours_that_a_stranger_copied_is_not_ours(shop: World) -> None:
    issue = await tracker(shop)
    (ours,) = shop.github.state.comments.values()
    forged = ours.body.replace("3 → 3", "9 → 0")
    await shop.github.people.comment(issue, forged, by="eve")
    await push(shop, pay=None)
    assert ["3 → 2" in one.body for one in shop.github.state.comments.values()] == [True, False]


async def test_config_that_is_invalid_changes_nothing_until_it_is_mended(shop: World) -> None:
    issue = await tracker(shop)
    bad: dict[str, str | None] = {".github/ssot.yml": "version: 2\n", "shop/pay.py": None}
    await shop.github.people.push(shop.repository, "main", bad)
    await shop.settle()
    assert standing(shop, issue) == BODY
    await shop.github.people.push(shop.repository, "main", {".github/ssot.yml": CONFIG})
    await shop.settle()
    assert "[x] Imports" in standing(shop, issue)


async def test_concept_that_vanishes_unticks_nothing(shop: World) -> None:
    issue = await tracker(shop)
    sha = await push(shop, pay=None)
    ticked = BODY.replace("[ ] Imports", "[x] Imports").replace(" == 0 ", f" == 0 @{sha}/#1 ")
    renamed = CONFIG.replace("  engine:\n", "  motor:\n")
    await shop.github.people.push(
        shop.repository, "main", {".github/ssot.yml": renamed, "shop/pay.py": LEGACY}
    )
    await shop.settle()
    assert standing(shop, issue) == ticked
    (comment,) = shop.conversation()
    assert "| `motor` |" in comment
    assert "has no effect" in comment


async def test_branch_that_is_forced_back_is_measured_as_it_stands(shop: World) -> None:
    issue = await tracker(shop)
    start = shop.github.state.git(shop.repository.id).branch("main")
    await push(shop, pay=None)
    assert "[x] Imports" in standing(shop, issue)
    await shop.github.people.push(shop.repository, "main", {"shop/more.py": "x = 1\n"}, onto=start)
    await shop.settle()
    assert standing(shop, issue) == BODY
