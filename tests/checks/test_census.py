"""What a whole tree holds, and that it is what a review of the whole tree would find."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.registry import rules
from tests.checks.inquiries import count, counting, review

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checks.model import Finding
    from checks.rule import Example

OLD = "from shop.legacy.engine import OldEngine\n"


def reviewed(tree: Mapping[str, str]) -> tuple[Finding, ...]:
    """Review the whole tree, every file of it read: the empty needle is in all of them."""
    findings = review({}, tree, needles=frozenset({b""})).findings
    return tuple(replace(finding, anchored=False) for finding in findings)


EXAMPLES = [
    pytest.param(example, id=f"{rule.name}-{index}")
    for rule in rules()
    if rule.name not in ("config-error", "stale-waiver")
    for index, example in enumerate((*rule.valid, *rule.invalid))
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_census_finds_what_a_review_of_the_whole_tree_finds(example: Example) -> None:
    tree = {example.path: example.source, **example.others}

    assert count(tree).findings == reviewed(tree)


SNIPPETS = (
    OLD,
    "from shop.legacy.engine import *\n",
    "from shop.legacy import engine\n",
    "from shop.engine import Engine\n",
    "from shop.compat import OldEngine\n",
    "from shop.compat import OldEngine as Engine\n",
    "from shop.compat import *\n",
    "from shop import compat\n",
    "from . import compat\n",
    "from .compat import OldEngine\n",
    "from shop import OldEngine\n",
    "from shop.more import Engine\n",
    "from shop.more import *\n",
    "import shop\n",
    "compat.OldEngine()\n",
    "shop.compat.OldEngine()\n",
    "shop.more.compat.OldEngine()\n",
    "Engine = engine.OldEngine\n",
    "__all__ = ['OldEngine']\n",
    "class OldEngine: ...\n",
    "class Engine:\n    pass\n",
    "def run_engine_now(x):\n    return Cart(metadata=x)\n",
    "from shop.engine import Cart as C\nC(metadata = 1)\n",
    "x = (\n",
    "y = 1\n",
)
PATHS = (
    "shop/__init__.py",
    "shop/compat.py",
    "shop/more.py",
    "shop/engine.py",
    "shop/legacy/engine.py",
    "shop/legacy/__init__.py",
    "a.py",
    "tests/test_a.py",
    "a.py.bak",
)
TREES = st.dictionaries(
    st.sampled_from(PATHS), st.lists(st.sampled_from(SNIPPETS), max_size=4).map("".join), max_size=6
)


@settings(max_examples=300, deadline=None)
@given(tree=TREES)
def test_census_of_any_tree_is_the_review_of_it(tree: Mapping[str, str]) -> None:
    assert count(tree).findings == reviewed(tree)


@settings(max_examples=100, deadline=None)
@given(trees=st.lists(TREES, min_size=2, max_size=4))
def test_census_after_others_is_the_census_from_scratch(trees: list[Mapping[str, str]]) -> None:
    take = counting()
    *_, last = [take(tree) for tree in trees]

    assert last == count(trees[-1])
