"""A census with a change on top is the census of the tree that the change makes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from checks.census import Holding
from checks.config import parse
from checks.engine import analyse, drive
from checks.limits import SEARCHED_MODULES
from checks.model import Cause, Skipped, Snapshot
from checks.projection import project
from checks.rule import POLICY, TODAY
from checks.stages import Stage
from tests.checks.inquiries import count, counting_with_blobs, review

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checks.census import Census
    from checks.model import Finding

OLD = "from shop.legacy.engine import OldEngine\n"
WARNED = "import warnings\nwarnings.warn('old', DeprecationWarning)\nclass OldEngine: ...\n"
REDIRECT = "from shop.engine import Engine as OldEngine\n"
LEGACY = "shop/legacy/engine.py"
ALLOWED = "# ssot: allow[forbidden-import] until=2026-09-01 reason='later'\n"


def projected(
    base: Mapping[str, str],
    head: Mapping[str, str],
    *,
    policy: str = POLICY,
    renames: Mapping[str, str] | None = None,
) -> Census:
    effect = review(base, head, policy=policy, renames=renames).effect
    assert effect is not None
    before = count(base, policy=policy)
    return project(before, effect, parse(policy), rev="h" * 40, today=TODAY)


def counted(census: Census) -> object:
    """Show what criteria ask a census for."""
    holdings = {
        path: replace(held, findings=(), defined=dict(held.defined))
        for path, held in census.holdings.items()
    }
    found = sorted(map(_shown, census.findings))
    stages, rest = dict(census.stages), (census.rev, census.rules, census.unjudged)
    return {p: h for p, h in holdings.items() if h != Holding()}, found, stages, rest


def _shown(finding: Finding) -> tuple[object, ...]:
    return (
        finding.path,
        finding.rule,
        finding.kind,
        finding.symbol,
        finding.concept,
        finding.in_tests,
    )


def assert_told(
    base: Mapping[str, str],
    head: Mapping[str, str],
    *,
    policy: str = POLICY,
    renames: Mapping[str, str] | None = None,
) -> None:
    found, wanted = (
        projected(base, head, policy=policy, renames=renames),
        count(head, policy=policy),
    )
    assert counted(found) == counted(wanted)
    assert set(found.paths) == set(wanted.paths)


TREE = {
    "shop/engine.py": "class Engine: ...\n",
    LEGACY: "class OldEngine: ...\n",
    "shop/a.py": OLD + OLD,
    "shop/b.py": "x = 1\n",
    "shop/old.py.bak": "",
}
UNDECODABLE = "# coding: nothing\n"

CHANGES = {
    "an import goes": {"shop/a.py": "x = 1\n"},
    "one of two imports goes": {"shop/a.py": OLD},
    "an import comes": {"shop/b.py": OLD},
    "a file with an import comes": {"tests/test_c.py": OLD},
    "a file with an import goes": {"shop/a.py": None},
    "a definition comes": {"shop/b.py": "class NewEngine: ...\ndef run_engine_now(): ...\n"},
    "a definition goes": {"shop/engine.py": ""},
    "a definition is wrapped": {LEGACY: "def f():\n    class OldEngine: ...\n"},
    "a method comes to an old class": {LEGACY: "class OldEngine:\n    def go(self): ...\n"},
    "an import moves to another file": {"shop/a.py": OLD, "shop/b.py": OLD},
    "the old module warns": {LEGACY: WARNED},
    "the old module redirects": {LEGACY: REDIRECT},
    "the old module goes": {LEGACY: None},
    "the old module becomes a package": {LEGACY: None, "shop/legacy/engine/__init__.py": WARNED},
    "the old module breaks": {LEGACY: "class OldEngine(\n"},
    "a file breaks": {"shop/a.py": OLD + "x = (\n"},
    "a file cannot be decoded": {"shop/a.py": UNDECODABLE + OLD},
    "a home cannot be decoded": {"shop/engine.py": UNDECODABLE + "class Engine: ...\n"},
    "the old module cannot be decoded": {LEGACY: UNDECODABLE},
    "a backup changes": {"shop/old.py.bak": "x"},
    "a backup comes": {"shop/a.py.bak": ""},
    "a waiver comes": {"shop/a.py": ALLOWED + OLD + OLD},
    "a file that is no Python comes": {"README.md": "x"},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_change_is_told_as_the_next_census_counts_it(change: Mapping[str, str | None]) -> None:
    head = {path: text for path, text in {**TREE, **change}.items() if text is not None}
    assert_told(TREE, head)
    assert_told(head, TREE)


def test_renamed_file_takes_along_what_it_holds() -> None:
    head = {**TREE, "tests/test_a.py": TREE["shop/a.py"] + "x = 1\n"}
    del head["shop/a.py"]
    assert_told(TREE, head, renames={"shop/a.py": "tests/test_a.py"})


def test_file_that_is_renamed_into_an_ignored_folder_counts_no_more() -> None:
    policy = f"{POLICY}ignore: ['vendor/**']\n"
    renames = {"shop/a.py": "vendor/a.py", "shop/old.py.bak": "vendor/old.py.bak"}
    head = {renames.get(path, path): text for path, text in TREE.items()}
    assert_told(TREE, head, policy=policy, renames=renames)
    assert_told(head, TREE, policy=policy, renames={new: old for old, new in renames.items()})


def test_findings_through_a_module_that_stays_are_kept() -> None:
    tree = {**TREE, "shop/compat.py": REDIRECT + OLD, "shop/c.py": "from shop import compat\n"}
    tree["shop/c.py"] += "from shop.compat import OldEngine\n"
    assert_told(tree, {**tree, "shop/c.py": tree["shop/c.py"] + "x = 1\n"})


def test_what_the_branch_gained_meanwhile_is_counted_too() -> None:
    effect = review(TREE, {**TREE, "shop/a.py": "x = 1\n"}).effect
    assert effect is not None
    later = count({**TREE, "shop/a.py": OLD * 3, "shop/d.py": OLD})
    found = project(later, effect, parse(POLICY), rev="h" * 40, today=TODAY)
    assert found.counts["forbidden-import"] == 2
    assert found.files["forbidden-import"] == 2


def test_waiver_of_the_config_that_nothing_needs_any_more_is_told() -> None:
    waiver = "{rule: forbidden-import, path: shop/a.py, until: 2026-09-01, reason: later}"
    policy = f"{POLICY}waivers: [{waiver}]\n"
    tree = {**TREE, ".github/ssot.yml": policy}
    assert_told(tree, {**tree, "shop/a.py": ""}, policy=policy)


def test_link_in_the_place_of_a_file_holds_nothing_and_has_no_stage() -> None:
    head = {**TREE, LEGACY: "new.py", "shop/a.py": "b.py"}
    links = frozenset({LEGACY, "shop/a.py"})
    effect = review(TREE, head, links=links).effect
    take, _ = counting_with_blobs(modes=dict.fromkeys(links, "120000"))
    assert effect
    found = project(count(TREE), effect, parse(POLICY), rev="h" * 40, today=TODAY)
    assert counted(found) == counted(take(head))
    assert found.unjudged == {"shop.legacy.engine"}


def test_change_that_was_not_listed_has_no_effect_that_is_known() -> None:
    refused = Skipped(".", "too many paths", Cause.CHANGE)
    snapshot = Snapshot("b" * 40, "h" * 40, (), {}, (refused,))
    analysis = drive(
        analyse(snapshot, parse(POLICY), today=TODAY), lambda requests: [{} for _ in requests]
    )
    assert analysis.effect is None


@pytest.mark.parametrize("rule", ["import-cycle", "split-source"])
def test_rule_that_looks_around_is_not_told_where_its_findings_move(rule: str) -> None:
    policy = f"{POLICY}rules: {{{rule}: error}}\n"
    tree = {
        **TREE,
        "shop/orders.py": "import shop.plans\nclass Engine: ...\n",
        "shop/plans.py": "import shop.orders\n",
    }
    found = projected(tree, {**tree, "shop/orders.py": "x = 1\n"}, policy=policy)
    assert found.unfinished == {rule}
    assert projected(tree, {**tree, "shop/b.py": OLD}, policy=policy).unfinished == frozenset()


def test_nothing_is_finished_where_a_module_was_too_far_away() -> None:
    tree = {**TREE, "shop/compat.py": OLD}
    head = {**tree, "shop/b.py": "from shop.compat import OldEngine\n"}
    effect = review(tree, head, distant=frozenset({"shop/compat.py"})).effect
    near = review(tree, head).effect
    assert effect
    assert near
    assert "forbidden-import" in effect.unfinished
    assert near.unfinished == frozenset()


def test_search_that_ended_early_is_not_finished() -> None:
    chain = {f"m{n}.py": f"import m{n + 1}\n" for n in range(SEARCHED_MODULES + 1)}
    policy = f"{POLICY}rules: {{import-cycle: error}}\n"
    effect = review(chain, {**chain, "a.py": "import m0\n"}, policy=policy).effect
    assert effect
    assert effect.unfinished == {"import-cycle", "split-source"}


def test_stage_of_a_module_that_is_not_touched_stays() -> None:
    tree = {**TREE, LEGACY: WARNED}
    assert projected(tree, {**tree, "shop/b.py": OLD}).stages == {"shop.legacy.engine": Stage.WARNS}


def test_effect_on_the_config_is_known_as_such() -> None:
    tree = {**TREE, ".github/ssot.yml": POLICY}
    edited = review(tree, {**tree, ".github/ssot.yml": POLICY + "python: '3.12'\n"}).effect
    other = review(tree, {**tree, "shop/b.py": OLD}).effect
    assert edited and other
    assert (edited.is_of_config, other.is_of_config) == (True, False)


TEXTS = st.lists(
    st.sampled_from(
        [
            OLD,
            REDIRECT,
            ALLOWED,
            "import shop.legacy.engine as e\n",
            "class NewEngine: ...\n",
            "class Engine:\n    def run_engine_now(self): ...\n",
            "import warnings\nwarnings.warn('old', DeprecationWarning)\n",
            "x = (\n",
            "y = 1\n",
        ]
    ),
    max_size=3,
).map("".join)
PATHS = (LEGACY, "shop/engine.py", "a.py", "b.py", "tests/test_a.py", "c.py.bak")
TREES = st.dictionaries(st.sampled_from(PATHS), TEXTS, max_size=5)


@settings(max_examples=200, deadline=None)
@given(base=TREES, head=TREES, renamed=st.booleans())
def test_any_change_is_told_as_the_next_census_counts_it(
    base: Mapping[str, str],
    head: Mapping[str, str],
    renamed: bool,
) -> None:
    gone, come = sorted(base.keys() - head.keys()), sorted(head.keys() - base.keys())
    assume(not renamed or (gone and come))
    renames = {gone[0]: come[0]} if renamed else {}
    # What is handed on is followed through files that stay: here the old module hands on itself.
    assert_told(base, head, renames=renames)
