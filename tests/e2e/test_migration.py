"""The page of a repository, end to end: what a reader of it sees, and who does not."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.e2e.visitor import Browser, browser
from tests.e2e.world import FILES, POLICY, World, world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CONFIG = f"{POLICY}    issues: [1]\n"
PAGE = "/acme/shop"
OLD = "from shop.legacy.engine import OldEngine\n"
TRACKER = "- [x] Agree\n- [ ] Move <!-- ssot: files(forbidden-import) == 0 -->\n"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A private repository that ada can read and eve cannot, with a migration under way."""
    async with world(tmp_path_factory.mktemp("migration"), FILES, login=True) as made:
        known = made.github.state.repositories[made.repository.id]
        made.github.state.repositories[known.id] = replace(known, private=True)
        made.github.grant(known, "ada", "write")
        made.github.people.user("eve")
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(shop: World) -> AsyncIterator[Browser]:
    async with browser(shop) as opened:
        yield opened


async def test_who_cannot_read_the_repository_sees_what_is_seen_of_none(
    shop: World, visitor: Browser
) -> None:
    hidden = await visitor.visit(PAGE, "eve")
    unknown = await visitor.get("/acme/nothing")
    assert (hidden.status, unknown.status) == (404, 404)
    assert hidden.text == unknown.text


async def test_repository_without_a_census_is_measured_for_whoever_looks(
    shop: World, visitor: Browser
) -> None:
    shutil.rmtree(shop.github.state.root.parent / "data" / "census")
    first = await visitor.visit(PAGE, "ada")
    assert first.status == 200
    assert "Being measured" in first.text
    await shop.settle()
    second = await visitor.get(PAGE)
    assert "Being measured" not in second.text
    assert "Measured at" in second.text


async def test_reader_sees_what_is_left_the_stages_and_the_boxes(
    shop: World, visitor: Browser
) -> None:
    await shop.github.trackers.open(shop.repository, "Move <b>on</b>", TRACKER)
    await shop.github.people.push(
        shop.repository, "main", {".github/ssot.yml": CONFIG, "shop/old.py": OLD}
    )
    await shop.settle()
    seen = (await visitor.visit(PAGE, "ada")).text
    assert "shop/old.py</code></a>" in seen
    assert "shop.legacy.engine" in seen
    assert "#1 Move &lt;b&gt;on&lt;/b&gt;" in seen
    assert "1 of 2 boxes ticked" in seen


async def test_repository_under_its_old_name_leads_to_the_new_one(
    shop: World, visitor: Browser
) -> None:
    await visitor.visit(PAGE, "ada")
    assert (await visitor.get("/Acme/Shop")).location == PAGE


async def test_page_stands_where_nobody_granted_us_the_issues(
    shop: World, visitor: Browser
) -> None:
    await shop.github.people.push(shop.repository, "main", {".github/ssot.yml": CONFIG})
    await shop.settle()
    shop.withdraw("issues")
    seen = await visitor.visit(PAGE, "ada")
    assert seen.status == 200
    assert "#1" in seen.text
    assert "boxes ticked" not in seen.text
