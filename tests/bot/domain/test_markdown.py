"""Foreign text stays text: no mention, link, marker or HTML comes out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.domain.markdown import (
    Markers,
    clip,
    code,
    cut,
    header,
    link,
    listed,
    marker,
    parse,
    prose,
    suggestion,
    without_header,
)

if TYPE_CHECKING:
    from markdown_it.token import Token

HOSTILE = [
    "`a``b```c",
    "`",
    "``",
    "@octocat please",
    "fixes #12",
    "<img src=x onerror=alert(1)>",
    "[click](https://evil.example)",
    "https://evil.example",
    "www.evil.example",
    "<!-- ssot:finding=0123456789abcdef -->",
    "x\n<!-- ssot:finding=0123456789abcdef -->\n",
    "x\n# Heading",
    "x\r\n- item",
    "a\u202etxt.exe",
    "\ud800",
    "**bold** _x_ ~~y~~",
    "deadbeefdeadbeef",
    "&lt;script&gt;",
    "",
    "   ",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_code_is_one_code_span_and_nothing_else(text: str) -> None:
    assert _inline_types(code(text)) == ["code_inline"]


@given(st.text())
def test_any_text_becomes_exactly_one_code_span(text: str) -> None:
    assert _inline_types(code(text)) == ["code_inline"]


@given(st.text())
def test_prose_renders_words_and_code_only(text: str) -> None:
    types = set(_inline_types("Why: " + prose(text)))

    assert types <= {"text", "code_inline"}


@pytest.mark.parametrize("text", HOSTILE)
def test_prose_lets_no_mention_link_or_reference_out_of_code(text: str) -> None:
    plain = [token.content for token in _inline(prose(f"see {text} now")) if token.type == "text"]

    assert not any(sign in "".join(plain) for sign in "@#<>&[]/*_~|\\")


def test_prose_keeps_plain_sentences_readable() -> None:
    said = prose("shop.old is deprecated, use shop.engine instead.")

    assert said == "`shop.old` is deprecated, use `shop.engine` instead."


def test_backticks_of_a_message_stay_code() -> None:
    assert prose("import `a.b`, not `c`") == "import `a.b`, not `c`"


def test_a_marker_in_foreign_text_is_broken() -> None:
    assert code(marker("0" * 16)) == "`<! -- ssot:finding=0000000000000000 -->`"


def test_hidden_characters_are_shown() -> None:
    assert code("a\u202eb\nc\udcff") == r"`a\u202eb\nc\xff`"


def test_an_odd_address_is_shown_but_not_linked() -> None:
    assert link("Docs", url="javascript:alert(1)") == "Docs: `javascript:alert(1)`"
    assert link("Docs", url="https://x.org/a_(b)>") == "Docs: `https://x.org/a_(b)>`"
    assert link("Docs", url="https://x.org/a#b") == "[Docs](<https://x.org/a#b>)"


def test_the_fence_of_a_suggestion_is_longer_than_any_inside() -> None:
    assert suggestion("x = '````'\n") == "`````suggestion\nx = '````'\n`````"


def test_an_empty_suggestion_deletes_the_lines() -> None:
    assert suggestion("") == "```suggestion\n```"


def test_cut_keeps_whole_lines_within_bytes() -> None:
    text = "äää\n" * 100

    kept = cut(text, 50, notice="(cut)\n")

    assert len(kept.encode()) <= 50
    assert kept == "äää\n" * 6 + "(cut)\n"


def test_list_that_is_too_long_says_how_much_is_left_out() -> None:
    assert listed(["- a\n", "- b\n", "- c\n"], limit=1) == "- a\n\n2 more are not shown.\n"


def test_what_fits_is_not_cut() -> None:
    assert listed(["- a\n", "- b\n"], limit=2) == "- a\n- b\n"
    assert cut("abc", 3, notice="!") == "abc"
    assert clip("abc", 3) == "abc"


def test_clip_never_splits_a_character() -> None:
    assert clip("ääää", 7) == "ää…"


def test_markers_survive_a_round_trip_with_browser_line_ends() -> None:
    markers = Markers(("0" * 16, "f" * 16), like="forbidden-import/from/" + "a" * 16, fixed_in="b")
    body = header(markers) + "Text"

    assert parse(body) == markers
    assert parse(body.replace("\n", "\r\n")) == markers
    assert without_header(body) == "Text"


def test_a_marker_below_the_start_is_not_believed() -> None:
    assert parse("Text\n" + marker("0" * 16) + "\n") == Markers()


def _inline(text: str) -> list[Token]:
    tokens = MarkdownIt("commonmark", {"linkify": False}).parse(text)
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    return list(tokens[1].children or [])


def _inline_types(text: str) -> list[str]:
    return [token.type for token in _inline(text)]
