"""Tracked issues in the course of time: how often they are measured and written, what is kept."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.github.server import LocalGitHub
from bot.world import AT_ONCE
from tests.e2e.test_faults import Killed
from tests.e2e.test_tracking import BODY, CONFIG, LEGACY, push, standing, tracker
from tests.e2e.world import FILES, PATIENCE_SECONDS, until, world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.e2e.world import World

TRACKED = {**FILES, ".github/ssot.yml": CONFIG, "shop/pay.py": LEGACY}
# What is due within the hour is waited for, so that a minute of these tests is longer.
MINUTE = 7200.0


@pytest.fixture
async def slow(tmp_path: Path) -> AsyncIterator[World]:
    """A service in its own time: a census a minute, a progress in ten."""
    pace = replace(AT_ONCE, census_seconds=MINUTE, progress_seconds=10 * MINUTE)
    async with world(tmp_path, TRACKED, pace=pace) as made:
        await made.go_ahead(MINUTE)
        yield made


async def test_branch_is_measured_once_a_minute(slow: World) -> None:
    issue = await tracker(slow)
    await push(slow, other="x = 1\n")
    fetched = len(slow.github.git_requests)
    for number in range(5):
        await push(slow, other=f"x = {number}\n")
    await push(slow, pay=None)
    assert standing(slow, issue) == BODY
    assert len(slow.github.git_requests) == fetched
    await slow.go_ahead(MINUTE + 1)
    assert "[x] Imports" in standing(slow, issue)


async def test_progress_is_written_every_ten_minutes_and_boxes_at_once(slow: World) -> None:
    issue = await tracker(slow)
    (first,) = slow.conversation()
    await push(slow, pay=None)
    await slow.go_ahead(2 * MINUTE)
    assert "[x] Imports" in standing(slow, issue)
    assert slow.conversation() == [first]
    await slow.go_ahead(9 * MINUTE)
    (second,) = slow.conversation()
    assert "| `engine` | 3 → 2 | 2 |" in second
    writes = slow.writes()
    await slow.go_ahead(20 * MINUTE)
    assert slow.writes() == writes


async def test_merge_ends_in_two_writes_and_our_own_edits_start_nothing(slow: World) -> None:
    await tracker(slow)
    await slow.go_ahead(11 * MINUTE)
    before = len(slow.asked())
    await push(slow, pay=None)
    await slow.go_ahead(11 * MINUTE)
    asked = slow.asked()[before:]
    writes = [one for one in asked if not one.startswith(("GET ", "POST /graphql"))]
    assert [one.split("/")[0] for one in writes] == ["PATCH ", "PATCH "]
    # The tip, the issue twice, its history after the write, the issue before the comment.
    assert asked.count("POST /graphql") <= 6


@pytest.mark.parametrize("count", [1, 2])
async def test_kill_between_two_writes_of_an_issue_leaves_no_duplicate(
    tmp_path: Path, count: int
) -> None:
    async with LocalGitHub(tmp_path / "github") as github:
        repository = github.create_repository("acme/shop", {**TRACKED, "shop/pay.py": ""})
        service = Killed(github, tmp_path / "data")
        issue = await github.trackers.open(repository, "Migrate", BODY)
        async with service.running() as child:
            service.kill_after(child, count)
            await github.people.push(repository, "main", {"shop/pay.py": None})
            async with asyncio.timeout(PATIENCE_SECONDS):
                await child.wait()
        async with service.running():
            await github.people.push(repository, "main", {"shop/more.py": "x = 1\n"})
            key = issue.repository_id, issue.number
            await until(lambda: "[x] Imports" in (github.state.issues[key].body or ""))
            await until(lambda: bool(github.state.comments))
        assert len(github.state.comments) == 1


async def test_nothing_is_lost_with_all_that_we_keep(tmp_path: Path) -> None:
    async with LocalGitHub(tmp_path / "github") as github:
        repository = github.create_repository("acme/shop", TRACKED)
        service = Killed(github, tmp_path / "data")
        async with service.running():
            issue = await github.trackers.open(repository, "Migrate", BODY)
            await until(lambda: bool(github.state.comments))
            await github.people.push(repository, "main", {"shop/pay.py": None})
            await until(lambda: "3 → 2" in _comment(github))
        key = issue.repository_id, issue.number
        objected = (github.state.issues[key].body or "").replace("[x]", "[ ]")
        github.trackers.rewrite(issue, objected)
        shutil.rmtree(tmp_path / "data")
        async with service.running():
            await github.people.push(repository, "main", {"shop/cart.py": LEGACY})
            await until(lambda: "3 → 3" in _comment(github))
            assert github.state.issues[key].body == BODY
            await github.people.push(repository, "main", {"shop/cart.py": None})
            await until(lambda: "[x] Imports" in (github.state.issues[key].body or ""))
        assert len(github.state.comments) == 1


def _comment(github: LocalGitHub) -> str:
    (comment,) = github.state.comments.values()
    return comment.body


async def test_long_body_that_github_drops_in_silence_is_given_up_in_the_end(
    tmp_path: Path,
) -> None:
    async with world(tmp_path, TRACKED) as shop:
        issue = await tracker(shop)
        long = BODY + "x" * (65_536 - len(BODY))
        await shop.github.trackers.edit(issue, long)
        await push(shop, pay=None)
        await shop.finish()
        assert standing(shop, issue) == long
        assert "nothing was written" in _comment(shop.github)
