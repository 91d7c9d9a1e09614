"""Stars of modules that the change itself touches."""

from __future__ import annotations

import pytest

from tests.checks.inquiries import review

COMPAT = "from shop.legacy.engine import *\nfrom shop.plans import *\n"
USE = "from shop.compat import Plan\n"


@pytest.mark.parametrize(
    ("plans", "symbols"),
    [
        pytest.param("class Plan: ...\n", [], id="it offers the name"),
        pytest.param("class Plans: ...\n", ["shop.compat.Plan"], id="it offers another one"),
        pytest.param("", ["shop.compat.Plan"], id="it is empty"),
    ],
)
def test_changed_module_without_any_needle_shadows_what_a_star_offers(
    plans: str, symbols: list[str]
) -> None:
    before = {"shop/compat.py": COMPAT, "shop/plans.py": "x = 1\n"}
    after = {**before, "shop/plans.py": plans, "shop/orders.py": USE}

    assert [finding.symbol for finding in review(before, after).findings] == symbols
