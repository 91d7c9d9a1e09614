"""Criteria that are proposed for items: certain from words and config, or none."""

from __future__ import annotations

import time

import pytest

from bot.domain.checklist import items
from bot.domain.inference import propose
from checks.config import parse
from tests.bot.domain.checklist.examples import MARKER, TRACKER

ENGINE = """\
  order-engine:
    canonical: ["shop.engine:OrderEngine"]
    definitions: {classes: ["*OrderEngine"]}
    deprecated:
      shop.legacy.engine: {use: shop.engine, names: {OldEngine: OrderEngine}}
    arguments: [{call: Order, argument: colour, use: color}]
"""
PRICES = """\
  price-list:
    canonical: ["shop.prices:PriceList", "shop.prices:Price"]
    definitions: {classes: [PriceList, Price, "*PriceList"]}
    deprecated:
      shop.legacy.prices: {use: shop.prices, names: {OldPrices: PriceList}}
      shop.old_tariffs: {use: shop.prices}
    arguments:
      - {call: price, argument: net}
      - {call: price, argument: gross, use: total}
"""
ONE = f"version: 1\nconcepts:\n{ENGINE}"
TWO = f"{ONE}{PRICES}"
PATHS = (
    "docs/plan.md",
    "setup.py",
    "shop/__init__.py",
    "shop/cart/basket.py",
    "shop/cart/tables.py",
    "shop/engine.py",
    "shop/legacy/engine.py",
    "shop/legacy/prices.py",
    "shop/odd[1].py",
    "shop/prices.py",
    "shop/old_tariffs.py",
    "tests/cart/tables.py",
)


def asked(body: str, config: str = TWO) -> list[tuple[str, str]]:
    found = propose(body, tracker=TRACKER, config=parse(config), paths=PATHS)
    return [(str(one.criterion or ""), one.reason) for one in found]


def proposed(text: str, config: str = TWO) -> str:
    ((criterion, reason),) = asked(f"- [ ] {text}\n", config)
    assert bool(criterion) != bool(reason)
    return criterion


def doubt(text: str, config: str = TWO) -> str:
    ((criterion, reason),) = asked(f"- [ ] {text}\n", config)
    assert criterion == ""
    return reason


IMPORTS = "files(forbidden-import, concept=order-engine) == 0"
PRICE_IMPORTS = "files(forbidden-import, concept=price-list) == 0"


@pytest.mark.parametrize(
    "text",
    [
        "**Update Imports**: 53+ files with forbidden imports → OrderEngine",
        "Update imports: 53 files with forbidden imports -> `OrderEngine`",
        "Fix 280+ deprecated imports of the order engine",
        "Migrate all consumers to OrderEngine",
        "No forbidden imports of order engines",
        "no forbidden-import findings of order-engine left",
        "Nobody imports `shop.legacy.engine`",
        "Nothing imports `shop/legacy/engine.py` any longer",
        "Stop importing shop.legacy.engine",
        "Replace imports of `shop.legacy.engine` with `shop.engine`",
        "Phase 3: migrate imports from `legacy/engine.py` to `shop/engine.py`",
        "Update order engine imports",
        "forbidden imports of order-engine: 53 → 0",
    ],
)
def test_imports_of_a_concept_are_counted(text: str) -> None:
    assert proposed(text) == IMPORTS


@pytest.mark.parametrize(
    ("text", "criterion"),
    [
        (
            "Nobody imports `shop.legacy.prices`",
            "files(forbidden-import, concept=price-list, symbol=shop.legacy.prices*) == 0",
        ),
        ("Remove imports of `shop.legacy.prices` and `shop.old_tariffs`", PRICE_IMPORTS),
        (
            "Replace imports of OldPrices with PriceList",
            "files(forbidden-import, concept=price-list, symbol=*.OldPrices) == 0",
        ),
        (
            "Update forbidden imports of order-engine in `shop/cart/`",
            "files(forbidden-import, concept=order-engine, path=shop/cart/**) == 0",
        ),
        (
            "Fix deprecated imports of price-list in `cart/basket.py`",
            "files(forbidden-import, concept=price-list, path=shop/cart/basket.py) == 0",
        ),
    ],
)
def test_imports_of_one_module_or_place_are_counted(text: str, criterion: str) -> None:
    assert proposed(text) == criterion


@pytest.mark.parametrize(
    "text",
    [
        "`shop/legacy/engine.py` → redirect",
        "`legacy/engine.py` → redirect to `OrderEngine`",
        "Convert `shop.legacy.engine` to a clean 5-line redirect",
        "Convert /shop/legacy/engine.py to an import redirect",
        "Replace `legacy/engine.py` with a redirect",
        "`shop.legacy.engine` is only a redirect",
        "`shop.legacy.engine` only points to `shop.engine`",
        "**Most Critical**: `legacy/engine.py` → merge into OrderEngine",
        "Redirect `legacy/engine.py` to `shop.engine`",
    ],
)
def test_redirect_is_a_stage_that_may_be_passed(text: str) -> None:
    assert proposed(text) == "stage(shop.legacy.engine) >= redirect"


@pytest.mark.parametrize(
    ("text", "criterion"),
    [
        ("`shop.legacy.prices` warns", "stage(shop.legacy.prices) >= warns"),
        ("Add deprecation warning to `legacy/prices.py`", "stage(shop.legacy.prices) >= warns"),
        ("Delete `shop/legacy/prices.py`", "stage(shop.legacy.prices) == removed"),
        (
            "Remove the deprecated module `shop.legacy.prices`",
            "stage(shop.legacy.prices) == removed",
        ),
        ("Remove `shop/old_tariffs.py` module", "stage(shop.old_tariffs) == removed"),
        ("Remove module `old_tariffs`", "stage(shop.old_tariffs) == removed"),
        ("Remove `docs/plan.md`", "exists(docs/plan.md) == false"),
        ("`basket.py` deleted", "exists(shop/cart/basket.py) == false"),
        ("Delete the `shop/cart/` files", "exists(shop/cart/**) == false"),
        (
            "Convert deprecated price-list files to redirects",
            "count(impure-redirect, concept=price-list) == 0",
        ),
        (
            "All deprecated order engine modules are pure import redirects",
            "stage(shop.legacy.engine) >= redirect",
        ),
        ("**Remove Backup Files**: 4 backup files removed successfully", "count(backup-file) == 0"),
        ("Remove backup files", "count(backup-file) == 0"),
        ("No backup files in `shop/`", "count(backup-file, path=shop/**) == 0"),
        ("No syntax errors", "count(syntax-error) == 0"),
        (
            "Fix the syntax error in `legacy/prices.py`",
            "count(syntax-error, path=shop/legacy/prices.py) == 0",
        ),
        (
            "No syntax errors in deprecated files of order-engine",
            "count(syntax-error, path=shop/legacy/engine.py) == 0",
        ),
        (
            "Remove adapters: FastOrderEngine",
            "count(duplicate-definition, concept=order-engine, symbol=FastOrderEngine) == 0",
        ),
        (
            "Remove class `SmallPriceList`",
            "count(duplicate-definition, concept=price-list, symbol=SmallPriceList) == 0",
        ),
        (
            "No duplicate definitions of PriceList",
            "count(duplicate-definition, concept=price-list, symbol=PriceList) == 0",
        ),
        (
            "Remove duplicate order engines",
            "count(duplicate-definition, concept=order-engine) == 0",
        ),
        ("12 order engines → 1", "definitions(order-engine) == 1"),
        ("Only one order engine", "definitions(order-engine) == 1"),
        ("One class in `shop.engine`", "definitions(order-engine) == 1"),
        ("Remove argument `colour`", "count(deprecated-argument, concept=order-engine) == 0"),
        ("Replace `colour` with `color`", "count(deprecated-argument, concept=order-engine) == 0"),
        (
            "`Order(colour)` → `color`",
            "count(deprecated-argument, concept=order-engine) == 0",
        ),
        (
            "No calls of `price` with `gross=`",
            'count(deprecated-argument, concept=price-list, symbol="price(gross)") == 0',
        ),
    ],
)
def test_item_becomes_the_criterion_that_says_the_same(text: str, criterion: str) -> None:
    assert proposed(text) == criterion


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("All tests of OrderEngine pass (8/8)", "tests"),
        ("`tests/cart/tables.py` → PASSING (0 forbidden imports)", "tests"),
        ("Import enforcement tests start passing", "tests"),
        ("Plan to remove backup files", "'plan'"),
        ("Verify no syntax errors", "'verify'"),
        ("Discovered 12 order engines", "'discovered'"),
        ("Create PR that removes backup files", "'create'"),
        ("Keep `shop/engine.py`", "stay"),
        ("All old import patterns preserved", "stay"),
        ("Remove most forbidden imports of order-engine", "'most'"),
        ("Remove backup files but keep docs", "stay"),
        ("Do not remove `shop/legacy/engine.py`", "'not'"),
        ("Update 3 of 12 forbidden imports of order-engine", "'3 of 12'"),
        ("Forbidden imports of order-engine: 53 → 10", "several numbers"),
        ("Update 50% of the imports of OldEngine", "'50%'"),
        ("Backup files < 10 removed", "'<'"),
        ("Remove backup files (#12)", "'#12'"),
        ("Golden path functional", "more than a census"),
        ("Remove `shop/gone.py`", "'shop/gone.py', which is neither"),
        ("Remove `NoSuchThing`", "neither in the config nor in the tree"),
        ("Remove `tables.py`", "can mean 'shop/cart/tables.py', 'tests/cart/tables.py'"),
        ("Remove OrderEngine", "'OrderEngine' is the canonical one"),
        ("Remove `shop/engine.py`", "'shop.engine' is the canonical one"),
        ("Remove imports of OrderEngine", "canonical"),
        ("Remove adapters: FastOrderEngine, SlowOrderEngine", "2 things"),
        ("Delete `legacy/engine.py` and `legacy/prices.py`", "2 things"),
        ("Remove classes from `shop/legacy/engine.py`", "more than a census"),
        ("Remove class `shop/legacy/engine.py`", "not certain"),
        ("`shop/cart/basket.py` → redirect", "not deprecated"),
        ("`shop.legacy.engine` → redirect to `PriceList`", "'shop.engine' replaces"),
        ("`shop.legacy.engine` → `shop.engine`", "nothing that a census counts"),
        ("Replace redirect `shop.legacy.engine` with code", "more than"),
        ("Replace the redirect of `shop.legacy.engine`", "redirect replaces it"),
        ("Merge `legacy/engine.py`", "does not say which"),
        ("Remove redirect `shop.legacy.engine`", "'remove'"),
        ("No syntax errors in deprecated files of price-list", "2 things"),
        ("Fix the syntax error", "does not say which"),
        ("Remove order engine backup files", "order-engine"),
        ("Remove duplicates of price-list in `shop/prices.py`", "shop.prices"),
        ("12 price lists → 1", "names 2 canonical definition(s)"),
        ("One of 12 order engines", "does not say which definitions"),
        ("One order engine and one price list", "several concepts"),
        ("Update imports", "name the concept"),
        ("Fix imports of order engines", "which imports"),
        ("Update imports in `shop/legacy/engine.py`", "which imports"),
        ("Forbidden imports of order-engine", "what should happen"),
        ("Remove imports of `shop.legacy.engine` and OldPrices", "several concepts"),
        ("Replace `colour` with `total`", "a replacement other"),
        ("Update argument `colour`", "does not say which"),
        ("Remove `shop/odd[1].py`", "neither"),
        ("Delete `setup.py`", "as a pattern"),
        ("Drop `basket`", "neither"),
        ("Remove `prices`", "may be an ordinary word"),
        ("Remove backup files?", "it is a question"),
        ("53 of forbidden imports of order-engine removed", "'53 of'"),
        ("Syntax errors fixed (3/8)", "'3/8'"),
        ("No backup files removed", "the opposite"),
        ("0 backup files removed", "several numbers"),
        ("Remove backup files from `shop/engine.py`", "shop.engine"),
        ("Remove backup files of `basket.py`", "does not say which"),
        ("Replace `color` with `colour`", "what it says of 'color'"),
        (
            "Replace imports of `shop.engine` with `shop.legacy.engine`",
            "what it says of 'shop.legacy.engine'",
        ),
        ("Redirects of `shop.legacy.engine` removed", "'removed'"),
        ("No redirects in `shop/legacy/`", "'no'"),
        ("Stop warning in `shop.legacy.engine`", "'stop'"),
        ("Remove all files in `shop/cart/`", "'in'"),
        ("Remove duplicate files", "'files'"),
        ("One order engine removed", "'removed'"),
        ("If possible remove backup files", "'if'"),
        ("~~Remove backup files~~", "struck through"),
        ("Remove backup files <br>", "HTML"),
        ("OldEngine\u201a\u00dc\u00edOrderEngine delegation", "more than"),
        ("✅", "nothing"),
    ],
)
def test_item_that_is_not_certain_is_left_alone_with_the_reason(text: str, reason: str) -> None:
    assert reason in doubt(text)


def test_heading_tells_the_concept() -> None:
    body = "# Order engine\n\n- [ ] Update imports\n\n## Price list\n\n- [ ] Update imports\n"
    assert [criterion for criterion, _ in asked(body)] == [IMPORTS, PRICE_IMPORTS]


def test_nearest_heading_that_names_a_concept_counts() -> None:
    body = (
        "# Order engine\n\n## Phase 3\n\n- [ ] Update imports\n\n# Other\n\n- [ ] Update imports\n"
    )
    assert [criterion for criterion, _ in asked(body)] == [IMPORTS, ""]


def test_heading_with_two_concepts_tells_none() -> None:
    ((_, reason),) = asked("# Order engine and price list\n- [ ] Update imports\n")
    assert reason == "it may be about several concepts: 'order-engine', 'price-list'"


def test_issue_of_one_concept_tells_it() -> None:
    config = TWO.replace("  price-list:\n", "  price-list:\n    issues: [5]\n")
    assert proposed("Update imports", config) == PRICE_IMPORTS


def test_only_concept_is_meant_where_none_is_named() -> None:
    assert proposed("Update imports", ONE) == IMPORTS


def test_items_that_something_decides_are_not_read() -> None:
    body = f"- [ ] Remove backup files {MARKER}\n- [ ] #3\n- [ ] Phase\n  - [ ] No syntax errors\n"
    assert [criterion for criterion, _ in asked(body)] == ["count(syntax-error) == 0"]


def test_ticked_item_is_read_too() -> None:
    ((criterion, _),) = asked("- [x] Remove backup files\n")
    assert criterion == "count(backup-file) == 0"


@pytest.mark.parametrize(
    "text",
    ["Remove " + "`a` " * 9000, "imports " * 8000, "[" * 30_000, "`" * 30_000, "a/" * 30_000],
)
def test_long_item_is_read_in_a_moment(text: str) -> None:
    started = time.process_time()
    doubt(text)
    assert time.process_time() - started < 5


def test_many_items_are_read_in_their_order() -> None:
    body = "- [ ] Remove backup files\n- [ ] Plan\n" * 500
    found = propose(body, tracker=TRACKER, config=parse(TWO), paths=PATHS)
    assert [one.item for one in found] == list(items(body))


def test_name_that_thousands_of_files_bear_is_told_in_a_moment() -> None:
    paths = [*PATHS, *(f"pkg{number}/__init__.py" for number in range(4_999))]
    body = "".join(f"- [ ] Remove `{number}/__init__.py`\n" for number in range(1_500))
    started = time.process_time()
    found = propose(body, tracker=TRACKER, config=parse(TWO), paths=paths)
    assert "neither" in found[-1].reason
    same = propose(
        "- [ ] Remove `__init__.py`\n" * 1_500, tracker=TRACKER, config=parse(TWO), paths=paths
    )
    assert "and 4997 more" in same[-1].reason
    assert time.process_time() - started < 10
