"""Path and name patterns, by example and against a naive reference."""

from __future__ import annotations

import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.globs import Globs, NameGlob, PathGlob


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("tests/**", "tests/a.py"),
        ("tests/**", "tests/a/b.py"),
        ("**/tests/**", "tests/a.py"),
        ("**/tests/**", "a/b/tests/c/d.py"),
        ("**/test_*.py", "test_a.py"),
        ("**/test_*.py", "a/b/test_c.py"),
        ("a/**/b.py", "a/b.py"),
        ("a/**/b.py", "a/x/y/b.py"),
        ("a/**/b/**/c.py", "a/b/x/b/c.py"),
        ("*.bak", "deep/down/name.bak"),
        ("*.bak", ".bak"),
        ("a.py", "x/a.py"),
        ("**", "any/thing"),
        ("src/*.py", "src/a.py"),
        ("a?c/x", "abc/x"),
        ("[ab]/x", "b/x"),
        ("[!ab]/x", "c/x"),
        ("[a-cx]/y", "x/y"),
        ("[]]/x", "]/x"),
        ("[!]]/x", "a/x"),
        ("[a-]/x", "-/x"),
        ("a**b/x", "a--b/x"),
        ("*_backup_*", "a/b_backup_c"),
        ("*a*b*c", "xaxbxabc"),
        ("new\nline/*", "new\nline/\n"),
    ],
)
def test_pattern_matches_path(pattern: str, path: str) -> None:
    assert PathGlob(pattern).matches(path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("tests/**", "tests"),
        ("a/*/**", "a/b"),
        ("tests/**", "a/tests/b.py"),
        ("tests/**", "tests2/a.py"),
        ("src/*.py", "src/a/b.py"),
        ("src/*.py", "a/src/b.py"),
        ("a?c/x", "a/c/x"),
        ("[!a]/x", "a/x"),
        ("a[!b]c/x", "a/c/x"),
        ("*.bak", "a.bak/b.py"),
        ("*.py", "A.PY"),
        ("a.py", "A.py"),
        ("a/**/b.py", "a/xb.py"),
        ("a**b/x", "a/b/x"),
        ("?", ""),
        ("*ab*b", "ab"),
    ],
)
def test_pattern_leaves_path_alone(pattern: str, path: str) -> None:
    assert not PathGlob(pattern).matches(path)


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("", "is empty"),
        ("/a", "leave out the leading '/'"),
        ("a/", "write 'a/**'"),
        ("../a", "from the root of the repository"),
        ("./a", "from the root of the repository"),
        ("a//b", "write one '/'"),
        ("a[b", "not closed"),
        ("a[]", "not closed"),
        ("a[!]", "not closed"),
        ("a[b/c]", "not closed"),
        ("[z-a]", "write 'a-z'"),
    ],
)
def test_bad_path_pattern_is_refused_with_a_sentence(pattern: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        PathGlob(pattern)


def test_name_pattern_knows_star_and_question_mark() -> None:
    assert NameGlob("*Engine").matches("Engine")
    assert NameGlob("notify_agent_*").matches("notify_agent_done")
    assert NameGlob("V?").matches("V2")
    assert not NameGlob("*Engine").matches("EngineFactory")
    assert not NameGlob("V?").matches("V")


@pytest.mark.parametrize("pattern", ["", "[ab]", "a]"])
def test_bad_name_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        NameGlob(pattern)


def test_name_pattern_tells_what_it_needs() -> None:
    assert NameGlob("Engine").is_exact
    assert not NameGlob("*Engine").is_exact
    assert NameGlob("a*longer?b*cd").needle == "cd"
    assert NameGlob("*").needle == ""


def test_set_matches_when_any_pattern_does() -> None:
    globs = Globs(["a/**", "*.bak"])
    assert globs.matches("a/b")
    assert globs.matches("x/y.bak")
    assert not globs.matches("b/a")


def test_empty_set_matches_nothing_and_is_false() -> None:
    assert not Globs()
    assert not Globs().matches("a")


def test_patterns_travel_to_other_processes() -> None:
    globs = Globs(["a/**", "**/[!b]?*.py"])
    assert pickle.loads(pickle.dumps(globs)) == globs


def test_stars_cannot_make_matching_explode() -> None:
    assert not NameGlob("*a" * 40 + "b").matches("a" * 5000)
    assert not PathGlob("**/a/" * 40 + "b").matches("a/" * 2000 + "c")


def _reference_path(pattern: list[str], path: list[str]) -> bool:
    if not pattern:
        return not path
    if pattern == ["**"]:
        return bool(path)
    if pattern[0] == "**":
        return any(_reference_path(pattern[1:], path[cut:]) for cut in range(len(path) + 1))
    return (
        bool(path)
        and _reference_name(pattern[0], path[0])
        and _reference_path(pattern[1:], path[1:])
    )


def _reference_name(pattern: str, name: str) -> bool:
    if not pattern:
        return not name
    if pattern[0] == "*":
        return any(_reference_name(pattern[1:], name[cut:]) for cut in range(len(name) + 1))
    if pattern.startswith("[ab]"):
        return name[:1] in {"a", "b"} and _reference_name(pattern[4:], name[1:])
    if pattern.startswith("[!a]"):
        return name[:1] not in {"", "a"} and _reference_name(pattern[4:], name[1:])
    fits = bool(name) and pattern[0] in ("?", name[0])
    return fits and _reference_name(pattern[1:], name[1:])


atoms = st.sampled_from(["a", "b", "*", "?", "[ab]", "[!a]", "aa", "**"])
segment = st.lists(atoms, min_size=1, max_size=5).map("".join)
patterns = st.lists(segment | st.just("**"), min_size=1, max_size=5).map("/".join)
paths = st.lists(st.text("abc", min_size=1, max_size=5), min_size=1, max_size=5).map("/".join)


@given(patterns, paths)
def test_path_pattern_agrees_with_naive_reference(pattern: str, path: str) -> None:
    expected = (
        _reference_path(pattern.split("/"), path.split("/"))
        if "/" in pattern
        else _reference_name(pattern, path.rpartition("/")[2])
    )
    assert PathGlob(pattern).matches(path) is expected


@given(st.text("ab*?", min_size=1, max_size=8), st.text("ab", max_size=8))
def test_name_pattern_agrees_with_naive_reference(pattern: str, name: str) -> None:
    assert NameGlob(pattern).matches(name) is _reference_name(pattern, name)
