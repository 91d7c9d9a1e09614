"""Import statements are mended span by span, or left alone."""

from __future__ import annotations

import pytest

from tests.checks.fixes.shop import findings, mended


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(
            "from shop.legacy.engine import OldEngine as Old\n",
            "from shop.engine import Engine as Old\n",
            id="an alias stays",
        ),
        pytest.param(
            "from shop.legacy.engine import OldEngine as Engine\n",
            "from shop.engine import Engine\n",
            id="an alias that says the new name goes",
        ),
        pytest.param(
            "from shop.legacy.engine import plan as plan\n",
            "from shop.engine import plan as plan\n",
            id="an alias that says the same again stays: it exports the name",
        ),
        pytest.param(
            "import json; from shop.legacy.engine import plan; import os  # all of it\n",
            "import json; from shop.engine import plan; import os  # all of it\n",
            id="neighbours behind semicolons stay",
        ),
        pytest.param(
            "from shop.legacy.engine import plan, \\\n    OldEngine\n",
            "from shop.engine import plan, \\\n    Engine as OldEngine\n",
            id="a continued line stays one",
        ),
        pytest.param(
            "from shop.legacy.engine import plan, extra  # noqa: F401\n",
            "from shop.engine import plan  # noqa: F401\n"
            "from shop.legacy.engine import extra  # noqa: F401\n",
            id="names that stay keep their statement, both keep the comment",
        ),
        pytest.param(
            "def run():\n    try:\n        from shop.legacy.engine import (\n            extra,\n"
            "            plan\n        )\n    except ImportError:\n        plan = None\n",
            "def run():\n    try:\n        from shop.engine import (\n            plan\n        )\n"
            "        from shop.legacy.engine import (\n            extra\n        )\n"
            "    except ImportError:\n        plan = None\n",
            id="a guarded import in a function stays there, in its form",
        ),
        pytest.param(
            "if TYPE_CHECKING:\n\tfrom shop.legacy.engine import plan\n",
            "if TYPE_CHECKING:\n\tfrom shop.engine import plan\n",
            id="tabs stay tabs",
        ),
        pytest.param(
            "if True: from shop.legacy.engine import plan\n",
            "if True: from shop.engine import plan\n",
            id="a body on the line of its statement stays there",
        ),
        pytest.param(
            "import json, shop.legacy.engine as old\n\nold.plan()\n",
            "import json, shop.engine as old\n\nold.plan()\n",
            id="a module under an alias",
        ),
        pytest.param(
            "from shop.legacy import engine as old\n\nold.plan()\n",
            "from shop import engine as old\n\nold.plan()\n",
            id="a module from its package",
        ),
        pytest.param(
            "from .legacy import engine\n\nengine.plan()\n",
            "from . import engine\n\nengine.plan()\n",
            id="a relative import of a module stays relative",
        ),
        pytest.param("import shop.legacy.engine\n", "import shop.engine\n", id="an unused module"),
    ],
)
def test_import_takes_the_same_from_the_canonical_module(old: str, new: str) -> None:
    assert mended(old) == new


def test_relative_import_whose_dots_lead_elsewhere_becomes_absolute() -> None:
    old = "from .engine import plan\n"

    assert mended(old, "shop/legacy/plans.py") == "from shop.engine import plan\n"


def test_name_that_is_handed_on_is_taken_from_its_home() -> None:
    compat = "from shop.legacy.engine import OldEngine\n"

    mending = mended("from shop.compat import OldEngine\n", shop__compat=compat)

    assert mending == "from shop.engine import Engine as OldEngine\n"


def test_findings_of_one_statement_share_their_suggestion() -> None:
    old = "from shop.legacy.engine import (\n    OldEngine,\n    plan,\n)\n"

    first, second = findings(old)

    assert first.suggestion is not None
    assert first.suggestion == second.suggestion
    assert (first.suggestion.start_line, first.suggestion.end_line) == (1, 4)


def test_name_that_a_followed_star_brings_counts_as_there() -> None:
    engine = "from shop.core import *\n"

    mending = mended(
        "from shop.legacy.engine import plan\n",
        shop__engine=engine,
        shop__core="def plan(): ...\n",
    )

    assert mending == "from shop.engine import plan\n"


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("from shop.legacy.engine import extra\n", id="not in the new module"),
        pytest.param("from shop.legacy.engine import *\n", id="a star"),
        pytest.param(
            "from shop.legacy.engine import OldEngine as OldEngine\n",
            id="an export under a name that changes",
        ),
        pytest.param(
            "from shop.legacy.engine import (\n    plan,  # why\n    extra,\n)\n",
            id="whose comment it is cannot be told",
        ),
        pytest.param(
            "import json; from shop.legacy.engine import plan, extra\n",
            id="two statements behind a semicolon",
        ),
        pytest.param(
            "if True: from shop.legacy.engine import plan, extra\n",
            id="two statements in a body on one line",
        ),
        pytest.param(
            "from shop.legacy import engine\n\nengine.OldEngine()\n", id="a name that changes"
        ),
        pytest.param(
            "from shop.legacy import engine\n\nengine.extra()\n", id="a name that is gone"
        ),
        pytest.param(
            "import shop.legacy.engine as old\n\nrun(old)\n", id="a module that is passed on"
        ),
        pytest.param(
            "import shop.legacy.engine\n\nshop.legacy.engine.plan()\n", id="a module that is used"
        ),
        pytest.param("import shop\n\nshop.legacy.engine.plan()\n", id="a chain of attributes"),
        pytest.param(
            'from shop.legacy import engine\n\n__all__ = ["engine"]\n', id="a module handed on"
        ),
        pytest.param("def run(:\nfrom shop.legacy.engine import plan\n", id="does not parse"),
        pytest.param(
            "async with x: pass\nfrom shop.legacy.engine import plan\n", id="does not compile"
        ),
    ],
)
def test_what_is_not_certain_is_not_offered(source: str) -> None:
    assert mended(source) is None


@pytest.mark.parametrize(
    ("engine", "why"),
    [
        ("PLAN = 1\n", "the name is nowhere"),
        ("def plan(:\n", "the canonical module does not parse"),
        ("from shop.core import *\n", "the star leads out of the tree"),
        ("from shop.orders import cart\n\n\ndef plan(): ...\n", "a cycle"),
    ],
)
def test_name_that_may_not_be_in_the_canonical_module_is_not_offered(engine: str, why: str) -> None:
    assert mended("from shop.legacy.engine import plan\n", shop__engine=engine) is None, why


def test_canonical_module_is_not_made_to_import_itself() -> None:
    source = "from shop.legacy.engine import plan\n\n\ndef plan(): ...\n"

    assert mended(source, "shop/engine.py") is None


@pytest.mark.parametrize(
    "use",
    [
        pytest.param("shop.legacy.VERSION", id="a package that the old import loads"),
        pytest.param("shop.legacy.plans.run()", id="another module of it"),
        pytest.param("run(shop)", id="the package that is passed on"),
        pytest.param("getattr(shop, name)", id="any attribute of it"),
        pytest.param('x: "shop.legacy.Plan"', id="a quoted annotation"),
        pytest.param("def f():\n    global shop\n    shop = 1", id="a package that is bound anew"),
    ],
)
def test_import_that_loads_what_the_file_uses_is_left_alone(use: str) -> None:
    assert mended(f"import shop.legacy.engine\n\n{use}\n") is None


def test_import_whose_package_is_used_elsewhere_is_mended() -> None:
    source = "import shop.{}\n\nshop.engine.plan()\nshop.till.pay(shop=1)\n"

    assert mended(source.format("legacy.engine")) == source.format("engine")


def test_module_that_a_package_hands_on_is_left_alone() -> None:
    assert mended("from ..legacy import engine\n", "shop/sub/__init__.py") is None
    assert mended("from ..legacy.engine import plan\n", "shop/sub/__init__.py") is not None


@pytest.mark.parametrize(
    ("source", "is_mended"),
    [
        pytest.param(
            "import shop.till\nfrom shop.legacy.engine import plan\n\nshop.legacy.VERSION\n",
            False,
            id="through the package",
        ),
        pytest.param(
            "from shop import legacy\nfrom shop.legacy.engine import plan\n\nlegacy.engine.run\n",
            False,
            id="through a package in it",
        ),
        pytest.param(
            "from shop import legacy\nfrom shop.legacy.engine import plan\n\nlegacy.VERSION\n",
            True,
            id="not at all: what is used has its own import",
        ),
        pytest.param(
            "import shop.till\nfrom shop.legacy.engine import plan\n\nshop.till.run(plan)\n",
            True,
            id="not at all: other names",
        ),
    ],
)
def test_module_that_the_file_reaches_in_another_way_is_still_loaded(
    source: str, is_mended: bool
) -> None:
    new = source.replace("from shop.legacy.engine", "from shop.engine")

    assert mended(source) == (new if is_mended else None)
