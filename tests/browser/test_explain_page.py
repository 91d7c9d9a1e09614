"""From "Details" at a check to the page that explains it, as a person with a browser goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.accessibility import faults
from tests.browser.visitor import NARROW, WIDE

if TYPE_CHECKING:
    from tests.browser.visitor import Visitor

CHECKS = "/acme/shop/pull/3/checks"
OPEN_ALL = "document.querySelectorAll('details').forEach(one => { one.open = true; })"


@pytest.fixture
def explained(visitor: Visitor) -> Visitor:
    """Somebody who follows the link of the check, and logs in where that is asked."""
    visitor.open(CHECKS)
    visitor.press("View more details")
    if "/login/oauth/authorize" in visitor.driver.current_url:
        visitor.press("Authorize")
    visitor.find("h1", "Add discounts")
    return visitor


def test_details_of_a_check_lead_to_its_explanation(explained: Visitor) -> None:
    assert "failure" in explained.find("[aria-label=Verdict]").text
    assert explained.find("mark").text == "quote as legacy_quote"


def test_explanation_has_no_grave_fault_and_fits_every_screen(explained: Visitor) -> None:
    explained.script(OPEN_ALL)
    for scheme in ("light", "dark"):
        for width in (WIDE, NARROW):
            explained.look(scheme=scheme, width=width)
            assert faults(explained) == [], f"{scheme}, {width} px"
            assert explained.script("return document.documentElement.scrollWidth") <= width


def test_explanation_needs_no_script_and_its_links_open_what_is_folded(explained: Visitor) -> None:
    page = explained.driver.current_url.partition("#")[0]
    explained.allow_scripts("no")
    explained.driver.get("about:blank")
    explained.driver.get(page)
    explained.find("a", "The whole order").click()

    assert explained.find("#order", "decides").is_displayed()
