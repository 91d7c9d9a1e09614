"""A review says which items of tracked issues its change would tick."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.domain.census_ports import Measured
from bot.domain.issue import Edit, Issue, Tracked
from bot.domain.jobs import Job, JobKind
from bot.domain.pull import ConfigFile, ConfigSource
from bot.services.review import review
from checks.rule import POLICY
from tests.bot.domain.examples import HEAD, pull
from tests.bot.services.memory import MemoryCensuses, MemoryGitHub, MemoryTrackers
from tests.checks import inquiries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.report import Report

OLD = "from shop.legacy.engine import OldEngine\n"
TREE = {
    "shop/engine.py": "class Engine: ...\n",
    "shop/legacy/engine.py": "class OldEngine: ...\n",
    "shop/cart.py": OLD,
    "shop/pay.py": "x = 1\n",
}
CLEAN = {**TREE, "shop/cart.py": "x = 1\n"}
IMPORTS = "files(forbidden-import) == 0"
ITEM = f"- [ ] Update imports <!-- ssot: {IMPORTS} -->\n"
# What the next census would leave behind it.
TICKED = f"- [x] Update imports <!-- ssot: {IMPORTS} @{'c' * 12}/#5 -->\n"


def issue(body: str, number: int = 5, **changes: Any) -> Issue:
    return replace(Issue(7, pull().repository, number, body, author="ada"), **changes)


def github(
    head: Mapping[str, str],
    *issues: Issue,
    base: Mapping[str, str] = TREE,
    policy: str = POLICY,
    links: tuple[int, ...] = (5,),
    **tracked: Any,
) -> MemoryGitHub:
    census = replace(inquiries.count(base, policy=policy), rev="c" * 40)
    made = pull(config=ConfigFile(ConfigSource.BASE, policy, "d" * 40), links=links)
    return MemoryGitHub(
        made,
        replace(inquiries.review(base, head, policy=policy), head=HEAD),
        censuses=MemoryCensuses(Measured(census, policy, 0.0)),
        trackers=MemoryTrackers(Tracked(issues, **tracked)),
    )


async def reviewed(shop: MemoryGitHub) -> Report:
    await review(Job(JobKind.REVIEW, 7, pull().repository, 12), shop.ports)
    return shop.reports[-1]


async def page(head: Mapping[str, str], *issues: Issue, **how: Any) -> str:
    return (await reviewed(github(head, *issues, **how))).page


async def test_item_that_the_change_would_tick_is_shown_with_its_reason() -> None:
    text = await page(CLEAN, issue(ITEM))
    assert "### Would tick\n" in text
    assert f"- #5, `Update imports`: `{IMPORTS}` (1 → 0)\n" in text


async def test_item_that_the_change_would_take_back_is_shown() -> None:
    text = await page({**CLEAN, "shop/pay.py": OLD}, issue(TICKED), base=CLEAN)
    assert (
        f"### Would untick\n\nOnce this is merged:\n\n- #5, `Update imports`: `{IMPORTS}`" in text
    )
    assert "(0 → 1)" in text


async def test_nothing_is_said_where_nothing_would_be_ticked() -> None:
    for body, head in (
        (ITEM, {**TREE, "shop/pay.py": "y = 1\n"}),  # the import stays
        (ITEM.replace("[ ]", "[x]"), CLEAN),  # a person ticked it
        (TICKED, CLEAN),  # ticked already
        (ITEM.replace("-import)", "-imports)"), CLEAN),  # broken
        ("No list.\n", CLEAN),
    ):
        assert "Would" not in await page(head, issue(body)), body


async def test_item_that_the_next_census_ticks_anyway_is_no_merit_of_the_change() -> None:
    assert "Would" not in await page({**CLEAN, "shop/pay.py": ""}, issue(ITEM), base=CLEAN)


async def test_pattern_that_fits_nothing_after_the_change_was_no_slip() -> None:
    body = "- [ ] Cart <!-- ssot: files(forbidden-import, path=shop/cart.py) == 0 -->\n"
    gone = {path: text for path, text in TREE.items() if path != "shop/cart.py"}
    assert "`Cart`" in await page(gone, issue(body))


async def test_parent_of_the_last_open_item_would_be_ticked_too() -> None:
    text = await page(CLEAN, issue(f"- [ ] All of it\n  {ITEM}"))
    assert "- #5, `All of it`: every item below it would be ticked\n" in text


async def test_this_pull_request_and_what_it_closes_count_as_done() -> None:
    body = "- [ ] #12 Clean the cart\n- [ ] #8 Clean up\n- [ ] #9 Another\n"
    text = await page(CLEAN, issue(body), closes=frozenset({8}))
    assert "- #5, `#12 Clean the cart`: this pull request\n" in text
    assert "- #5, `#8 Clean up`: `octo/shop#8`, which this pull request closes\n" in text
    assert "#9" not in text


async def test_bound_item_of_an_issue_that_the_config_names_needs_no_link() -> None:
    policy = (
        f"{POLICY}checklists:\n  bind:\n    - {{issue: 5, item: 'Update*', when: '{IMPORTS}'}}\n"
    )
    body = "- [ ] Update imports\n"
    shop = github(CLEAN, issue(body, author="eve"), policy=policy, links=())
    assert "`Update imports`" in (await reviewed(shop)).page
    assert shop.trackers.asked == [[5]]
    assert shop.asked_about == []


async def test_linked_issue_that_nobody_with_write_access_stands_for_is_left_out() -> None:
    assert "Would" not in await page(CLEAN, issue(ITEM, author="eve"))
    edited = (Edit("E", "ada", None),)
    assert "Would tick" in await page(CLEAN, issue(ITEM, author="eve", edits=edited))


async def test_each_person_is_asked_about_once_and_only_where_it_matters() -> None:
    issues = [issue(ITEM, 5, author="eve"), issue(ITEM, 6, author="eve"), issue("-", 7, author="x")]
    shop = github(CLEAN, *issues, links=(5, 6, 7))
    await reviewed(shop)
    assert shop.asked_about == ["eve"]


async def test_locked_issue_is_left_out() -> None:
    assert "Would" not in await page(CLEAN, issue(ITEM, is_locked=True))


async def test_issues_are_read_only_where_any_is_named() -> None:
    shop = github(CLEAN, issue(ITEM), links=())
    await reviewed(shop)
    assert shop.trackers.asked == []


async def test_change_of_the_config_promises_nothing() -> None:
    path = ".github/ssot.yml"
    base, head = {**TREE, path: POLICY}, {**CLEAN, path: f"{POLICY}python: '3.11'\n"}
    assert "Would" not in await page(head, issue(ITEM), base=base)


async def test_census_by_another_config_promises_nothing() -> None:
    shop = github(CLEAN, issue(ITEM))
    assert shop.censuses.measured
    shop.censuses.measured = replace(shop.censuses.measured, config_text="version: 1\n")
    assert "Would" not in (await reviewed(shop)).page


async def test_definitions_are_not_promised_where_no_rule_looks_for_them() -> None:
    head = {**TREE, "shop/legacy/engine.py": "x = 1\n"}
    body = "- [ ] One engine <!-- ssot: definitions(engine) == 1 -->\n"
    off = f"{POLICY}rules: {{duplicate-definition: off}}\n"
    assert "(2 → 1)" in await page(head, issue(body))
    assert "Would" not in await page(head, issue(body), policy=off)


async def test_issues_that_cannot_be_read_are_a_note_and_no_failure() -> None:
    shop = github(CLEAN, problem="Resource not accessible by integration")
    report = await reviewed(shop)
    assert "could not be read: Resource not accessible by integration." in report.page
    assert shop.writes[-1] == "complete success"


async def test_item_is_a_reason_for_another_run_and_its_counts_are_none() -> None:
    async def digest(*issues: Issue, before: str = OLD) -> str:
        base = {**TREE, "shop/cart.py": before}
        shop = github(CLEAN, *issues, base=base)
        shop.analysed = replace(inquiries.review(base, CLEAN), head=HEAD, findings=(), fixed=())
        return (await reviewed(shop)).digest

    assert await digest(issue(ITEM)) != await digest()
    assert await digest(issue(ITEM)) == await digest(issue(ITEM), before=OLD + OLD)


async def test_text_of_an_item_mentions_and_links_nobody() -> None:
    body = ITEM.replace("Update imports", "@all <b>http://x.io</b>")
    assert "- #5, `@all <b>http://x.io</b>`:" in await page(CLEAN, issue(body))
