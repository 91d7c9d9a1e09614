"""What is wrong with a config file is told with its place, all of it at once."""

from __future__ import annotations

import pickle
from textwrap import dedent

import pytest

from checks.config import ConfigError, Problem, parse


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(ConfigError) as caught:
        parse(dedent(text))
    return caught.value.problems


def only_problem(text: str) -> Problem:
    [problem] = problems(text)
    return problem


def test_problems_travel_to_other_processes() -> None:
    with pytest.raises(ConfigError) as caught:
        parse("")
    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems


@pytest.mark.parametrize(
    ("text", "place", "key", "sentence"),
    [
        ("roots: ['.']", (1, 1), "version", "write `version: 1`"),
        ("version: 2", (1, 10), "version", "write 1"),
        ("version: true", (1, 10), "version", "write 1"),
        ("version: 1.0", (1, 10), "version", "write 1"),
        ("version: '1'", (1, 10), "version", "write 1 without quotes"),
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
            "not closed",
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
        ("{about: x}", "canonical", "write `canonical: [shop.orders.engine:Engine]`"),
        ("{canonical: []}", "canonical", "at least one"),
        ("{canonical: [a.b]}", "canonical[0]", "write 'module:Name'"),
        ("{canonical: ['a.b:c.D']}", "canonical[0]", "write 'module:Name'"),
        ("{canonical: ['a:B'], issues: [0]}", "issues[0]", "1 or more"),
        ("{canonical: ['a:B'], deprecated: {old: {}}}", "deprecated.old.use", "write `use: "),
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
    assert "'old' is deprecated too, in line 7" in first.message
    assert (second.line, second.message.split(":")[0]) == (8, "a module cannot replace itself")


@pytest.mark.parametrize(
    ("waiver", "key", "sentence"),
    [
        ("path: a, until: 2026-01-01, reason: x", "rule", "is missing"),
        ("rule: syntax-error, path: a, until: 2026-01-01", "reason", "is missing"),
        ("rule: syntax-error, path: a, reason: x", "until", "write `until: 2026-12-31`"),
        ("rule: syntax-eror, path: a, until: 2026-01-01, reason: x", "rule", "'syntax-error'?"),
        ("rule: syntax-error, path: a, until: 2026-02-30, reason: x", "until", "no such day"),
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
