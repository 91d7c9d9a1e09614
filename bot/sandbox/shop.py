"""The files of a small shop with one pricing engine too many, and those of its pull requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CONFIG = """\
version: 1

roots: ["src"]
tests: ["tests/**"]

concepts:
  pricing-engine:
    about: One pricing engine, so that basket and invoice never disagree.
    issues: [1]
    canonical:
      - shop.pricing.engine:PricingEngine
    definitions:
      classes: ["*PricingEngine"]
    deprecated:
      shop.legacy.prices:
        use: shop.pricing.engine
        names: {LegacyPrices: PricingEngine, quote: quote}
      shop.basket.prices:
        use: shop.pricing.engine

rules:
  forbidden-import: error
  duplicate-definition: error

checklists:
  infer: suggest
"""

ENGINE = '''\
"""The one place where prices are made."""

from decimal import Decimal

VAT = Decimal("0.19")


class PricingEngine:
    """Turns net prices into what a customer pays."""

    def __init__(self, vat: Decimal = VAT) -> None:
        self.vat = vat

    def gross(self, net: Decimal) -> Decimal:
        return (net * (1 + self.vat)).quantize(Decimal("0.01"))


def quote(net: Decimal) -> Decimal:
    return PricingEngine().gross(net)
'''

LEGACY = '''\
"""Deprecated: use shop.pricing.engine."""

from decimal import Decimal

RATE = Decimal("0.16")


class LegacyPrices:
    def gross(self, net: Decimal) -> Decimal:
        return net * (1 + RATE)


def quote(net: Decimal) -> Decimal:
    return LegacyPrices().gross(net)
'''

BASKET = '''\
"""What a customer is about to buy."""

from decimal import Decimal

from shop.pricing.engine import PricingEngine


class Basket:
    def __init__(self) -> None:
        self.lines: list[Decimal] = []

    def add(self, net: Decimal) -> None:
        self.lines.append(net)

    def total(self) -> Decimal:
        engine = PricingEngine()
        return sum((engine.gross(net) for net in self.lines), Decimal(0))
'''

INVOICE = '''\
"""What a customer has bought."""

from decimal import Decimal

from shop.legacy.prices import LegacyPrices


def invoice(lines: list[Decimal]) -> Decimal:
    prices = LegacyPrices()
    return sum((prices.gross(net) for net in lines), Decimal(0))
'''

FILES: Mapping[str, str] = {
    "README.md": "# shop\n\nAn invented shop, to try things on.\n",
    ".github/ssot.yml": CONFIG,
    "src/shop/__init__.py": "",
    "src/shop/pricing/__init__.py": "",
    "src/shop/pricing/engine.py": ENGINE,
    "src/shop/legacy/__init__.py": "",
    "src/shop/legacy/prices.py": LEGACY,
    "src/shop/basket/__init__.py": "",
    "src/shop/basket/basket.py": BASKET,
    "src/shop/basket/prices.py": "from shop.pricing.engine import quote\n",
    "src/shop/invoice.py": INVOICE,
    "tests/test_basket.py": (
        "from decimal import Decimal\n\n"
        "from shop.basket.basket import Basket\n\n\n"
        "def test_empty_basket_costs_nothing() -> None:\n"
        "    assert Basket().total() == Decimal(0)\n"
    ),
}

# Who still used the old prices when the migration began, and how many days ago each of them moved.
REPORT = """\
from decimal import Decimal

from {module} import {engine}


def {name}(nets: list[Decimal]) -> Decimal:
    return sum(({engine}().gross(net) for net in nets), Decimal(0))
"""
MOVED_DAYS_AGO = {"daily": 8, "weekly": 6, "monthly": 5, "yearly": 2, "refunds": 1}
BEGUN_DAYS_AGO = 12


def report(name: str, *, module: str, engine: str) -> dict[str, str]:
    """Write a report of the shop, on the old prices or on the new ones."""
    text = REPORT.format(name=name, module=module, engine=engine)
    return {f"src/shop/reports/{name}.py": text}


def old_report(name: str) -> dict[str, str]:
    """Write a report as it was before it moved."""
    return report(name, module="shop.legacy.prices", engine="LegacyPrices")


def new_report(name: str) -> dict[str, str]:
    """Write a report as it is now."""
    return report(name, module="shop.pricing.engine", engine="PricingEngine")


TRACKER = """\
We price in two places, and they disagree by three percent.

- [x] Agree on one engine: `shop.pricing.engine`
- [ ] #2 moves the basket on
- [ ] The new price list is there <!-- ssot: exists(src/shop/price_list.py) == true -->
- [ ] Nobody imports `shop.legacy.prices`
- [ ] `shop.legacy.prices` only points to `shop.pricing.engine`

<!-- ssot:progress -->
<!-- /ssot:progress -->
"""

DISCOUNT = '''\
"""Prices with a discount."""

from decimal import Decimal

from shop.legacy.prices import quote as legacy_quote
from shop.legacy.prices import RATE, LegacyPrices


def discounted(net: Decimal, percent: int) -> Decimal:
    reduced = net * (100 - percent) / 100
    if RATE > Decimal("0.2"):
        return legacy_quote(reduced)
    return LegacyPrices().gross(reduced)
'''

CACHED = '''\
"""Prices that are asked for again and again."""

from decimal import Decimal


class CachedPricingEngine:
    """A second engine, with a rate of its own."""

    def __init__(self) -> None:
        self.known: dict[Decimal, Decimal] = {}

    def gross(self, net: Decimal) -> Decimal:
        if net not in self.known:
            self.known[net] = net * Decimal("1.19")
        return self.known[net]
'''

FORKED = '''\
"""Print what a basket costs."""

import importlib
from decimal import Decimal

prices = importlib.import_module("shop.legacy.prices")


def show(net: Decimal) -> str:
    return f"{prices.quote(net)} EUR"
'''

MOVED_LINES = '''\
"""What a customer has bought."""

from collections.abc import Sequence
from decimal import Decimal

from shop.legacy.prices import (
    LegacyPrices,
)


def invoice(lines: Sequence[Decimal]) -> Decimal:
    prices = LegacyPrices()
    return sum((prices.gross(net) for net in lines), Decimal(0))
'''

PRICE_LIST = '''\
"""All prices at a glance."""

from decimal import Decimal

from shop.legacy.prices import quote


def price_list(nets: list[Decimal]) -> list[Decimal]:
    return [quote(net) for net in nets]
'''
MENDED_PRICE_LIST = PRICE_LIST.replace("shop.legacy.prices", "shop.pricing.engine")
