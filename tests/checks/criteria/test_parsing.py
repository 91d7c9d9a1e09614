"""What is a criterion, what is none, and what to write instead."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from checks.config.rules import RULE_NAMES
from checks.criteria import (
    MAX_CHARACTERS,
    Criterion,
    CriterionError,
    DefinitionsOf,
    Exists,
    FindingsOf,
    Operator,
    Query,
    StageOf,
    Unit,
    parse,
)
from checks.globs import NameGlob, PathGlob
from checks.stages import Stage


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "count(forbidden-import) == 0",
            Criterion(FindingsOf(Unit.COUNT, "forbidden-import"), Operator.EQUAL, 0),
        ),
        (
            "files(forbidden-import, concept=engine, path=src/**, symbol=a.*, tests=no) <= 12",
            Criterion(
                FindingsOf(
                    *(Unit.FILES, "forbidden-import", "engine"),
                    path=PathGlob("src/**"),
                    symbol=NameGlob("a.*"),
                    tests=False,
                ),
                Operator.AT_MOST,
                12,
            ),
        ),
        ("definitions(engine) == 1", Criterion(DefinitionsOf("engine"), Operator.EQUAL, 1)),
        (
            "stage(shop.legacy.engine) >= redirect",
            Criterion(StageOf("shop.legacy.engine"), Operator.AT_LEAST, Stage.REDIRECT),
        ),
        (
            "exists(docs/*.md) != true",
            Criterion(Exists(PathGlob("docs/*.md")), Operator.UNEQUAL, value=True),
        ),
    ],
)
def test_each_function_is_read(text: str, expected: Criterion) -> None:
    assert parse(text) == expected
    assert str(expected) == text


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("\n count( backup-file )==0\r\n", "count(backup-file) == 0"),
        ("count(r,tests=no,path=a/b)>3", "count(r, path=a/b, tests=no) > 3"),
        ("count(r, path = a ,\n  concept = b) < 1", "count(r, concept=b, path=a) < 1"),
        ('exists("docs/a.md") == true', "exists(docs/a.md) == true"),
        ('exists("docs/plan, (old).md")!=false', 'exists("docs/plan, (old).md") != false'),
        ("count(r, path=[!a]*) == 0", "count(r, path=[!a]*) == 0"),
        ('count(r, symbol="Context(metadata)") == 0', 'count(r, symbol="Context(metadata)") == 0'),
    ],
)
def test_one_canonical_text_stands_for_all_spellings(text: str, canonical: str) -> None:
    assert str(parse(text)) == canonical


@pytest.mark.parametrize(
    ("text", "position", "problem"),
    [
        ("", 1, "for example 'count(forbidden-import) == 0'"),
        (" \n", 1, "for example 'count(forbidden-import) == 0'"),
        ("== 0", 1, "write what is measured: count(…)"),
        ("Count(r) == 0", 1, "did you mean 'count'?"),
        ("count == 0", 7, "write '(' after 'count'"),
        ("count() == 0", 7, "write the rule first"),
        ("count(concept=c) == 0", 7, "write the rule first"),
        ("count(r c) == 0", 9, "write ',' or ')' here"),
        ("count(r,) == 0", 9, "write a filter: concept=, path=, symbol= or tests=no"),
        ("count(r, paht=a) == 0", 10, "did you mean 'path'?"),
        ("count(r, path==a) == 0", 10, "write 'path=' followed by the value"),
        ("count(r, path) == 0", 10, "write 'path=' followed by the value"),
        ("count(r, path=a, path=b) == 0", 18, "'path=' is there twice"),
        ("count(r, path=a,b) == 0", 17, "put a pattern that contains a comma in double quotes"),
        ("count(r, path=a b) == 0", 17, "write ',' or ')' here"),
        ("count(r, path=) == 0", 15, "write a pattern"),
        ("count(r, path='a') == 0", 15, "in straight double quotes"),
        ("count(r, path=“a”) == 0", 15, "in straight double quotes"),
        ('count(r, path="a) == 0', 15, "the double quote is not closed"),
        ('count(r, path="") == 0', 15, "the pattern is empty"),
        ("count(r, path=src/) == 0", 15, "write 'src/**' for everything below the folder"),
        ("count(r, path=/src/*) == 0", 15, "leave out the leading '/'"),
        ("count(r, symbol=[a]) == 0", 17, "only '*' and '?' work in names"),
        ("count(r, tests=yes) == 0", 16, "write 'tests=no', or leave it out"),
        ('count("r") == 0', 7, "write 'r'"),
        ("count(r, concept=a.b) == 0", 18, "write the name of a concept"),
        ("definitions() == 1", 13, "for example 'definitions(engine)'"),
        ("definitions(concept=c) == 1", 13, "write it alone, without 'concept='"),
        ("definitions(c, tests=no) == 1", 14, "'definitions(…)' takes one thing"),
        ("stage() == removed", 7, "write a dotted module name"),
        ("stage(a/b.py) == removed", 7, "write the dotted module name 'a.b'"),
        ("exists(path=a) == true", 8, "write it alone, without 'path='"),
        ("count(r)", 9, "write what it must be, for example 'count(…) == 0'"),
        ("exists(a)", 10, "write what it must be, for example 'exists(…) == false'"),
        ("count(r) = 0", 10, "write '=='"),
        ("count(r) => 0", 10, "write '>='"),
        ("count(r) ≥ 0", 10, "write one of == != < <= > >="),
        ("count(r) ==", 12, "write a whole number, 0 or more"),
        ("count(r) == -1", 13, "write a whole number, 0 or more"),
        ("count(r)==-1", 11, "write a whole number, 0 or more"),
        ("count(r) == 01", 13, "write a whole number, 0 or more"),
        ("count(r) == ٣", 13, "write a whole number, 0 or more"),
        ("count(r) == 1.5", 13, "write a whole number, 0 or more"),
        ("count(r) == true", 13, "write a whole number, 0 or more"),
        ("definitions(c) == removed", 19, "write a whole number, 0 or more"),
        ("stage(a) == Removed", 13, "did you mean 'removed'?"),
        ("stage(a) == 3", 13, "write one of implementation, warns, redirect, removed"),
        ("stage(a) == true", 13, "write one of implementation, warns, redirect, removed"),
        ("exists(a) == True", 14, "did you mean 'true'?"),
        ("exists(a) == 1", 14, "write one of true, false"),
        ("exists(a) >= true", 11, "compare it with '==' or '!='"),
        ("count(r) == 0 and count(s) == 0", 15, "nothing may follow '0'"),
        ("count(r) == 1,000", 14, "nothing may follow '1'"),
        ("count(r, path=a--b) == 0", 16, "write '-?'"),
        ("count(r)\u00a0== 0", 9, "U+00A0 is not a plain space"),
        ("count(r) \u202e== 0", 10, "\\u202e is invisible"),
        ('count(r, path="a\tb") == 0', 15, "a tab or line end is invisible"),
    ],
)
def test_anything_else_is_an_error_that_says_where_and_what(
    text: str, position: int, problem: str
) -> None:
    with pytest.raises(CriterionError) as caught:
        parse(text)

    assert (caught.value.position, problem in caught.value.problem) == (position, True), str(
        caught.value
    )
    assert str(caught.value).startswith(f"character {position}: ")


def test_error_travels_between_processes() -> None:
    with pytest.raises(CriterionError) as caught:
        parse("count")

    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_error_shows_the_beginning_of_a_long_word_only() -> None:
    with pytest.raises(CriterionError) as caught:
        parse(f"{'x' * 400}() == 0")

    assert "x" * 41 not in str(caught.value)


def test_text_that_is_too_long_is_refused_in_either_form() -> None:
    def criterion(length: int) -> str:
        return f"exists({'a' * (length - 15)}) == true"

    assert len(criterion(MAX_CHARACTERS)) == MAX_CHARACTERS + 1
    assert len(str(parse(criterion(MAX_CHARACTERS - 1)))) == MAX_CHARACTERS
    for text in (criterion(MAX_CHARACTERS), criterion(MAX_CHARACTERS).replace(" ", "")):
        with pytest.raises(CriterionError, match="at most 500 characters"):
            parse(text)


NAMES = st.from_regex(r"[A-Za-z0-9](?:-?[A-Za-z0-9_])*", fullmatch=True)
UNSEEN_OR_QUOTE = st.characters(
    codec="utf-8", exclude_categories=("C", "Z"), exclude_characters='"', include_characters=" "
)


def is_pattern(text: str) -> bool:
    try:
        PathGlob(text)
        NameGlob(text.replace("[", "").replace("]", ""))
    except ValueError:
        return False
    return "--" not in text


TEXTS = st.text(UNSEEN_OR_QUOTE, min_size=1, max_size=30).filter(is_pattern)
PATHS = TEXTS.map(PathGlob)
SYMBOLS = TEXTS.filter(lambda text: not set(text) & set("[]")).map(NameGlob)
MODULES = st.from_regex(r"[a-z_]+(\.[a-z_]+)*", fullmatch=True)
FINDINGS: st.SearchStrategy[Query] = st.builds(
    FindingsOf,
    st.sampled_from(Unit),
    st.one_of(st.sampled_from(RULE_NAMES), NAMES),
    st.one_of(st.just(""), NAMES),
    st.one_of(st.none(), PATHS),
    st.one_of(st.none(), SYMBOLS),
    st.booleans(),
)
EQUALS = st.sampled_from((Operator.EQUAL, Operator.UNEQUAL))
CRITERIA = st.one_of(
    st.builds(
        Criterion,
        st.one_of(FINDINGS, st.builds(DefinitionsOf, NAMES)),
        st.sampled_from(Operator),
        st.integers(min_value=0, max_value=10**9),
    ),
    st.builds(
        Criterion, st.builds(StageOf, MODULES), st.sampled_from(Operator), st.sampled_from(Stage)
    ),
    st.builds(Criterion, st.builds(Exists, PATHS), EQUALS, st.booleans()),
).filter(lambda criterion: len(str(criterion)) <= MAX_CHARACTERS)


@given(criterion=CRITERIA)
def test_every_criterion_is_read_back_from_its_text(criterion: Criterion) -> None:
    text = str(criterion)

    assert parse(text) == criterion
    assert "--" not in text
    assert text.isprintable()


@given(criterion=CRITERIA)
def test_every_criterion_is_one_comment_of_a_checklist_item(criterion: Criterion) -> None:
    comment = f"<!-- ssot: {criterion} @0123456789ab/#12 -->"
    tokens = MarkdownIt("commonmark").parse(f"- [ ] Update *imports* {comment}\n")
    (inline,) = (token for token in tokens if token.type == "inline")

    assert [c.content for c in inline.children or () if c.type == "html_inline"] == [comment]


PIECES = (
    *("count", "files", "definitions", "stage", "exists", "(", ")", ",", "=", "==", "<", ">="),
    *("path", "concept", "symbol", "tests", "no", "a.b", "src/**", '"', '"a b"', "[", "-", "0"),
    *("removed", "true", " ", "\n", "é", "'", "!"),
)


@given(text=st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES)).map("".join)))
def test_any_text_is_a_criterion_with_a_canonical_form_or_an_error(text: str) -> None:
    try:
        criterion = parse(text)
    except CriterionError as error:
        assert 1 <= error.position <= len(text) + 1
        assert error.problem
    else:
        assert str(parse(str(criterion))) == str(criterion)
