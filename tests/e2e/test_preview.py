"""While a pull request is open, its check says which items of tracked issues it would tick."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.github.people import Opening
from tests.e2e.world import FILES, POLICY, world

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.e2e.world import World

LEGACY = "from shop.legacy.engine import OldEngine\n"
CONFIGURED = POLICY + "    issues: [1]\n"
FILES_OF_SHOP = {**FILES, ".github/ssot.yml": CONFIGURED, "shop/pay.py": LEGACY}
IMPORTS = "files(forbidden-import) == 0"
STAGE = "stage(shop.legacy.engine) == redirect"
TRACKER = f"- [ ] Update imports <!-- ssot: {IMPORTS} -->\n- [ ] Redirect <!-- ssot: {STAGE} -->\n"
REDIRECT = "from shop.engine import Engine as OldEngine\n"


async def summary(
    shop: World, files: Mapping[str, str | None], body: str, *, branch: str = "change"
) -> str:
    """Review a change after the branch was measured, and show its check."""
    shop.github.people.commit(shop.repository, branch, files)
    await shop.github.people.open_pull(shop.repository, Opening(branch, body=body))
    await shop.settle()
    return shop.runs()[-1].summary or ""


async def test_removal_of_the_last_import_shows_the_items_it_would_tick(tmp_path: Path) -> None:
    async with world(tmp_path, FILES_OF_SHOP) as shop:
        shop.github.grant(shop.repository, "ada", "write")
        await shop.github.trackers.open(shop.repository, "Migrate the engine", TRACKER)
        await shop.github.trackers.open(shop.repository, "Clean the cart", "- [ ] #3 The cart\n")

        text = await summary(shop, {"shop/pay.py": "x = 1\n"}, "Part of #2")

        assert f"- #1, `Update imports`: `{IMPORTS}` (1 → 0)\n" in text
        assert "- #2, `#3 The cart`: this pull request\n" in text
        assert "Redirect" not in text
        assert shop.verdict()[1] == "success"

        await shop.push({"shop/legacy/engine.py": REDIRECT})
        text = shop.runs()[-1].summary or ""
        assert f"- #1, `Redirect`: `{STAGE}` (implementation → redirect)\n" in text


async def test_issues_cost_one_request_and_only_where_any_is_named(tmp_path: Path) -> None:
    async with world(tmp_path, FILES) as shop:
        await shop.github.trackers.open(shop.repository, "Migrate the engine", TRACKER)
        costs = []
        for branch, body in (("change", ""), ("other", "Part of #1"), ("third", "")):
            shop.github.requests.clear()
            await summary(shop, {"shop/pay.py": f"x = '{branch}'\n"}, body, branch=branch)
            requests = [one.operation for one in shop.github.requests]
            costs.append([one for one in requests if "access_tokens" not in one])
        assert [ops.count("query TrackedIssues") for ops in costs] == [0, 1, 0]
        assert all(len(ops) <= 8 for ops in costs)


async def test_merge_ticks_what_the_check_said(tmp_path: Path) -> None:
    async with world(tmp_path, FILES_OF_SHOP) as shop:
        issue = await shop.github.trackers.open(shop.repository, "Migrate", TRACKER)
        pull = await shop.open({"shop/pay.py": "x = 1\n"})
        assert "`Update imports`" in (shop.runs()[-1].summary or "")
        await shop.github.people.merge(pull)
        await shop.settle()
        body = shop.github.state.issues[issue.repository_id, issue.number].body or ""
        assert body.startswith(f"- [x] Update imports <!-- ssot: {IMPORTS} @")
        assert "- [ ] Redirect" in body


async def test_file_that_goes_ticks_its_item_in_an_issue_that_only_the_change_names(
    tmp_path: Path,
) -> None:
    async with world(tmp_path, FILES_OF_SHOP) as shop:
        shop.github.grant(shop.repository, "ada", "write")
        await shop.github.trackers.open(shop.repository, "Migrate the engine", TRACKER)
        gone = "- [ ] Gone <!-- ssot: exists(shop/pay.py) == false -->\n"
        issue = await shop.github.trackers.open(shop.repository, "Pay", gone)
        pull = await shop.open({"shop/pay.py": None}, body="Part of #2")
        assert "- #2, `Gone`" in (shop.runs()[-1].summary or "")
        await shop.github.people.merge(pull)
        await shop.settle()
        body = shop.github.state.issues[issue.repository_id, issue.number].body or ""
        assert body.startswith("- [x] Gone")
        assert any("| `engine` | 3 → 2 |" in text for text in shop.conversation())


async def test_installation_that_grants_no_issues_gets_its_reviews(tmp_path: Path) -> None:
    async with world(tmp_path, FILES_OF_SHOP) as shop:
        await shop.github.trackers.open(shop.repository, "Migrate the engine", TRACKER)
        await shop.settle()
        shop.withdraw("issues")

        text = await summary(shop, {"shop/pay.py": "x = 1\n"}, "Closes #1")

        assert shop.verdict()[1] == "success"
        assert "the tracked issues could not be read" in text
