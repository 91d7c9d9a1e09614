"""Whatever people do between two requests of a review: the newest state is what counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.markdown import parse
from bot.sandbox.github.people import Opening
from tests.e2e.world import POLICY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.sandbox.github.front import RequestRecord
    from bot.sandbox.github.records import Pull
    from tests.e2e.world import World

IMPORT = "from shop.legacy.engine import OldEngine\n"
CLEAN = "from shop.engine import Engine\n"
# Read, run, compare, read again, review, run: as a first review asks for them.
REQUESTS = 6


async def _open_and_meanwhile(
    shop: World, count: int, happen: Callable[[Pull], Awaitable[object]]
) -> Pull:
    """Open a pull request; let something happen when its review has made `count` requests."""
    left, opened = count, list(shop.github.state.pulls.values())

    async def hook(record: RequestRecord) -> None:
        nonlocal left
        if "access_tokens" in record.path or "/contents/" in record.path:
            return
        left -= 1
        if left == 0:
            opened.extend(shop.github.state.pulls.values())
            await happen(opened[-1])

    shop.github.front.before_response = hook
    shop.github.people.commit(shop.repository, "change", {"shop/plans.py": IMPORT})
    pull = await shop.github.people.open_pull(shop.repository, Opening("change"))
    await shop.settle()
    assert left <= 0
    assert [run.id for run in shop.runs() if run.status != "completed"] == []
    return pull


@pytest.mark.parametrize("count", range(1, REQUESTS + 1))
async def test_push_at_any_moment_is_what_counts(shop: World, count: int) -> None:
    people = shop.github.people
    more: dict[str, str | bytes | None] = {"shop/plans.py": CLEAN, "shop/more.py": IMPORT}
    pull = await _open_and_meanwhile(
        shop, count, lambda _: people.push(shop.repository, "change", more)
    )

    head = shop.github.state.pulls[pull.repository_id, pull.number].head_sha
    assert shop.verdict() == (head, "failure")
    standing = [one.current.path for one in shop.comments() if not parse(one.body).fixed_in]
    assert standing == ["shop/more.py"]


@pytest.mark.parametrize("count", range(1, REQUESTS + 1))
async def test_retarget_at_any_moment_is_what_counts(shop: World, count: int) -> None:
    people = shop.github.people
    tip = people.commit(shop.repository, "next", {"shop/plans.py": IMPORT})
    people.commit(shop.repository, "change", {}, onto=tip)
    await _open_and_meanwhile(shop, count, lambda pull: people.retarget(pull, "next"))

    assert shop.verdict()[1] == "success"
    assert [one for one in shop.comments() if not parse(one.body).fixed_in] == []


@pytest.mark.parametrize("count", [2, 4])
async def test_conversion_to_a_draft_and_closing_leave_nothing_running(
    shop: World, count: int
) -> None:
    people = shop.github.people

    async def leave(pull: Pull) -> None:
        await people.convert_to_draft(pull)
        await people.close(pull)

    await _open_and_meanwhile(shop, count, leave)
    store = shop.service.store
    assert store is not None
    assert (await store.counts())["failed"] == 0


@pytest.mark.parametrize("count", [2, 4])
async def test_config_that_changes_at_any_moment_is_what_counts(shop: World, count: int) -> None:
    people = shop.github.people
    config = f"{POLICY}rules:\n  forbidden-import: off\n"
    await _open_and_meanwhile(
        shop,
        count,
        lambda _: people.push(shop.repository, "main", {".github/ssot.yml": config}),
    )

    assert shop.verdict()[1] == "success"
