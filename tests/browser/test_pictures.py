"""The pictures that the README shows are what the pages look like.

They are taken on each run; `SSOT_PICTURES=write` puts them into `.github/`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.sandbox import shop
from tests.browser.own_pages import own_pages
from tests.browser.proposals import propose

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.visitor import Visitor

FOLDER = Path(__file__).parents[2] / ".github"
WIDTH = 960
PNG = b"\x89PNG\r\n"


def review(visitor: Visitor) -> str:
    """Show what a reviewer sees of a change that adds one finding."""
    propose(visitor, "price_list", shop.PRICE_LIST, title="Add a price list")
    visitor.find("main .rows", "Some checks were not successful")
    visitor.find("section.thread", "Apply suggestion")
    return "main .rows"


def migration(visitor: Visitor) -> str:
    """Show how far a repository has come."""
    address = own_pages(visitor)["migration"]

    def shows_its_past() -> bool:
        visitor.driver.get(address)
        return bool(visitor.all("main svg .line"))

    visitor.until(shows_its_past, "a burn-down")
    return "main section .rows"


# Each opens what is to be seen, and names the element that the picture ends with.
PICTURES: dict[str, Callable[[Visitor], str]] = {
    "review.png": review,
    "migration.png": migration,
}


@pytest.mark.parametrize("name", PICTURES)
def test_picture_of_the_readme_is_taken(visitor: Visitor, tmp_path: Path, name: str) -> None:
    folder = FOLDER if os.environ.get("SSOT_PICTURES") == "write" else tmp_path
    visitor.look(width=WIDTH)
    last = PICTURES[name](visitor)

    visitor.picture(folder / name, last)

    assert (folder / name).read_bytes().startswith(PNG)
