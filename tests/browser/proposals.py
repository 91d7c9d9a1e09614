"""Pull requests of the sandbox that a test may do with as it likes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.browser.visitor import Visitor

SHOP = "/acme/shop"


def propose(visitor: Visitor, name: str, text: str, *, title: str = "") -> str:
    """Open a pull request of one new file through the page, and give its path."""
    visitor.open(f"{SHOP}/compare?path=src/shop/{name}.py")
    visitor.write("input[name=title]", title or f"Add {name}")
    visitor.script("document.querySelector('textarea[name=text]').value = arguments[0]", text)
    visitor.press("Open pull request")
    return str(visitor.driver.current_url).removeprefix(visitor.url)
