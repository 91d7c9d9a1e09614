"""The config file as a whole: what loads, what it means, and every problem at once."""

from __future__ import annotations

import pickle
from datetime import date
from textwrap import dedent

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from checks.config import Canonical, Config, ConfigError, Problem, parse
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


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(ConfigError) as caught:
        parse(dedent(text))
    return caught.value.problems


def only_problem(text: str) -> Problem:
    [problem] = problems(text)
    return problem


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


def test_problems_travel_to_other_processes() -> None:
    with pytest.raises(ConfigError) as caught:
        parse("")
    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems


@pytest.mark.parametrize(
    ("text", "place", "key", "sentence"),
    [
        ("roots: ['.']", (1, 1), "version", "write 'version: 1'"),
        ("version: 2", (1, 10), "version", "write 1"),
        ("version: '1'", (1, 10), "version", "write 1, without quotes"),
        ("version: 1\nconcept: {}", (2, 1), "concept", "did you mean 'concepts'?"),
        ("version: 1\nzzz: {}", (2, 1), "zzz", "one of version, python, roots"),
        ("version: 1\nconcepts:", (2, 10), "concepts", "leave out the key"),
        ("version: 1\nroots: src", (2, 8), "roots", "write a list"),
        ("version: 1\nroots: [../a]", (2, 9), "roots[0]", "without dots"),
        ("version: 1\nroots: []", (2, 8), "roots", "at least one"),
        ("version: 1\nignore: [/a]", (2, 10), "ignore[0]", "leading '/'"),
        ("version: 1\ntests: [true]", (2, 9), "tests[0]", "needs quotes"),
        ("version: 1\npython: 3.11", (2, 9), "python", "needs quotes"),
        ("version: 1\npython: '2.7'", (2, 9), "python", "version of Python"),
        ("version: 1\nreport: {suggestions: on}", (2, 23), "report.suggestions", "true or false"),
        (
            "version: 1\nreport: {inline-waivers: true}",
            (2, 26),
            "report.inline-waivers",
            "write one of on, off",
        ),
        ("version: 1\nreport: {max_comments: 1}", (2, 10), "report.max_comments", "max-comments"),
    ],
)
def test_problem_says_where_it_is_and_what_to_write(
    text: str, place: tuple[int, int], key: str, sentence: str
) -> None:
    problem = only_problem(text)
    assert (problem.line, problem.column) == place
    assert problem.key == key
    assert sentence in problem.message


@pytest.mark.parametrize(
    ("rules", "place", "key", "sentence"),
    [
        ("forbiden-import: error", (3, 3), "forbiden-import", "did you mean 'forbidden-import'?"),
        ("nonsense: error", (3, 3), "nonsense", "one of forbidden-import, duplicate-definition"),
        ("syntax-error: eror", (3, 17), "syntax-error.severity", "did you mean 'error'?"),
        ("syntax-error: false", (3, 17), "syntax-error.severity", "error, warning, notice, off"),
        ("syntax-error: {patterns: []}", (3, 18), "syntax-error.patterns", "write severity"),
        (
            "backup-file: {patterns: ['a[']}",
            (3, 28),
            "backup-file.patterns[0]",
            "never closed",
        ),
        (
            "duplicate-definition: {ignore-names: [a.b]}",
            (3, 41),
            "duplicate-definition.ignore-names[0]",
            "bare name",
        ),
    ],
)
def test_wrong_rule_or_option_is_a_problem(
    rules: str, place: tuple[int, int], key: str, sentence: str
) -> None:
    problem = only_problem(f"version: 1\nrules:\n  {rules}")
    assert (problem.line, problem.column) == place
    assert problem.key == f"rules.{key}"
    assert sentence in problem.message


@pytest.mark.parametrize(
    ("concept", "key", "sentence"),
    [
        ("{about: x}", "canonical", "write 'canonical: [shop.orders.engine:Engine]'"),
        ("{canonical: []}", "canonical", "at least one"),
        ("{canonical: [a.b]}", "canonical[0]", "write 'module:Name'"),
        ("{canonical: ['a.b:c.D']}", "canonical[0]", "write 'module:Name'"),
        ("{canonical: ['a:B'], issues: [0]}", "issues[0]", "1 or more"),
        ("{canonical: ['a:B'], deprecated: {old: {}}}", "deprecated.old.use", "write 'use: "),
        (
            "{canonical: ['a:B'], deprecated: {a/b.py: {use: a}}}",
            'deprecated."a/b.py"',
            "module name 'a.b'",
        ),
        (
            "{canonical: ['a:B'], deprecated: {old: {use: a, name: {}}}}",
            "deprecated.old.name",
            "did you mean 'names'?",
        ),
        ("{canonical: ['a:B'], arguments: [{call: x}]}", "arguments[0].argument", "is missing"),
        ("{canonical: ['a:B'], allow-in: ['a/']}", "allow-in[0]", "write 'a/**'"),
    ],
)
def test_wrong_concept_is_a_problem(concept: str, key: str, sentence: str) -> None:
    problem = only_problem(f"version: 1\nconcepts:\n  engine: {concept}")
    assert problem.line == 3
    assert problem.key == f"concepts.engine.{key}"
    assert sentence in problem.message


def test_concept_name_that_no_criterion_can_say_is_a_problem() -> None:
    problem = only_problem("version: 1\nconcepts:\n  my engine: {canonical: ['a:B']}")
    assert (problem.line, problem.column, problem.key) == (3, 3, "concepts.my engine")


def test_canonical_module_that_is_deprecated_too_is_a_problem_at_both_its_uses() -> None:
    text = """\
    version: 1
    concepts:
      one:
        canonical: [a.b:C]
      two:
        canonical: [d.e:F]
        deprecated:
          a.b: {use: d.e}
    """
    problem = only_problem(text)
    assert (problem.line, problem.column) == (8, 7)
    assert "'a.b' is canonical in line 4" in problem.message


def test_module_that_is_deprecated_twice_is_a_problem() -> None:
    text = """\
    version: 1
    concepts:
      one: {canonical: ["a:A"], deprecated: {old: {use: a}}}
      two: {canonical: ["b:B"], deprecated: {old: {use: b}}}
      three: {canonical: ["c:C"], deprecated: {old: {use: c}}}
    """
    found = problems(text)
    assert [(problem.line, problem.key) for problem in found] == [
        (4, "concepts.two.deprecated.old"),
        (5, "concepts.three.deprecated.old"),
    ]
    assert all("deprecated in line 3" in problem.message for problem in found)


def test_replacement_that_is_deprecated_itself_is_a_problem() -> None:
    text = """\
    version: 1
    concepts:
      one:
        canonical: ["a:A"]
        deprecated:
          older: {use: old}
          old: {use: a}
          own: {use: own}
    """
    first, second = problems(text)
    assert (first.line, first.column) == (6, 20)
    assert "'old' is deprecated itself, in line 7" in first.message
    assert (second.line, second.message.split(":")[0]) == (8, "a module cannot replace itself")


@pytest.mark.parametrize(
    ("waiver", "key", "sentence"),
    [
        ("path: a, until: 2026-01-01, reason: x", "rule", "is missing"),
        ("rule: syntax-error, path: a, until: 2026-01-01", "reason", "is missing"),
        ("rule: syntax-error, path: a, reason: x", "until", "write 'until: 2026-12-31'"),
        ("rule: syntax-eror, path: a, until: 2026-01-01, reason: x", "rule", "'syntax-error'?"),
        ("rule: syntax-error, path: a, until: 2026-02-30, reason: x", "until", "no calendar"),
        ("rule: syntax-error, path: a, until: 20260101, reason: x", "until", "needs quotes"),
        ("rule: syntax-error, path: a, until: next week, reason: x", "until", "YYYY-MM-DD"),
        ("rule: syntax-error, path: a, until: 2026-01-01, reason: ' '", "reason", "sentence"),
        ("rule: syntax-error, path: '', until: 2026-01-01, reason: x", "path", "is empty"),
    ],
)
def test_wrong_waiver_is_a_problem(waiver: str, key: str, sentence: str) -> None:
    problem = only_problem(f"version: 1\nwaivers:\n  - {{{waiver}}}")
    assert (problem.line, problem.key) == (3, f"waivers[0].{key}")
    assert sentence in problem.message


def test_all_problems_come_at_once_in_file_order() -> None:
    text = """\
    version: 1
    ignore: &a ["a["]
    rules:
      syntax-error: loud
      syntax-error: error
    concepts:
      one:
        canonical: [a.b]
        deprecated:
          old: {use: old}
    waivers: [1]
    """
    assert [(problem.line, problem.key) for problem in problems(text)] == [
        (2, "ignore"),
        (2, "ignore[0]"),
        (5, "rules.syntax-error"),
        (8, "concepts.one.canonical[0]"),
        (10, "concepts.one.deprecated.old.use"),
        (11, "waivers[0]"),
    ]


def test_what_follows_from_a_problem_is_not_told_twice() -> None:
    assert only_problem("version: 1\nignore: *globs\n").key == "ignore"


def test_problem_is_one_readable_line() -> None:
    assert str(only_problem("version: 3")) == "line 1, column 10: version: write 1"


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
