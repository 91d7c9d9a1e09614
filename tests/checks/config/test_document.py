"""What counts as YAML here, and where a problem of it is reported."""

from __future__ import annotations

import pytest

from checks.config.document import MAX_BYTES, Mark, Value, read
from checks.config.problems import ConfigError, Problem


def problem_of(text: bytes | str) -> Problem:
    with pytest.raises(ConfigError) as caught:
        read(text)
    [problem] = caught.value.problems
    return problem


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("off", "off"),
        ("yes", "yes"),
        ("No", "No"),
        ("2026-12-31", "2026-12-31"),
        ("12:30:00", "12:30:00"),
        ("1_000", "1_000"),
        ("0777", 777),
        ("0o17", 15),
        ("0x1F", 31),
        ("-12", -12),
        ("+7", 7),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
        ("Null", None),
        ("'true'", "true"),
        ('"1"', "1"),
        ("|\n  1\n", "1\n"),
        ("9999999999999999999999", 1e22),
    ],
)
def test_scalar_is_read_as_yaml_1_2_core(text: str, value: Value) -> None:
    read_value = read(f"key: {text}").value["key"]
    assert read_value == value
    assert type(read_value) is type(value)


def test_keys_are_text_whatever_they_look_like() -> None:
    assert read("{on: 1, 2: 2, null: 3}").value == {"on": 1, "2": 2, "null": 3}


def test_byte_order_mark_is_no_part_of_the_first_key() -> None:
    document = read(b"\xef\xbb\xbfversion: 1")
    assert document.value == {"version": 1}
    assert document.mark_of_value(("version",)) == Mark(1, 10)


def test_keys_and_values_remember_their_places() -> None:
    document = read("a:\n  - b: 1\n    ü: x\n")
    assert document.mark_of_key(("a", 0, "ü")) == Mark(3, 5)
    assert document.mark_of_value(("a", 0, "ü")) == Mark(3, 8)
    assert document.mark_of_value(("a", 0, "b", "not", "there")) == Mark(2, 8)


@pytest.mark.parametrize(
    ("text", "line", "column", "sentence"),
    [
        ("", 1, 1, "is empty"),
        ("# only a comment\n", 1, 1, "is empty"),
        ("---\n...\n", 1, 1, "is empty"),
        ("- 1\n", 1, 1, "must consist of keys"),
        ("a: 1\n---\nb: 1\n", 2, 1, "second document"),
        ("a:\n\tb: 1\n", 2, 1, "cannot be indented with tabs"),
        ("a: [1, 2\nb: 3\n", 2, 2, "not YAML"),
        ("a: 'x\n", 2, 1, "not YAML"),
        ("a: 1\nb: [*.bak]\n", 2, 5, "'*' in quotes"),
        ("a: \x01\n", 1, 4, "U+0001"),
        ('a: "\\ud800"\n', 1, 4, "surrogate"),
        ("# a\u2028b\nc: 1\n", 1, 4, "U+2028"),
        ("a: 'b\x85'\n", 1, 6, "U+0085"),
        ("a: " + "[" * 40, 1, 20, "too deeply"),
        ("a: b: c\n", 1, 5, "not YAML"),
        (b"a: 1\nb: \xff\n", 2, 4, "not UTF-8"),
        (b"\xff\xfea\0", 1, 1, "not UTF-8"),
        ("#" * (MAX_BYTES + 1), 1, 1, "64 kB"),
    ],
)
def test_unreadable_text_is_refused_at_its_place(
    text: bytes | str, line: int, column: int, sentence: str
) -> None:
    problem = problem_of(text)
    assert (problem.line, problem.column) == (line, column)
    assert sentence in problem.message


@pytest.mark.parametrize(
    ("text", "line", "column", "key", "sentence"),
    [
        ("a: 1\nb: &x [1]\n", 2, 4, "b", "remove '&x'"),
        ("a: *x\n", 1, 4, "a", "aliases"),
        ("a: !!str 1\n", 1, 4, "a", "remove '!!str'"),
        ("a: 1\nb: 2\na: 3\n", 3, 1, "a", "is already in line 1"),
        ("x.y:\n  a: 1\n  a: 1\n", 3, 3, '"x.y".a', "is already in line 2"),
        ("a:\n  [1]: 2\n", 2, 3, "a", "plain text"),
    ],
)
def test_yaml_beyond_the_subset_is_a_problem_beside_the_others(
    text: str, line: int, column: int, key: str, sentence: str
) -> None:
    [problem] = read(text).problems
    assert (problem.line, problem.column, problem.key) == (line, column, key)
    assert sentence in problem.message


def test_key_that_is_no_text_does_not_displace_its_mapping() -> None:
    assert read("a:\n  [1]: 2\n").mark_of_value(("a",)) == Mark(2, 3)


def test_nesting_cannot_exhaust_the_stack() -> None:
    assert "too deeply" in problem_of("[" * 60_000).message
    assert "too deeply" in problem_of("- " * 30_000).message
