"""A reviewer at the sandbox: reads, answers, applies, merges, and never has to reload."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from selenium.webdriver.common.keys import Keys

from bot.sandbox import shop
from tests.browser.proposals import SHOP, propose

if TYPE_CHECKING:
    from tests.browser.visitor import Visitor

CLEAN = "GREETING = 'hello'\n"
COMMENT = "form.comment textarea"
STAYS = "return window.stays === true"


def test_verdict_comes_by_itself_and_leads_to_the_lines(visitor: Visitor) -> None:
    path = propose(visitor, "verdicts", shop.PRICE_LIST)
    visitor.script("window.stays = true")

    visitor.find("main .rows", "Some checks were not successful")
    assert visitor.script(STAYS), "the page was loaded again"

    visitor.press("Details")
    visitor.press("src/shop/verdicts.py:5")
    assert visitor.driver.current_url.startswith(f"{visitor.url}{path}/files#diff-")
    (line,) = visitor.all("td.number:target")
    assert line.text == "5"
    assert "shop.legacy.prices" in visitor.find("section.thread").text


def test_answer_to_a_command_comes_while_one_writes_on(visitor: Visitor) -> None:
    propose(visitor, "commands", CLEAN)
    visitor.find("main .rows", "All checks have passed")

    visitor.write(COMMENT, "/ssot help" + Keys.CONTROL + Keys.ENTER)
    visitor.find("article.note", "/ssot help")
    visitor.write(COMMENT, "and another")
    visitor.find("article.note", "/ssot explain RULE")

    focused = visitor.keys(" thing")
    assert focused.get_attribute("value") == "and another thing"


def test_suggestions_are_applied_together_in_one_commit(visitor: Visitor) -> None:
    path = propose(visitor, "together", shop.DISCOUNT)
    visitor.find("section.thread", "Apply suggestion")
    visitor.open(f"{path}/files")
    for box in visitor.all("input[form=batch]"):
        box.click()

    visitor.press("Apply the chosen suggestions together")

    visitor.find("td.text", "from shop.pricing.engine import quote as legacy_quote")
    visitor.find("td.text", "from shop.pricing.engine import PricingEngine as LegacyPrices")
    visitor.press("Commits (2)", "main")
    assert visitor.find("main li:last-child", "Apply 2 suggestions")


def test_thread_is_answered_and_resolved_by_its_author(visitor: Visitor) -> None:
    path = propose(visitor, "threads", shop.PRICE_LIST)
    visitor.find("section.thread", "shop.legacy.prices")
    visitor.act_as("bob")
    visitor.write("section.thread textarea", "I will" + Keys.CONTROL + Keys.ENTER)
    assert "bob" in visitor.find(".note:target", "I will").text

    visitor.act_as("eve")
    assert "Resolve conversation" not in visitor.find("section.thread").text
    visitor.act_as("carol")
    visitor.press("Resolve conversation")

    visitor.find("section.thread summary", "Folded away: resolved")
    visitor.open(f"{path}/files")
    visitor.unfold("Folded away: resolved")
    visitor.press("Unresolve conversation")
    visitor.find("section.thread button", "Resolve conversation")


def test_line_is_commented_on(visitor: Visitor) -> None:
    path = propose(visitor, "remarks", CLEAN)
    visitor.open(f"{path}/files")
    visitor.unfold("Comment on a line")
    visitor.write("input[name=line]", "1")
    visitor.write("main details[open] .reply textarea", "Why in English?")
    visitor.press("Comment", ".file")

    assert "Why in English?" in visitor.find("tr.added + tr.notes .note:target").text


def test_box_is_ticked_with_the_keyboard(visitor: Visitor) -> None:
    visitor.open(f"{SHOP}/issues/new")
    visitor.write("input[name=title]", "By keyboard")
    visitor.write("textarea[name=body]", "- [ ] one\n- [ ] two\n")
    visitor.press("Open issue")
    visitor.script("document.querySelectorAll('.box')[1].focus()")

    visitor.keys(Keys.SPACE)

    visitor.find(".box[aria-checked=true][aria-label=two]")
    assert visitor.all(".box[aria-checked=false][aria-label=one]")


def test_box_of_the_tracking_issue_ticks_when_its_pull_request_is_merged(visitor: Visitor) -> None:
    visitor.open(f"{SHOP}/issues/1")
    visitor.press("#2")
    visitor.press("Merge pull request")
    visitor.find("main .badge", "merged")

    visitor.open(f"{SHOP}/issues/1")

    visitor.find(".box[aria-checked=true][aria-label='#2 moves the basket on']")


def test_merge_queue_merges_what_passes_and_throws_out_what_does_not(visitor: Visitor) -> None:
    propose(visitor, "queued", CLEAN)
    visitor.find("main .rows", "All checks have passed")
    visitor.press("Merge when ready")
    visitor.find("main .badge", "merged")

    propose(visitor, "thrown_out", shop.PRICE_LIST)
    visitor.find("main .rows", "Some checks were not successful")
    visitor.press("Merge when ready")
    visitor.find("main .row button", "Merge pull request")
    assert "open" in visitor.find("main .badge").text
    visitor.open("/-/deliveries")
    visitor.find("main li", "pull_request.dequeued")


def test_who_may_not_write_is_offered_nothing_that_writes(visitor: Visitor) -> None:
    visitor.open(f"{SHOP}/pull/3")
    visitor.act_as("eve")

    for words in ("Merge pull request", "Apply suggestion", "Close pull request"):
        assert words not in visitor.find("main").text
    assert "Only people with write access" in visitor.find("main").text
    assert visitor.find(COMMENT)


@pytest.mark.parametrize("path", ["/", f"{SHOP}/pull/3", f"{SHOP}/pull/3/files"])
def test_keyboard_begins_at_the_content_and_shows_where_it_is(visitor: Visitor, path: str) -> None:
    visitor.open(path)
    skip = visitor.keys(Keys.TAB)
    assert (skip.text, skip.rect["x"] >= 0) == ("Skip to the content", True)
    skip.send_keys(Keys.ENTER)

    for _ in range(3):
        focused = visitor.keys(Keys.TAB)
        assert visitor.script("return arguments[0].closest('main') !== null", focused)
        assert focused.value_of_css_property("outline-style") == "solid"


def test_everything_works_without_a_script(visitor: Visitor) -> None:
    visitor.allow_scripts("no")
    visitor.open(f"{SHOP}/pull/7")
    visitor.write(COMMENT, "/ssot status")
    visitor.press("Comment", "form.comment")

    visitor.find("article.note .quiet", "+1")


def test_delivery_is_shown_and_sent_again(visitor: Visitor) -> None:
    visitor.open("/-/deliveries")
    visitor.press("pull_request.opened")
    assert '"action": "opened"' in visitor.find("main").text
    assert "X-GitHub-Event: pull_request" in visitor.find("main").text

    visitor.press("Redeliver")

    assert "again" in visitor.find("main").text
    visitor.find("main .badge.good", "202")


def test_refusal_is_a_page_that_says_why_and_leads_back(visitor: Visitor) -> None:
    visitor.open(f"{SHOP}/pull/3/files")
    visitor.script("document.querySelectorAll('input[form=batch]').forEach(b => b.remove())")
    visitor.press("Apply the chosen suggestions together")

    visitor.find("main", "choose at least one suggestion")
    visitor.press("Back to the page before")
    assert visitor.driver.current_url == f"{visitor.url}{SHOP}/pull/3/files"
    assert [why for why in visitor.complaints() if "422" not in why] == []
