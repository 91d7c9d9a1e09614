"""The page that explains a verdict, end to end: what it says."""

from __future__ import annotations

import html
import re
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.services.standing import today_of
from checks.waivers import EXPIRED
from tests.e2e.visitor import Browser, browser
from tests.e2e.world import FILES, POLICY, World, world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bot.sandbox.github.records import Pull

    Files = Mapping[str, str | bytes | None]

IMPORT = "from shop.legacy.engine import OldEngine\n"
OLD = f"x = 1\n\n\ndef plan():\n    {IMPORT}    return OldEngine\n"

# Over what is parsed, and with a word that is looked for.
LARGE = "x = 1\n" * 200_000

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A service with pages: to start one for each test would take longer than all of them."""
    async with world(tmp_path_factory.mktemp("explain"), FILES, login=True) as made:
        yield made


def repository(service: World, files: Files) -> World:
    """Make another repository there."""
    name = f"acme/shop-{service.github.state.next_id()}"
    return replace(service, repository=service.github.create_repository(name, files))


@pytest.fixture
def shop(service: World) -> World:
    """A repository with old findings."""
    return repository(service, {**FILES, "shop/old.py": OLD, "shop/kept.py": IMPORT})


@pytest_asyncio.fixture(loop_scope="module")
async def ada(service: World) -> AsyncIterator[Browser]:
    async with browser(service) as opened:
        yield opened


def page_of(pull: Pull, shop: World) -> str:
    return f"/{shop.repository.full_name}/pull/{pull.number}"


async def explained(shop: World, ada: Browser, files: Files, **opening: str) -> str:
    """Open a pull request and its page."""
    pull = await shop.open(files, **opening)
    return (await ada.visit(page_of(pull, shop), "ada")).text


def said(page: str, section: str = "main") -> str:
    """Read a section as a person does."""
    found = re.search(rf'<(\w+)[^>]* id="{section}"[^>]*>(.*?)</\1>', page, re.DOTALL)
    assert found, f"no {section} in {page}"
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[2])).split())


async def test_page_says_why_each_finding_is_new_or_moved_and_what_was_not_read(
    shop: World, ada: Browser
) -> None:
    page = await explained(
        *(shop, ada),
        {
            "shop/old.py": "x = 1\n",
            "shop/moved.py": OLD.partition("\n\n\n")[2],
            "shop/kept.py": f"{IMPORT}\n\ndef more():\n    {IMPORT}",
            "shop/large.py": f"{IMPORT}{LARGE}",
        },
    )

    new, moved = said(page, "new"), said(page, "moved")
    assert "failure 1 new finding" in said(page)
    assert "Decided by: The change adds a finding of severity error." in said(page)
    assert "occurs 2 times in this file at head, and once at the merge base." in new
    assert "This one is on a line that the change adds." in new
    assert "At the merge base: shop/kept.py:1" in new
    assert "Moved from shop/old.py : plan left that file and appeared in this one." in moved
    assert "5 from shop.legacy.engine import OldEngine" in moved
    assert "shop/large.py fails the check" in said(page, "skipped")
    assert "line 1 : was there before" in said(page, "evidence")
    head = shop.github.state.pulls[shop.repository.id, 1].head_sha
    assert f"/{shop.repository.full_name}/blob/{head}/shop/kept.py#L5" in page


async def test_deep_link_leads_to_the_finding_of_the_comment(shop: World, ada: Browser) -> None:
    page = await explained(shop, ada, {"shop/plans.py": IMPORT})

    body = next(c.body for c in shop.comments() if c.repository_id == shop.repository.id)
    (marker,) = re.findall(r"ssot:finding=(\w+)", body)
    assert "forbidden-import" in said(page, f"f-{marker}")
    assert "so is everything in it" in said(page, f"f-{marker}")
    assert "One engine for each order" in said(page, f"f-{marker}")


async def test_waivers_say_who_and_where_and_lapsed_ones_why(shop: World, ada: Browser) -> None:
    pull = await shop.open({"shop/plans.py": IMPORT})
    shop.github.grant(shop.repository, "ada", "write")
    shop.github.grant(shop.repository, "bob", "write")
    until = f'until={today_of(time.time) + timedelta(days=30)} reason="leaves with v2"'
    await shop.github.people.comment(pull, f"/ssot waive forbidden-import {until}")
    other = f"/ssot waive duplicate-definition shop/x.py {until}"
    await shop.github.people.comment(pull, other, by="bob")
    await shop.settle()
    shop.github.grant(shop.repository, "bob", "read")
    page = (await ada.visit(page_of(pull, shop), "ada")).text

    assert "success No new findings" in said(page)
    assert "by a comment on the pull request ( ada ): leaves" in said(page, "waived")
    assert "leaves with v2" in said(page, "waivers")
    assert "bob no longer has write access." in said(page, "lapsed")


async def test_waiver_of_the_config_that_has_ended_is_not_in_force(
    service: World, ada: Browser
) -> None:
    ended = today_of(time.time) - timedelta(days=1)
    waiver = f"{{rule: forbidden-import, path: '*.py', until: {ended}, reason: a freeze}}"
    shop = repository(service, {**FILES, ".github/ssot.yml": f"{POLICY}waivers: [{waiver}]\n"})
    page = await explained(shop, ada, {"shop/plans.py": IMPORT})

    assert "failure 1 new finding" in said(page)
    assert f"forbidden-import *.py Line 12 of the config: {EXPIRED.format(until=ended)}." in said(
        page, "lapsed"
    )
    assert 'id="waivers"' not in page


async def test_merged_pull_request_is_judged_as_it_was_left(shop: World, ada: Browser) -> None:
    pull = await shop.open({"shop/plans.py": IMPORT})
    await shop.github.people.merge(pull)
    await shop.settle()
    runs = len(shop.runs())
    page = (await ada.visit(page_of(pull, shop), "ada")).text

    assert "This pull request is merged." in said(page)
    assert "1 new finding" in said(page)
    assert len(shop.runs()) == runs


async def test_config_in_force_says_where_each_value_comes_from(shop: World, ada: Browser) -> None:
    files = {".github/ssot.yml": "version: 1\n", "shop/plans.py": IMPORT}
    page = await explained(shop, ada, files)

    config = said(page, "config")
    assert "Config: .github/ssot.yml on main ." in config
    assert "concepts.engine.canonical shop.engine:Engine line 5" in config
    assert "report.max-comments 20 default" in config
    assert f"/{shop.repository.full_name}/blob/main/.github/ssot.yml#L5" in page


async def test_every_rule_has_a_verdict(shop: World, ada: Browser) -> None:
    page = await explained(shop, ada, {"shop/plans.py": IMPORT, "shop/plans.py.bak": "x = 1\n"})

    rules = said(page, "rules")
    assert re.search(r"forbidden-import .*? error 1 new 1 new", rules)
    assert re.search(r"backup-file .*? warning 1 new 1 new", rules)
    assert re.search(r"import-cycle .*? off off", rules)
    assert re.search(r"duplicate-definition .*? error nothing", rules)


async def test_invalid_config_is_explained_without_an_analysis(
    service: World, ada: Browser
) -> None:
    shop = repository(service, {**FILES, ".github/ssot.yml": "version: 2\nconcepts: {}\n"})
    page = await explained(shop, ada, {"shop/plans.py": IMPORT})

    assert "action required The config on the base branch is not valid" in said(page)
    assert "line 1, column 10" in said(page)


async def test_what_strangers_wrote_is_text(shop: World, ada: Browser) -> None:
    page = await explained(
        *(shop, ada),
        {"shop/<script>alert(1).py": f"{IMPORT}x = '<img src=x>\u202e'\n"},
        title="<b>bold</b> \u202e",
    )

    assert [
        hostile for hostile in ("<script", "<img src=x", "<b>", "\u202e") if hostile in page
    ] == []
    assert "&lt;img src=x&gt;" in page


async def test_number_that_is_no_pull_request_is_not_found(shop: World, ada: Browser) -> None:
    answer = await ada.visit(f"/{shop.repository.full_name}/pull/999", "ada")

    assert answer.status == 404


async def test_repository_without_config_is_not_found(service: World, ada: Browser) -> None:
    shop = repository(service, {"shop/plans.py": ""})
    pull = await shop.open({"shop/plans.py": IMPORT})

    assert (await ada.visit(page_of(pull, shop), "ada")).status == 404


async def test_check_leads_to_the_page(shop: World) -> None:
    pull = await shop.open({"shop/plans.py": IMPORT})

    own = (run for run in shop.runs() if run.repository_id == shop.repository.id)
    assert {run.details_url for run in own} == {f"{shop.service.url}{page_of(pull, shop)}"}


async def test_page_needs_no_database_and_leaves_no_trace(shop: World, ada: Browser) -> None:
    pull = await shop.open({"shop/plans.py": IMPORT})
    store = shop.service.store
    assert store is not None
    await store.purge(repository_id=shop.repository.id)
    before = shop.writes(), await store.counts()
    page = await ada.visit(page_of(pull, shop), "ada")

    assert "1 new finding" in said(page.text)
    assert (shop.writes(), await store.counts()) == before


@pytest.mark.parametrize("number", [9, 2**31 - 1, 2**31, 9_999_999_999])
async def test_number_of_no_pull_request_is_not_found(
    shop: World, ada: Browser, number: int
) -> None:
    shop.github.people.user("ada")
    page = await ada.visit(f"/{shop.repository.full_name}/pull/{number}", "ada")
    assert page.status == 404
