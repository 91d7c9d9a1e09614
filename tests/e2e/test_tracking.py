"""A tracked issue follows the default branch: boxes, evidence, progress; people win."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.world import FILES, POLICY, world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.sandbox.github.records import Issue
    from tests.e2e.world import World

LEGACY = "from shop.legacy.engine import OldEngine\n"
CRITERION = "files(forbidden-import, concept=engine) == 0"
BODY = (
    "Ünï\u2011code, mojibake \u201a\u00fc\u00e4.  \r\n"
    f"- [ ] Imports <!-- ssot: {CRITERION} -->\r\n- [ ] Party\r\n"
)
CONFIG = f"{POLICY}    issues: [1]\n"


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[World]:
    files = {**FILES, ".github/ssot.yml": CONFIG, "shop/pay.py": LEGACY}
    async with world(tmp_path, files) as made:
        yield made


def standing(shop: World, issue: Issue) -> str:
    return shop.github.state.issues[issue.repository_id, issue.number].body or ""


async def tracker(shop: World, body: str = BODY) -> Issue:
    issue = await shop.github.trackers.open(shop.repository, "Migrate", body)
    await shop.settle()
    return issue


async def push(shop: World, **files: str | None) -> str:
    """Push to the default branch; names are modules of the shop."""
    paths = {f"shop/{name}.py": text for name, text in files.items()}
    sha = await shop.github.people.push(shop.repository, "main", paths)
    await shop.settle()
    return sha[:12]


async def test_merge_that_makes_a_criterion_true_ticks_its_box_and_nothing_else(
    shop: World,
) -> None:
    issue = await tracker(shop)
    assert standing(shop, issue) == BODY
    sha = await push(shop, pay=None)
    ticked = BODY.replace("[ ] Imports", "[x] Imports").replace(" == 0 ", f" == 0 @{sha}/#1 ")
    assert standing(shop, issue) == ticked


async def test_tick_of_ours_is_taken_back_when_the_import_returns(shop: World) -> None:
    issue = await tracker(shop)
    await push(shop, pay=None)
    await push(shop, cart=LEGACY)
    assert standing(shop, issue) == BODY


async def test_tick_of_a_person_is_never_undone(shop: World) -> None:
    ticked = BODY.replace("[ ] Imports", "[x] Imports")
    issue = await tracker(shop, ticked)
    await push(shop, cart=LEGACY)
    assert standing(shop, issue) == ticked


async def test_box_that_a_person_emptied_stays_empty(shop: World) -> None:
    issue = await tracker(shop)
    await push(shop, pay=None)
    objected = standing(shop, issue).replace("[x]", "[ ]")
    await shop.github.trackers.edit(issue, objected)
    await shop.settle()
    await push(shop, other="x = 1\n")
    assert standing(shop, issue) == objected


async def test_reference_ticks_when_its_pull_request_is_merged(shop: World) -> None:
    issue = await tracker(shop, "- [ ] #2 cleans up\n- [ ] #3 is closed\n")
    pull = await shop.open({"shop/cart.py": "x = 1\n"})
    other = await shop.github.trackers.open(shop.repository, "Sub", "text")
    assert (pull.number, other.number) == (2, 3)
    await shop.github.people.merge(pull)
    await shop.settle()
    assert "- [x] #2 cleans up <!-- ssot: ref acme/shop#2 @" in standing(shop, issue)
    assert "- [ ] #3" in standing(shop, issue)
    await shop.github.trackers.close(other)
    await shop.settle()
    assert "- [x] #3 is closed <!-- ssot: ref acme/shop#3 @" in standing(shop, issue)


async def test_reference_ticks_when_its_pull_request_is_merged_into_another_branch(
    shop: World,
) -> None:
    shop.github.people.commit(shop.repository, "develop", {})
    issue = await tracker(shop, "- [ ] #2\n")
    pull = await shop.open({"shop/cart.py": "x = 1\n"}, base="develop")
    await shop.github.people.merge(pull)
    await shop.settle()
    assert "- [x] #2 <!-- ssot: ref acme/shop#2 @" in standing(shop, issue)


async def test_issue_closed_as_not_planned_ticks_nothing(shop: World) -> None:
    issue = await tracker(shop, "- [ ] #2\n")
    other = await shop.github.trackers.open(shop.repository, "Sub", "text")
    await shop.github.trackers.close(other, reason="not_planned")
    await shop.settle()
    assert standing(shop, issue) == "- [ ] #2\n"


async def test_progress_stands_in_one_comment_that_is_edited(shop: World) -> None:
    await tracker(shop)
    (comment,) = shop.conversation()
    assert "| `engine` | 3 → 3 | 2 |" in comment
    assert "`shop/pay.py`: 1" in comment
    await push(shop, pay=None)
    (comment,) = shop.conversation()
    assert "| `engine` | 3 → 2 | 2 |" in comment
    writes = shop.writes()
    await push(shop, other="x = 1\n")
    assert shop.writes() == writes


async def test_progress_stands_in_its_block_where_there_is_one(shop: World) -> None:
    marks = "<!-- ssot:progress -->\n<!-- /ssot:progress -->\n"
    issue = await tracker(shop, f"{BODY}\r\n{marks}After\n")
    body = standing(shop, issue)
    assert body.startswith(BODY)
    assert body.endswith("<!-- /ssot:progress -->\nAfter\n")
    assert "| `engine` | 3 → 3 | 2 |" in body
    assert shop.conversation() == []
    writes = shop.writes()
    await push(shop, other="x = 1\n")
    assert shop.writes() == writes


async def test_closed_issue_ticks_and_says_nothing(shop: World) -> None:
    issue = await shop.github.trackers.open(shop.repository, "Migrate", BODY)
    await shop.github.trackers.close(issue)
    await shop.settle()
    said = shop.conversation()
    await push(shop, pay=None)
    assert "[x] Imports" in standing(shop, issue)
    assert shop.conversation() == said


async def test_broken_criterion_is_told_and_its_box_left_alone(shop: World) -> None:
    broken = BODY.replace("concept=engine", "concept=enigne")
    issue = await tracker(shop, broken)
    await push(shop, pay=None)
    assert standing(shop, issue) == broken
    (comment,) = shop.conversation()
    assert "enigne" in comment


async def test_locked_issue_is_left_alone(shop: World) -> None:
    issue = await tracker(shop)
    shop.github.trackers.lock(issue)
    await push(shop, pay=None)
    assert standing(shop, issue) == BODY


async def test_linked_issue_of_a_writer_follows_the_merge(tmp_path: Path) -> None:
    async with world(tmp_path, {**FILES, "shop/pay.py": LEGACY}) as shop:
        shop.github.grant(shop.repository, "ada", "write")
        issue = await tracker(shop)
        pull = await shop.open({"shop/pay.py": None}, body="Part of #1")
        assert standing(shop, issue) == BODY
        await shop.github.people.merge(pull)
        await shop.settle()
        assert "[x] Imports" in standing(shop, issue)


async def test_linked_issue_of_a_stranger_is_left_alone(tmp_path: Path) -> None:
    async with world(tmp_path, {**FILES, "shop/pay.py": LEGACY}) as shop:
        issue = await shop.github.trackers.open(shop.repository, "Migrate", BODY, by="eve")
        pull = await shop.open({"shop/pay.py": None}, body="Part of #1")
        await shop.github.people.merge(pull)
        await shop.settle()
        assert standing(shop, issue) == BODY


async def test_issue_that_a_writer_edited_is_followed_after_any_number_of_our_edits(
    tmp_path: Path,
) -> None:
    async with world(tmp_path, {**FILES, "shop/pay.py": LEGACY}) as shop:
        trackers = shop.github.trackers
        shop.github.grant(shop.repository, "ada", "write")
        issue = await trackers.open(shop.repository, "Migrate", "Words", by="eve")
        await trackers.edit(issue, BODY)
        await shop.open({"shop/pay.py": None}, body="Part of #1")
        await shop.github.people.merge(next(iter(shop.github.state.pulls.values())))
        await shop.settle()
        for _ in range(3):
            await push(shop, cart=LEGACY)
            assert "[ ] Imports" in standing(shop, issue)
            await push(shop, cart=None)
            assert "[x] Imports" in standing(shop, issue)


async def test_progress_is_found_below_a_hundred_comments(shop: World) -> None:
    issue = await tracker(shop)
    for number in range(101):
        await shop.github.people.comment(issue, f"me too {number}")
    await push(shop, pay=None)
    (comment,) = [body for body in shop.conversation() if body.startswith("<!-- ssot:progress")]
    assert "| `engine` | 3 → 2 | 2 |" in comment


async def test_text_of_somebody_who_is_gone_is_not_believed_for_an_older_edit(
    tmp_path: Path,
) -> None:
    async with world(tmp_path, {**FILES, "shop/pay.py": LEGACY}) as shop:
        trackers = shop.github.trackers
        shop.github.grant(shop.repository, "ada", "write")
        issue = await trackers.open(shop.repository, "Migrate", "Words", by="eve")
        await trackers.edit(issue, "Typo mended")
        trackers.rewrite(issue, BODY, by="eve")
        del shop.github.state.users[issue.author_id]
        pull = await shop.open({"shop/pay.py": None}, body="Part of #1")
        await shop.github.people.merge(pull)
        await shop.settle()
        assert standing(shop, issue) == BODY


async def test_numbers_in_the_config_that_an_owner_shares_name_no_issue(tmp_path: Path) -> None:
    files = {path: text for path, text in FILES.items() if path != ".github/ssot.yml"}
    async with world(tmp_path, {**files, "shop/pay.py": LEGACY}) as shop:
        shared = shop.github.create_repository("acme/.github", {"ssot.yml": POLICY})
        await shop.github.people.push(shared, "main", {"ssot.yml": CONFIG})
        issue = await tracker(shop)
        await push(shop, pay=None)
        assert standing(shop, issue) == BODY
        assert shop.conversation() == []
