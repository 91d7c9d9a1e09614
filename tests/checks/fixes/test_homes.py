"""A name counts as offered by the canonical module when it is sure to be there, not else."""

from __future__ import annotations

import pytest

from tests.checks.fixes.shop import mended

OLD = "from shop.legacy.engine import plan\n"
NEW = "from shop.engine import plan\n"


@pytest.mark.parametrize(
    "engine",
    [
        pytest.param("if DEBUG:\n    def plan(): ...\n", id="under a condition"),
        pytest.param("if DEBUG:\n    pass\nelse:\n    plan = 1\n", id="in one branch only"),
        pytest.param("if a:\n    plan = 1\nelif b:\n    plan = 2\n", id="no last branch"),
        pytest.param(
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from shop.core import plan\n",
            id="for type checkers only",
        ),
        pytest.param(
            "try:\n    from json import plan\nexcept ImportError:\n    pass\n", id="tried"
        ),
        pytest.param("try:\n    a()\nexcept E as plan:\n    pass\n", id="an exception's name"),
        pytest.param("for plan in plans:\n    pass\n", id="a loop over nothing"),
        pytest.param("while go():\n    plan = 1\n", id="a loop that may not run"),
        pytest.param(
            "with a as b:\n    import json as plan\n", id="where errors may be suppressed"
        ),
        pytest.param("match x:\n    case plan:\n        pass\n", id="a match"),
        pytest.param("plan: int\n", id="an annotation"),
        pytest.param("def plan(): ...\n\n\ndel plan\n", id="deleted"),
        pytest.param("plan = a = 1\ndel a, plan\n", id="deleted with another one"),
        pytest.param("from shop.nowhere import plan\n", id="from a module that is not there"),
        pytest.param("from shop.core import plan\n", id="from one that has no such name"),
        pytest.param("from shop.few import *\n", id="by a star that does not take it"),
    ],
)
def test_name_that_may_be_missing_is_not_offered(engine: str) -> None:
    others = {"shop__core": "x = 1\n", "shop__few": '__all__ = ["x"]\nx = plan = 1\n'}

    assert mended(OLD, shop__engine=engine, **others) is None


@pytest.mark.parametrize(
    "engine",
    [
        pytest.param("if a:\n    def plan(): ...\nelse:\n    plan = 1\n", id="in both branches"),
        pytest.param("if a:\n    plan = 1\nelse:\n    raise OSError\n", id="or not at all"),
        pytest.param(
            "try:\n    from json import plan\nexcept ImportError:\n    plan = None\n",
            id="with a substitute",
        ),
        pytest.param(
            "try:\n    a()\nexcept E:\n    raise\nelse:\n    plan = 1\n", id="after a trial"
        ),
        pytest.param("try:\n    a()\nfinally:\n    plan = 1\n", id="in the end"),
        pytest.param("with a as plan:\n    pass\n", id="a context"),
        pytest.param("a, plan = 1, 2\n", id="one of two"),
        pytest.param("a = plan = 1\n", id="the second target"),
        pytest.param("a = 1; plan = 2\n", id="behind a semicolon"),
        pytest.param("@a\ndef plan(): ...\n", id="decorated"),
        pytest.param("plan: int\nplan = 1\n", id="annotated before"),
        pytest.param("plan = {}\ndel plan.a, plan[1]\n", id="less than it was"),
        pytest.param("if a:\n    plan = 1\n\n\ndef plan(): ...\n", id="bound again below"),
        pytest.param("from shop.core import plan\n", id="handed on"),
        pytest.param("from elsewhere import plan\n", id="from a library"),
        pytest.param("import json as plan\n", id="a module"),
        pytest.param("from shop import core as plan\n", id="a module of the tree"),
        pytest.param("from shop.core import *\n", id="by a star"),
    ],
)
def test_name_that_is_bound_in_any_case_is_offered(engine: str) -> None:
    assert mended(OLD, shop__engine=engine, shop__core="plan = 1\n") == NEW
