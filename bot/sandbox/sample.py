"""A small shop with one pricing engine too many: the repository that the sandbox starts with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sandbox.github.people import Opening

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.github.records import Pull, Repository
    from bot.sandbox.github.server import LocalGitHub

NAME = "acme/shop"
FORK_OWNER = "eve"

CONFIG = """\
version: 1

roots: ["src"]
tests: ["tests/**"]

concepts:
  pricing-engine:
    about: One pricing engine, so that basket and invoice never disagree.
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

TRACKER = """\
We price in two places, and they disagree by three percent.

- [x] One engine in `shop.pricing.engine`
- [ ] Nobody imports `shop.legacy.prices`
- [ ] `shop.legacy.prices` only points to the engine
"""

DISCOUNT = '''\
"""Prices with a discount."""

from decimal import Decimal

from shop.legacy.prices import (
    LegacyPrices,
    # the rate of last year
    RATE,
    quote as legacy_quote,
)


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


@dataclass(frozen=True, slots=True)
class _Proposal:
    branch: str
    title: str
    body: str
    by: str
    files: Mapping[str, str]


CLEAN = _Proposal(
    "count-lines",
    "Count the lines of a basket",
    "Part of #1.",
    "ada",
    {
        "src/shop/basket/basket.py": BASKET
        + "\n    def count(self) -> int:\n        return len(self.lines)\n"
    },
)
IMPORTS = _Proposal(
    "discounts",
    "Add discounts",
    "Customers asked for discounts.",
    "bob",
    {"src/shop/discounts.py": DISCOUNT},
)
SECOND_ENGINE = _Proposal(
    "cache-prices",
    "Cache prices",
    "The basket asks for the same price again and again.",
    "carol",
    {"src/shop/pricing/cached.py": CACHED},
)
FROM_FORK = _Proposal(
    "show-prices",
    "Show prices on the command line",
    "My first contribution.",
    FORK_OWNER,
    {"src/shop/show.py": FORKED},
)

OLD_FINDING_MOVES = _Proposal(
    "sort-imports",
    "Take any sequence of lines",
    "The old import is only written differently: that is nothing new.",
    "ada",
    {"src/shop/invoice.py": MOVED_LINES},
)
MENDED = _Proposal(
    "price-list",
    "Add a price list",
    "The first version imported the old prices.",
    "bob",
    {"src/shop/price_list.py": PRICE_LIST},
)


def create_sample(github: LocalGitHub) -> Repository:
    """Make the repository and its people; nothing is told to anybody yet."""
    repository = github.create_repository(NAME, FILES)
    for login, role in (("ada", "admin"), ("bob", "write"), ("carol", "write")):
        github.grant(repository, login, role)
    return repository


async def open_sample(github: LocalGitHub, repository: Repository) -> list[Pull]:
    """Open the tracking issue and the pull requests, one for each thing worth seeing."""
    await github.trackers.open(repository, "One pricing engine", TRACKER)
    pulls = [
        await _open(github, repository, proposal) for proposal in (CLEAN, IMPORTS, SECOND_ENGINE)
    ]
    fork = github.fork(repository, FORK_OWNER)
    pulls.append(await _open(github, repository, FROM_FORK, fork=fork))
    pulls += [await _open(github, repository, each) for each in (OLD_FINDING_MOVES, MENDED)]
    return pulls


async def mend_sample(github: LocalGitHub, repository: Repository) -> None:
    """Push the fix to the last pull request, so that its comment marks itself as done."""
    files = {"src/shop/price_list.py": MENDED_PRICE_LIST}
    await github.people.push(repository, MENDED.branch, files)


async def _open(
    github: LocalGitHub,
    repository: Repository,
    proposal: _Proposal,
    *,
    fork: Repository | None = None,
) -> Pull:
    github.people.commit(fork or repository, proposal.branch, proposal.files)
    opening = Opening(proposal.branch, proposal.title, proposal.body, by=proposal.by, fork=fork)
    return await github.people.open_pull(repository, opening)
