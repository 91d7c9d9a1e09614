"""The pages of the service itself, which one sees after a login."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.proposals import SHOP

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.browser.visitor import Visitor


def own_pages(visitor: Visitor) -> Mapping[str, str]:
    """Log in to the service behind the sandbox, and return the addresses of its pages."""
    visitor.open(f"{SHOP}/pull/4/checks")
    visitor.press("View more details")
    visitor.press("Authorize")
    explain = visitor.driver.current_url
    root = explain.partition(SHOP)[0]
    return {"explain": explain, "migration": f"{root}{SHOP}", "operator": f"{root}/operator"}
