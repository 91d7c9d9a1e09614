"""What a criterion comes to, and when nothing can be said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.census import Census, Holding
from checks.config import CONFIG_PATH
from checks.config import parse as parse_config
from checks.criteria import (
    Broken,
    Decided,
    Decision,
    Value,
    evaluate,
    matched,
    parse,
)
from checks.model import Crash
from checks.rule import POLICY
from checks.stages import Stage
from tests.checks.inquiries import count, counting_with_blobs

if TYPE_CHECKING:
    from tests.checks.inquiries import Tree

OLD = "from shop.legacy.engine import OldEngine\n"
ENGINE = "class Engine: ...\n"
UNREADABLE = b"# -*- coding: hex -*-\n" + OLD.encode()
TREE: Tree = {
    "shop/engine.py": ENGINE,
    "shop/legacy/engine.py": "from shop.engine import Engine as OldEngine\n",
    "shop/orders.py": f"{OLD}{OLD}",
    "shop/carts.py": "from shop.legacy.engine import plan\n",
    "shop/second.py": "class SecondEngine: ...\n",
    "tests/test_orders.py": f"{OLD}class TestingEngine: ...\n",
    "docs/plan, old.md": "Plan.\n",
}
TESTED = f'{POLICY}tests: ["tests/**"]\n'


def decide(
    text: str,
    tree: Tree = TREE,
    *,
    policy: str = TESTED,
    seen: frozenset[str] = frozenset(),
    today: date = date(2026, 8, 1),
) -> Decision:
    census = count(tree, policy=policy, today=today)
    return evaluate(parse(text), census, parse_config(policy), seen=seen)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("count(forbidden-import) == 4", Decided(holds=True, value=4)),
        ("count(forbidden-import) == 0", Decided(holds=False, value=4)),
        ("files(forbidden-import) == 3", Decided(holds=True, value=3)),
        ("count(forbidden-import, tests=no) < 4", Decided(holds=True, value=3)),
        ("files(forbidden-import, concept=engine) != 3", Decided(holds=False, value=3)),
        ("count(forbidden-import, path=shop/orders.py) > 1", Decided(holds=True, value=2)),
        ("files(forbidden-import, path=shop/**) <= 1", Decided(holds=False, value=2)),
        ('count(forbidden-import, symbol="*.plan") >= 1', Decided(holds=True, value=1)),
        (
            "count(forbidden-import, path=shop/*, symbol=*.OldEngine, tests=no) == 2",
            Decided(holds=True, value=2),
        ),
        ("count(duplicate-definition, symbol=SecondEngine) == 1", Decided(holds=True, value=1)),
        ("count(impure-redirect, concept=engine) == 0", Decided(holds=True, value=0)),
        ("count(backup-file) == 0", Decided(holds=True, value=0)),
        ("definitions(engine) == 2", Decided(holds=True, value=2)),
        ("stage(shop.legacy.engine) == redirect", Decided(holds=True, value=Stage.REDIRECT)),
        ("stage(shop.legacy.engine) >= warns", Decided(holds=True, value=Stage.REDIRECT)),
        ("stage(shop.legacy.engine) == removed", Decided(holds=False, value=Stage.REDIRECT)),
        ('exists("docs/plan, old.md") == true', Decided(holds=True, value=True)),
        ("exists(docs/**) == false", Decided(holds=False, value=True)),
    ],
)
def test_criterion_is_decided_by_the_tree(text: str, expected: Decided) -> None:
    assert decide(text) == expected


STAGES = [*Stage]


@pytest.mark.parametrize("index", range(4))
@pytest.mark.parametrize("other", range(4))
def test_stages_are_compared_in_the_order_of_the_walk(index: int, other: int) -> None:
    sources = {
        Stage.IMPLEMENTATION: ENGINE,
        Stage.WARNS: f"import warnings\nwarnings.warn('x', DeprecationWarning)\n{ENGINE}",
        Stage.REDIRECT: "from shop.engine import Engine\n",
    }
    here, there = STAGES[index], STAGES[other]
    tree = {"shop/legacy/engine.py": sources[here]} if here in sources else {}
    query = "stage(shop.legacy.engine)"

    assert decide(f"{query} < {there}", tree) == Decided(index < other, here)
    assert decide(f"{query} >= {there}", tree) == Decided(index >= other, here)
    assert decide(f"{query} == {there}", tree) == Decided(index == other, here)


def test_waived_finding_counts_and_its_last_day_changes_nothing() -> None:
    waiver = "waivers: [{rule: forbidden-import, path: a.py, until: 2026-08-31, reason: later}]\n"
    for day in (date(2026, 8, 1), date(2026, 9, 1)):
        verdict = decide(
            "count(forbidden-import) == 0", {"a.py": OLD}, policy=f"{POLICY}{waiver}", today=day
        )
        assert verdict == Decided(holds=False, value=1)


def test_definitions_in_an_allowed_place_count_and_those_beyond_the_concept_do_not() -> None:
    policy = POLICY.replace(
        "    deprecated:", '    paths: ["shop/**"]\n    allow-in: ["shop/more/**"]\n    deprecated:'
    )
    tree = {"shop/more/a.py": ENGINE, "other/a.py": ENGINE}

    assert decide("definitions(engine) == 1", tree, policy=policy) == Decided(holds=True, value=1)


def test_findings_of_another_concept_are_no_matter() -> None:
    motor = 'motor: {canonical: ["shop.motor:Motor"], definitions: {classes: ["*Motor"]}}'
    policy = TESTED.replace("concepts:\n", f"concepts:\n  {motor}\n")
    tree = {"a.py": "class OldMotor: ...\nclass OldEngine: ...\nclass MyEngine: ...\n"}
    query = "count(duplicate-definition, concept="

    assert decide(f"{query}motor) == 1", tree, policy=policy) == Decided(holds=True, value=1)
    assert decide(f"{query}engine) == 2", tree, policy=policy) == Decided(holds=True, value=2)
    assert decide("definitions(motor) == 1", tree, policy=policy) == Decided(holds=True, value=1)


def reason(text: str, tree: Tree = TREE, *, policy: str = TESTED) -> str:
    verdict = decide(text, tree, policy=policy)
    assert isinstance(verdict, Broken), verdict
    return verdict.reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("count(forbiden-import) == 0", "did you mean 'forbidden-import'?"),
        ("count(config-error) == 0", "a census does not count it"),
        ("count(import-cycle) == 0", "the rule 'import-cycle' is off in the config"),
        ("count(forbidden-import, concept=engin) == 0", "did you mean 'engine'?"),
        ("definitions(motor) == 1", "'motor' is unknown: write engine"),
        ("stage(shop.legacy.engines) == removed", "did you mean 'shop.legacy.engine'?"),
        ("stage(shop.engine) == removed", "did you mean 'shop.legacy.engine'?"),
        ("count(backup-file, concept=engine) == 0", "in 'engine' the config names nothing"),
        ("count(syntax-error, concept=engine) == 0", "in 'engine' the config names nothing"),
        ("count(forbidden-import, path=shpo/**) == 0", "'shpo/**' matches no file, and never did"),
        ("count(forbidden-import, path=shop) == 0", "'shop' is a folder: write 'shop/**'"),
        ("count(forbidden-import, path=docs/**) == 0", "matches no file that is counted here"),
        ("count(forbidden-import, path=tests/**, tests=no) == 0", "no file that is counted here"),
        ("count(forbidden-import, symbol=shpo.*) == 0", "'shpo.*' matches no symbol"),
        ("exists(shpo/**) == false", "'shpo/**' matches no file, and never did"),
        ("exists(docs) != true", "'docs' is a folder: write 'docs/**'"),
    ],
)
def test_slip_breaks_the_criterion_with_a_reason(text: str, expected: str) -> None:
    assert expected in reason(text)


@pytest.mark.parametrize(
    ("rule", "cut"),
    [
        ("forbidden-import", "deprecated"),
        ("impure-redirect", "deprecated"),
        ("deprecated-argument", "arguments"),
        ("duplicate-definition", "definitions"),
    ],
)
def test_rule_that_the_concept_gives_nothing_is_no_zero(rule: str, cut: str) -> None:
    concept = {
        "deprecated": "{shop.old: {use: shop.engine}}",
        "arguments": "[{call: Cart, argument: metadata}]",
        "definitions": '{classes: ["*Engine"]}',
    }
    lines = [f"    {key}: {value}\n" for key, value in concept.items()]
    whole = (
        f'version: 1\nconcepts:\n  engine:\n    canonical: ["shop.engine:Engine"]\n{"".join(lines)}'
    )
    policy = whole.replace(f"    {cut}: {concept[cut]}\n", "")
    text = f"count({rule}, concept=engine) == 0"
    tree = {"a.py": "x = 1\n"}

    assert decide(text, tree, policy=whole) == Decided(holds=True, value=0)
    assert "in 'engine' the config names nothing" in reason(text, tree, policy=policy)


def test_concept_without_definitions_has_no_number_of_them() -> None:
    policy = 'version: 1\nconcepts: {engine: {canonical: ["shop.engine:Engine"]}}\n'

    assert "names no definitions of 'engine'" in reason("definitions(engine) <= 1", policy=policy)


def test_unknown_module_names_some_of_many() -> None:
    modules = "".join(f"      old.m{n}x: {{use: shop.engine}}\n" for n in range(30))
    policy = POLICY.replace("    deprecated:\n", f"    deprecated:\n{modules}")
    said = reason("stage(zzz) == removed", policy=policy)

    assert "write one of old.m0x, " in said
    assert said.endswith("old.m19x, …")


def test_config_without_concepts_knows_none() -> None:
    policy = "version: 1\n"

    assert reason("definitions(engine) == 1", policy=policy) == "the config names no concept"
    assert "no deprecated module" in reason("stage(a) == removed", policy=policy)
    assert "names no concept" in reason("count(forbidden-import, concept=a) == 0", policy=policy)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("count(forbidden-import, path=shop/*) == 0", Decided(holds=True, value=0)),
        ("count(forbidden-import, path=shop/*) > 0", Decided(holds=False, value=0)),
        ("count(forbidden-import, symbol=*.OldEngine) == 0", Decided(holds=True, value=0)),
        ("files(forbidden-import, path=shop/*, symbol=*.plan) == 0", Decided(holds=True, value=0)),
        ("exists(docs/**) == false", Decided(holds=True, value=False)),
    ],
)
def test_pattern_that_matched_once_may_match_nothing_now(text: str, expected: Decided) -> None:
    empty = {"README.md": "All gone.\n"}
    config = parse_config(TESTED)
    seen = matched(parse(text).query, count(TREE, policy=TESTED), config)

    assert isinstance(decide(text, empty), Broken)
    assert decide(text, empty, seen=seen) == expected


def test_each_pattern_is_remembered_by_itself_whatever_the_unit() -> None:
    census = count(TREE, policy=TESTED)
    config = parse_config(TESTED)

    def remembered(query: str) -> frozenset[str]:
        return matched(parse(f"{query} == 0").query, census, config)

    assert remembered("files(forbidden-import, path=shop/*, symbol=shpo.*)") == {
        "count(forbidden-import, path=shop/*)"
    }
    assert remembered("definitions(engine)") == frozenset()
    assert remembered("count(forbiden-import, path=shop/*)") == frozenset()


def test_file_that_is_waited_for_is_not_there_yet() -> None:
    for text in ("exists(docs/new.md) == true", "exists(docs/new.md) != false"):
        assert decide(text) == Decided(holds=False, value=False)
        assert decide(text, {"docs/new.md": ""}) == Decided(holds=True, value=True)


def test_file_that_could_not_be_read_breaks_what_counts_it_and_nothing_else() -> None:
    tree = {**TREE, "shop/bad.py": UNREADABLE}

    for text in (
        "count(forbidden-import) == 0",
        "files(forbidden-import, path=shop/**) == 0",
        "count(syntax-error) == 0",
        "definitions(engine) == 1",
    ):
        assert reason(text, tree).startswith("shop/bad.py could not be analysed: ")
    for text in (
        "count(forbidden-import, path=tests/**) == 1",
        "count(backup-file) == 0",
        "stage(shop.legacy.engine) == redirect",
        "exists(shop/bad.py) == true",
    ):
        assert decide(text, tree) == Decided(holds=True, value=_value(text, tree))


def _value(text: str, tree: Tree) -> Value:
    found = evaluate(parse(text), count(tree, policy=TESTED), parse_config(TESTED))
    assert isinstance(found, Decided)
    return found.value


def test_test_file_that_could_not_be_read_breaks_nothing_that_leaves_tests_out() -> None:
    tree = {**TREE, "tests/bad.py": UNREADABLE, "tests/worse.py": UNREADABLE}

    assert decide("count(forbidden-import, tests=no) == 3", tree) == Decided(holds=True, value=3)
    assert decide("definitions(engine) == 2", tree) == Decided(holds=True, value=2)
    assert reason("count(forbidden-import) == 0", tree).endswith("(and 1 more)")


def test_ignored_file_that_could_not_be_read_breaks_nothing() -> None:
    policy = f'{TESTED}ignore: ["bad.py"]\n'
    tree = {**TREE, "bad.py": UNREADABLE}

    verdict = decide("count(forbidden-import) == 4", tree, policy=policy)
    assert verdict == Decided(holds=True, value=4)
    assert "no file that is counted" in reason(
        "count(forbidden-import, path=bad.py) == 0", tree, policy=policy
    )


def test_ignored_backup_is_no_match() -> None:
    policy = f'{TESTED}ignore: ["old/**"]\n'
    text = "count(backup-file, path=old/**) == 0"

    assert "no file that is counted" in reason(text, {"old/a.bak": ""}, policy=policy)
    assert decide(text, {"old/a.bak": ""}) == Decided(holds=False, value=1)


def test_file_in_an_allowed_place_that_could_not_be_read_breaks_the_definitions_only() -> None:
    policy = TESTED.replace("    deprecated:", '    allow-in: ["shims/**"]\n    deprecated:')
    tree = {**TREE, "shims/bad.py": UNREADABLE}
    text = "count(duplicate-definition, concept=engine, tests=no) == 1"

    assert "shims/bad.py" in reason("definitions(engine) == 2", tree, policy=policy)
    assert decide(text, tree, policy=policy) == Decided(holds=True, value=1)


def test_file_beyond_the_concept_that_could_not_be_read_breaks_nothing_of_it() -> None:
    policy = TESTED.replace("    deprecated:", '    paths: ["shop/**"]\n    deprecated:')
    tree = {**TREE, "other.py": UNREADABLE}

    verdict = decide("count(forbidden-import, concept=engine) == 3", tree, policy=policy)
    assert verdict == Decided(holds=True, value=3)
    assert isinstance(decide("count(forbidden-import) == 3", tree, policy=policy), Broken)


@pytest.mark.parametrize("ignored", ["", 'ignore: ["shop/legacy/**"]\n'])
def test_module_whose_file_could_not_be_read_has_no_stage(ignored: str) -> None:
    tree = {"shop/legacy/engine.py": UNREADABLE}

    for operator in ("==", "!="):
        text = f"stage(shop.legacy.engine) {operator} redirect"
        assert "could not be analysed" in reason(text, tree, policy=f"{TESTED}{ignored}")


def test_module_in_whose_place_a_link_stands_is_not_removed() -> None:
    take, _ = counting_with_blobs(modes={"shop/legacy/engine.py": "120000"})
    census = take({"shop/legacy/engine.py": "../engine.py"})
    verdict = evaluate(parse("stage(shop.legacy.engine) == removed"), census, parse_config(POLICY))

    assert isinstance(verdict, Broken)


def with_crash(rule: str, path: str) -> Census:
    census = count(TREE, policy=TESTED)
    held = census.holdings.get(path, Holding())
    crashed = replace(held, crashes=(Crash(rule, path, "KeyError: 1"),))
    return replace(census, holdings={**census.holdings, path: crashed})


@pytest.mark.parametrize(
    ("rule", "path", "is_broken"),
    [
        ("forbidden-import", "shop/orders.py", True),
        ("forbidden-import", "tests/test_orders.py", False),
        ("deprecated-argument", "shop/orders.py", False),
    ],
)
def test_crash_breaks_what_counts_the_rule_there(rule: str, path: str, is_broken: bool) -> None:
    verdict = evaluate(
        parse("count(forbidden-import, path=shop/**) == 3"),
        with_crash(rule, path),
        parse_config(TESTED),
    )

    assert isinstance(verdict, Broken) is is_broken


def test_crash_of_any_rule_breaks_the_count_of_stale_waivers() -> None:
    census = with_crash("forbidden-import", "shop/orders.py")

    verdict = evaluate(parse("count(stale-waiver) == 0"), census, parse_config(TESTED))
    assert isinstance(verdict, Broken)


def test_rule_that_a_census_did_not_apply_is_not_available() -> None:
    census = replace(count(TREE, policy=TESTED), rules=("backup-file",))

    verdict = evaluate(parse("count(forbidden-import) == 0"), census, parse_config(TESTED))
    assert verdict == Broken("the rule 'forbidden-import' is not available in this version")


def test_search_for_cycles_that_ended_early_counts_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    policy = f"{POLICY}rules: {{import-cycle: error}}\n"
    ring = {f"a{n}.py": f"import a{(n + 1) % 5}\n" for n in range(5)}
    text = "count(import-cycle) == 5"

    assert decide(text, ring, policy=policy) == Decided(holds=True, value=5)
    monkeypatch.setattr("checks.trees.SEARCHED_MODULES", 3)
    assert "stopped before it had searched" in reason(text, ring, policy=policy)
    assert isinstance(decide("count(backup-file) == 0", ring, policy=policy), Decided)


def test_unused_waiver_of_the_config_is_counted_at_its_file() -> None:
    waiver = "waivers: [{rule: forbidden-import, path: a.py, until: 2026-08-31, reason: later}]\n"
    policy = f"{POLICY}{waiver}"
    text = f"count(stale-waiver, path={CONFIG_PATH}) == 0"

    assert decide(text, {CONFIG_PATH: policy}, policy=policy) == Decided(holds=False, value=1)


PATHS = ("shop/a.py", "shop/b.py", "tests/a.py", "a.md")
TREES = st.dictionaries(st.sampled_from(PATHS), st.sampled_from((OLD, OLD * 2, ENGINE, "")))
QUERIES = st.sampled_from(
    (
        "count(forbidden-import)",
        "count(forbidden-import, tests=no)",
        "files(forbidden-import, path=shop/*)",
        "files(forbidden-import, symbol=*.OldEngine)",
        "definitions(engine)",
        "count(duplicate-definition, path=a.md)",
    )
)


@given(tree=TREES, before=TREES, query=QUERIES)
def test_no_pattern_is_believed_that_never_matched_and_all_others_are(
    tree: dict[str, str], before: dict[str, str], query: str
) -> None:
    config = parse_config(TESTED)
    asked = parse(f"{query} == 0")
    seen = matched(asked.query, count(before, policy=TESTED), config)
    census = count(tree, policy=TESTED)
    now = matched(asked.query, census, config)
    patterns = query.count("path=") + query.count("symbol=")

    decision = evaluate(asked, census, config, seen=seen)
    assert isinstance(decision, Decided) is (len(seen | now) == patterns)
