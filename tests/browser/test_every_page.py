"""What holds for each page: by keyboard, by ear, in the dark, on a telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.accessibility import faults

if TYPE_CHECKING:
    from tests.browser.visitor import Visitor

SHOP = "/acme/shop"
PAGES = (
    "/",
    f"{SHOP}/pull/3",
    f"{SHOP}/pull/3/commits",
    f"{SHOP}/pull/3/checks",
    f"{SHOP}/pull/3/files",
    f"{SHOP}/pull/7",
    f"{SHOP}/pull/7/files",
    f"{SHOP}/commit/main",
    f"{SHOP}/blob/main/src/shop/invoice.py",
    "/-/deliveries",
    "/-/deliveries/9007199254740993",
    f"{SHOP}/pull/3/edit?path=src/shop/discounts.py",
    f"{SHOP}/issues/1",
    f"{SHOP}/issues/1/edit",
    f"{SHOP}/issues/new",
    f"{SHOP}/compare?path=src/shop/invoice.py",
)


@pytest.mark.parametrize("path", PAGES)
def test_page_has_no_grave_fault_and_fits_every_screen(visitor: Visitor, path: str) -> None:
    visitor.open(path)
    assert faults(visitor) == []
