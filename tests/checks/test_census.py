"""What a whole tree holds, and that it is what a review of the whole tree would find."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks import limits
from checks.config import CONFIG_PATH
from checks.counting import Counting
from checks.model import Status
from checks.registry import rules
from checks.rule import POLICY
from tests.checks.inquiries import count, counting, counting_with_blobs, review

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checks.model import Finding
    from checks.rule import Example

OLD = "from shop.legacy.engine import OldEngine\n"


def reviewed(tree: Mapping[str, str]) -> tuple[Finding, ...]:
    """Review the whole tree, every file of it read: the empty needle is in all of them."""
    findings = review({}, tree, needles=frozenset({b""})).findings
    return tuple(replace(finding, anchored=False, suggestion=None) for finding in findings)


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
    '__import__("shop.legacy", fromlist=["engine"])\n',
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


ALL_RULES = f"{POLICY}rules: {{import-cycle: error, split-source: error}}\n"


@pytest.mark.parametrize("policy", [POLICY, ALL_RULES])
@settings(max_examples=100, deadline=None)
@given(trees=st.lists(TREES, min_size=2, max_size=4))
def test_census_after_others_is_the_census_from_scratch(
    policy: str, trees: list[Mapping[str, str]]
) -> None:
    take = counting(policy)
    *_, last = [take(tree) for tree in trees]

    assert last == count(trees[-1], policy=policy)


def test_cycle_that_another_file_closes_is_found_in_the_file_that_stayed() -> None:
    tree = {"shop/orders.py": "import shop.plans\n", "shop/plans.py": "x = 1\n"}
    take = counting(ALL_RULES)
    take(tree)
    census = take({**tree, "shop/plans.py": "import shop.orders\n"})

    assert [f.path for f in census.findings] == ["shop/orders.py", "shop/plans.py"]


PATTERNS = """
version: 1
concepts:
  plan:
    canonical: ["shop.plan:Plan"]
    definitions: {classes: ["A*Plan*Z", "A*PlanX*B", "A*YPlan*B"]}
"""


def test_pattern_is_found_beside_another_with_the_same_ends() -> None:
    [finding] = count({"a.py": "class ASomeYPlanB: ...\n"}, policy=PATTERNS).findings
    assert finding.symbol == "ASomeYPlanB"


def test_next_tree_asks_for_what_is_new_in_it_and_no_more() -> None:
    tree = {f"a{number}.py": f"{OLD}x = {number}\n" for number in range(50)}
    taker, blobs = counting_with_blobs(make=Counting.of_many)
    taker(tree)
    blobs.asked.clear()
    taker({**tree, "a7.py": "y = 1\n"})

    assert {count for _, count in blobs.asked} == {1}


def test_waived_finding_is_counted_too() -> None:
    waiver = 'waivers: [{rule: forbidden-import, path: "a.py", until: 2025-12-31, reason: later}]\n'
    census = count({"a.py": OLD, "b.py": OLD}, policy=f"{POLICY}{waiver}", today=date(2025, 11, 1))

    assert [(f.path, f.status) for f in census.findings] == [
        ("a.py", Status.WAIVED),
        ("b.py", Status.NEW),
    ]
    assert (census.counts["forbidden-import"], census.files["forbidden-import"]) == (2, 2)


def test_definitions_are_counted_with_their_homes() -> None:
    engine = "class Engine: ...\n\ndef run_engine_now(): ...\n"
    census = count({"shop/engine.py": engine, "a.py": "class MyEngine: ...\n", "t.py": engine})

    assert census.definitions("engine", excluded=lambda path: path == "t.py") == 3
    assert census.definitions("engine", excluded=lambda _: False) == 5
    assert census.definitions("other", excluded=lambda _: False) == 0


def test_definitions_are_counted_where_no_rule_flags_them() -> None:
    policy = f"{POLICY}rules: {{duplicate-definition: off}}\n"
    census = count({"a.py": "class MyEngine: ...\n"}, policy=policy)

    assert census.findings == ()
    assert census.definitions("engine", excluded=lambda _: False) == 1


def test_file_that_cannot_be_read_is_told() -> None:
    census = count({"a.py": b"# -*- coding: hex -*-\n" + OLD.encode()})

    assert [skipped.path for skipped in census.skipped] == ["a.py"]


def test_ignored_file_holds_nothing_and_hands_on_all_the_same() -> None:
    policy = f'{POLICY}ignore: ["shop/compat.py"]\n'
    tree = {"shop/compat.py": OLD, "a.py": "from shop.compat import OldEngine\n"}

    assert [f.path for f in count(tree, policy=policy).findings] == ["a.py"]


def test_waivers_of_the_config_that_waive_nothing_are_found_at_their_lines() -> None:
    waivers = (
        "waivers:\n"
        "  - {rule: forbidden-import, path: a.py, until: 2026-12-31, reason: used}\n"
        "  - {rule: forbidden-import, path: b.py, until: 2026-12-31, reason: unused}\n"
        "  - {rule: forbidden-import, path: a.py, until: 2026-01-31, reason: expired}\n"
    )
    policy = f"{POLICY}{waivers}"
    census = count({CONFIG_PATH: policy, "a.py": OLD, "b.py": "x = 1\n"}, policy=policy)

    first = POLICY.count("\n") + 2
    stale = [finding for finding in census.findings if finding.rule == "stale-waiver"]
    assert [(f.path, f.span.line) for f in stale] == [
        (CONFIG_PATH, first + 1),
        (CONFIG_PATH, first + 2),
    ]
    assert [f.status for f in census.findings if f.path == "a.py"] == [Status.WAIVED]


def test_star_of_a_star_of_a_deprecated_module_that_does_not_parse_is_found() -> None:
    tree = {
        "shop/compat.py": "from shop.more import *\n",
        "shop/legacy/engine.py": "x = (\n",
        "shop/more.py": "from shop.legacy.engine import *\n",
    }

    assert count(tree).findings == reviewed(tree)
    assert "shop/compat.py" in {finding.path for finding in count(tree).findings}


def test_tree_of_more_findings_than_the_limit_is_not_counted_to_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "FLAGS", 3)
    census = count({"a.py": OLD * 4, "b.py": OLD})

    assert census.files["forbidden-import"] == 1
    assert [skipped.path for skipped in census.skipped] == ["b.py"]
