"""Take a picture of every page, light, dark and narrow: `python -m tests.browser.gallery FOLDER`.

The pages are those of `ssot sandbox`, of the service behind it, and of a service without an App.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.chromium import started
from tests.browser.own_pages import own_pages
from tests.browser.proposals import SHOP
from tests.browser.services import sandbox, unconfigured
from tests.browser.visitor import NARROW, WIDE, Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = {
    "index": "/",
    "conversation": f"{SHOP}/pull/3",
    "commits": f"{SHOP}/pull/3/commits",
    "checks": f"{SHOP}/pull/3/checks",
    "files": f"{SHOP}/pull/3/files",
    "mended": f"{SHOP}/pull/7",
    "issue": f"{SHOP}/issues/1",
    "compare": f"{SHOP}/compare?path=src/shop/invoice.py",
    "deliveries": "/-/deliveries",
}
LOOKS = {"light": ("light", WIDE), "dark": ("dark", WIDE), "narrow": ("dark", NARROW)}


def main() -> None:
    """Write `PAGE-LOOK.png` for each page and look."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", metavar="FOLDER", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        driver = stack.enter_context(started())
        visitor = Visitor(driver, stack.enter_context(sandbox()))
        for name in _opened(visitor):
            _take(visitor, folder, name)
        data = stack.enter_context(tempfile.TemporaryDirectory())
        driver.get(stack.enter_context(unconfigured(Path(data))))
        _take(visitor, folder, "setup")


def _opened(visitor: Visitor) -> Iterator[str]:
    """Open one page after the other, and name it."""
    for name, path in PAGES.items():
        visitor.open(path)
        yield name
    for name, address in own_pages(visitor).items():
        visitor.driver.get(address)
        visitor.find("main")
        yield name


def _take(visitor: Visitor, folder: Path, name: str) -> None:
    for look, (scheme, width) in LOOKS.items():
        visitor.look(scheme=scheme, width=width)
        visitor.picture(folder / f"{name}-{look}.png")
    print(name, file=sys.stderr)


if __name__ == "__main__":
    main()
