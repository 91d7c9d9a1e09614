"""The config file as a whole: what loads, what it means, and every problem at once."""

from __future__ import annotations

import pickle
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from checks.config import Canonical, Config, ConfigError, parse
from checks.config.rules import RULE_NAMES
from checks.config.schema import json_schema
from checks.model import Severity

FULL = """
version: 1
python: "3.11"
roots: [".", lib/vendor]
ignore: ["backups/**"]
tests: ["tests/**", "**/test_*.py"]

concepts:
  order-engine:
    about: One engine for each order.
    docs: https://shop.example/engine
    issues: [12, 34]
    canonical:
      - shop.orders.engine:Engine
      - shop.orders.factory:EngineFactory
    definitions:
      classes: ["*Engine", EngineFactory]
      functions: ["make_engine_*"]
    deprecated:
      shop.legacy.engine:
        use: shop.orders.engine
        names: {OldEngine: Engine}
      shop.old_factory:
        use: shop.orders.factory
    arguments:
      - {call: Context, argument: metadata, use: details}
      - {call: shop.context.Context, argument: scope}
    allow-in: ["shop/shims/**"]
    paths: ["shop/**"]
  cart:
    canonical: ["shop.cart:Cart"]

rules:
  forbidden-import: warning
  duplicate-definition:
    severity: error
    ignore-names: ["Dummy*"]
  backup-file:
    patterns: ["*.old"]
  import-cycle: notice
  syntax-error: off

waivers:
  - rule: forbidden-import
    path: "shop/admin/**"
    symbol: shop.legacy.engine.*
    until: 2026-12-31
    reason: the admin pages go in January
    by: "@octocat"
  - {rule: backup-file, path: "*.old", until: 2027-01-31, reason: the copy is compared}

checklists:
  infer: suggest
  bind:
    - {issue: 12, item: "Update imports*", when: files(forbidden-import) == 0}

report:
  mode: observe
  max-comments: 5
  suggestions: false
  inline-waivers: off
"""


@pytest.fixture(scope="module")
def full() -> Config:
    return parse(FULL)


def test_concepts_keep_the_order_of_the_file(full: Config) -> None:
    assert [concept.name for concept in full.concepts] == ["order-engine", "cart"]


def test_concept_holds_everything_the_file_says(full: Config) -> None:
    engine = full.concepts[0]
    assert engine.about == "One engine for each order."
    assert engine.docs == "https://shop.example/engine"
    assert engine.issues == (12, 34)
    assert engine.canonical == (
        Canonical("shop.orders.engine", "Engine"),
        Canonical("shop.orders.factory", "EngineFactory"),
    )
    assert [glob.pattern for glob in engine.classes] == ["*Engine", "EngineFactory"]
    assert [glob.pattern for glob in engine.functions] == ["make_engine_*"]
    [legacy, factory] = engine.deprecated
    assert (legacy.module, legacy.use) == ("shop.legacy.engine", "shop.orders.engine")
    assert dict(legacy.names) == {"OldEngine": "Engine"}
    assert dict(factory.names) == {}
    assert [entry.use for entry in engine.arguments] == ["details", ""]


def test_concept_covers_its_paths_without_those_it_allows(full: Config) -> None:
    engine, cart = full.concepts
    assert engine.covers("shop/a.py")
    assert not engine.covers("other/a.py")
    assert not engine.covers("shop/shims/a.py")
    assert cart.covers("anything.py")


def test_rules_take_their_severity_and_options_from_the_file(full: Config) -> None:
    assert full.severity("forbidden-import") is Severity.WARNING
    assert full.severity("duplicate-definition") is Severity.ERROR
    assert full.severity("import-cycle") is Severity.NOTICE
    assert full.severity("syntax-error") is Severity.OFF
    assert full.severity("backup-file") is Severity.WARNING
    assert [glob.pattern for glob in full.ignore_names] == ["Dummy*"]
    assert full.backup_patterns.matches("a/b.old")
    assert not full.backup_patterns.matches("a/b.bak")


def test_waiver_knows_its_line(full: Config) -> None:
    waiver, second = full.waivers
    assert FULL.splitlines()[waiver.line - 1].strip() == "- rule: forbidden-import"
    assert "backup-file, path" in FULL.splitlines()[second.line - 1]
    assert (second.symbol, second.by) == (None, "")
    assert waiver.until == date(2026, 12, 31)
    assert waiver.path.matches("shop/admin/a.py")
    assert waiver.symbol
    assert waiver.symbol.matches("shop.legacy.engine.OldEngine")
    assert waiver.by == "@octocat"


def test_report_checklists_and_python_are_read(full: Config) -> None:
    assert full.report.mode == "observe"
    assert full.report.max_comments == 5
    assert not full.report.suggestions
    assert not full.report.inline_waivers
    assert full.checklists.infer == "suggest"
    [bind] = full.checklists.bind
    assert (bind.issue, bind.item) == (12, "Update imports*")
    assert full.python == (3, 11)
    assert full.roots == (".", "lib/vendor")


def test_version_alone_is_a_config_with_all_defaults() -> None:
    config = parse(b"version: 1\n")
    assert config.roots == (".",)
    assert not config.ignore
    assert not config.tests
    assert config.concepts == ()
    assert config.waivers == ()
    assert config.python is None
    assert config.checklists.infer == "off"
    assert (config.report.mode, config.report.max_comments) == ("comment", 20)
    assert config.report.suggestions
    assert config.report.inline_waivers
    assert [glob.pattern for glob in config.ignore_names] == ["Test*", "Mock*", "Fake*", "Stub*"]
    for backup in ("a.py.backup", "a.backup_2.py", "b/a.bak", "a.orig", "a_backup_2.py"):
        assert config.backup_patterns.matches(backup)


def test_rule_not_named_is_an_error_except_four() -> None:
    config = parse("version: 1")
    others = {rule: config.severity(rule) for rule in RULE_NAMES}
    quieter = {rule: level for rule, level in others.items() if level is not Severity.ERROR}
    assert quieter == {
        "backup-file": Severity.WARNING,
        "stale-waiver": Severity.WARNING,
        "import-cycle": Severity.OFF,
        "split-source": Severity.OFF,
    }
    assert set(RULE_NAMES) >= {"forbidden-import", "duplicate-definition", "config-error"}


def test_config_travels_to_other_processes(full: Config) -> None:
    copy = pickle.loads(pickle.dumps(full))
    assert copy == full
    assert hash(copy) == hash(full)
    assert copy.concepts[0].deprecated[0].names["OldEngine"] == "Engine"


def test_json_schema_names_every_key_and_rule() -> None:
    schema = json_schema()
    assert set(schema["properties"]) >= {"version", "concepts", "rules", "waivers", "report"}
    assert set(schema["$defs"]["Rules"]["properties"]) == set(RULE_NAMES)
    assert schema["$defs"]["WaiverSection"]["properties"]["rule"]["enum"] == list(RULE_NAMES)
    assert schema["$defs"]["ConceptSection"]["required"] == ["canonical"]


@given(st.text(st.characters(codec="utf-8"), max_size=80) | st.binary(max_size=80))
@example("a: 1e999")
@example("version: 1\nconcepts: {a: {deprecated: [x]}}")
@example("version: 1\nconcepts: [x]")
@example("version: 1\nrules: [x]")
@example("? a\n: 1")
@example("%YAML 9.9\n---\na: 1")
def test_any_text_is_a_config_or_a_config_error(text: str | bytes) -> None:
    try:
        parse(text)
    except ConfigError as error:
        assert error.problems
        assert all(problem.line >= 1 and problem.message for problem in error.problems)


@given(st.lists(st.sampled_from(FULL.splitlines()), max_size=30))
def test_any_choice_of_lines_is_a_config_or_a_config_error(lines: list[str]) -> None:
    try:
        parse("\n".join(lines))
    except ConfigError as error:
        assert error.problems
