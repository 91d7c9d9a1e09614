"""Names with two sources: told where the change makes the second one, and only there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.model import Kind
from tests.checks.inquiries import review

if TYPE_CHECKING:
    from collections.abc import Mapping

POLICY = """\
version: 1
concepts:
  engine:
    canonical: ["shop.engine:Engine"]
    definitions: {classes: ["*Engine"], functions: ["run_engine*"]}
rules: {split-source: error, duplicate-definition: off}
"""
HOME = {"shop/engine.py": "class Engine: ...\n", "shop/other.py": "class Engine: ...\n"}


def found(
    base: Mapping[str, str], head: Mapping[str, str]
) -> list[tuple[str, int, Kind, str, str]]:
    analysis = review(base, head, policy=POLICY)
    return [(f.path, f.span.line, f.kind, f.symbol, f.message) for f in analysis.findings]


def test_other_definition_is_named_beside_the_canonical_one() -> None:
    source = "import json\nfrom shop.other import Engine\n"
    ((path, line, kind, symbol, message),) = found(HOME, {**HOME, "a.py": source})

    assert (path, line, kind, symbol) == ("a.py", 2, Kind.CLASS, "Engine")
    assert "`shop.other.Engine` here, but `shop.engine.Engine`" in message


def test_name_that_had_two_sources_before_is_nothing_new() -> None:
    base = {**HOME, "a.py": "from shop.other import Engine\n"}

    assert found(base, {**base, "a.py": "import json\nfrom shop.other import Engine\n"}) == []
    assert found(base, {**base, "a.py": "import shop.other\nEngine = shop.other.Engine\n"}) == []


def test_second_definition_in_one_change_is_told_where_no_module_is_its_home() -> None:
    head = {**HOME, "a.py": "def run_engine_now(): ...\n", "b.py": "def run_engine_now(): ...\n"}

    assert [(path, kind) for path, _, kind, _, _ in found(HOME, head)] == [
        ("a.py", Kind.FUNCTION),
        ("b.py", Kind.FUNCTION),
    ]
    old = {**HOME, "a.py": "def run_engine_now(): ...\n"}
    grown = {**head, "a.py": "def run_engine_now(): ...\n\n\nx = 1\n"}
    assert [path for path, *_ in found(old, grown)] == ["b.py"]


def test_two_modules_that_hand_on_the_same_thing_are_one_source() -> None:
    others = {**HOME, "shop/more.py": "class FastEngine: ...\n"}
    source = "from shop.more import FastEngine\n"

    assert found(others, {**others, "a.py": source, "b.py": source}) == []


def test_cleared_split_is_fixed() -> None:
    base = {**HOME, "a.py": "from shop.other import Engine\n"}
    analysis = review(base, {**base, "a.py": "from shop.engine import Engine\n"}, policy=POLICY)

    assert [(fixed.rule, fixed.symbol) for fixed in analysis.fixed] == [("split-source", "Engine")]
