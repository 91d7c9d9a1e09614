"""Somebody wants to know why the check says what it says, and logs in to read it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.browser.accessibility import faults
from tests.browser.proposals import SHOP

if TYPE_CHECKING:
    from tests.browser.visitor import Visitor


def log_in(visitor: Visitor) -> None:
    visitor.open(f"{SHOP}/pull/4/checks")
    visitor.press("View more details")
    visitor.find("h1", "Authorize")


def test_check_leads_to_why_it_says_so_and_from_there_to_the_lines(visitor: Visitor) -> None:
    log_in(visitor)
    assert faults(visitor) == []
    visitor.press("Authorize")

    visitor.find("h1", "Cache prices")
    assert "duplicate-definition" in visitor.find("article.finding").text
    visitor.script("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert faults(visitor) == []

    visitor.look()
    visitor.press("src/shop/pricing/cached.py:6")
    (line,) = visitor.all(".number:target")
    assert line.text == "6"


def test_explanation_needs_no_script_and_its_links_open_what_is_folded(visitor: Visitor) -> None:
    visitor.allow_scripts("no")
    log_in(visitor)
    visitor.press("Authorize")
    visitor.find("main a", "The whole order").click()

    assert visitor.find("#order", "decides").is_displayed()


def test_log_out_ends_what_the_login_began(visitor: Visitor) -> None:
    log_in(visitor)
    visitor.press("Authorize")
    visitor.press("Log out", "header")

    visitor.find("h1", "You are logged out")
    assert faults(visitor) == []
    log_in(visitor)


def test_who_does_not_agree_is_told_what_now(visitor: Visitor) -> None:
    log_in(visitor)
    visitor.press("Cancel")

    assert visitor.find("h1")
    assert faults(visitor) == []
    assert all("status of 4" in why for why in visitor.complaints())


def test_migration_of_the_repository_is_shown_to_who_may_read_it(visitor: Visitor) -> None:
    log_in(visitor)
    visitor.press("Authorize")
    service = urlsplit(visitor.driver.current_url)
    visitor.driver.get(f"{service.scheme}://{service.netloc}{SHOP}")

    visitor.find("main", "pricing-engine")
    assert faults(visitor) == []
