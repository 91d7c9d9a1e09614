"""The pictures that the README shows are what the pages look like.

They are taken on each run; `SSOT_PICTURES=write` puts them into `.github/`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.visitor import Visitor

FOLDER = Path(__file__).parents[2] / ".github"
PNG = b"\x89PNG\r\n"


@dataclass(frozen=True)
class Picture:
    """What is to be seen: a page, and how wide the screen is."""

    path: str
    width: int = 960


PICTURES = {"review.png": Picture("/acme/shop/pull/3")}


@pytest.mark.parametrize("name", PICTURES)
def test_picture_of_the_readme_is_taken(visitor: Visitor, tmp_path: Path, name: str) -> None:
    picture = PICTURES[name]
    visitor.look(width=picture.width)
    visitor.open(picture.path)
    visitor.find("main", "forbidden-import")
    folder = FOLDER if os.environ.get("SSOT_PICTURES") == "write" else tmp_path

    visitor.picture(folder / name)

    assert (folder / name).read_bytes().startswith(PNG)
