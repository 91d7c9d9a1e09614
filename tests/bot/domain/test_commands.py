"""Which lines of a comment call a command."""

from __future__ import annotations

import pytest

from bot.domain.commands import MAX_CALLS, parse
from bot.domain.unquoted import MAX_CHARACTERS


def names(body: str) -> list[str]:
    return [call.name for call in parse(body)]


@pytest.mark.parametrize(
    "body",
    [
        "/ssot help",
        "/ssot help   ",
        "/ssot Help",
        "/ssot\thelp",
        "Hello\n/ssot help",
        "Hello\r\n\r\n/ssot help\r\nBye",
        "one\r/ssot help\rtwo",
        "- a\n\n/ssot help",
        "> quoted\n\n/ssot help",
        "```\ncode\n```\n/ssot help",
        "<!-- note -->\n/ssot help",
        "/ssot help\n---",
        "/ssot\u00a0help",
        "/ssot help\u00a0",
        "<details>\n\nlog\n\n</details>\n\n/ssot help",
        "List<String> is meant\n\n/ssot help",
        "<br>\n\n/ssot help",
        "<!-- <details> -->\n\n/ssot help",
        "</details>\n\n/ssot help",
    ],
)
def test_line_that_begins_with_the_prefix_is_a_call(body: str) -> None:
    assert names(body) == ["help"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "please /ssot help",
        " /ssot help",
        "/ssothelp",
        "/SSOT help",
        "> /ssot help",
        "> quoted\n/ssot help",
        "- > /ssot help",
        "```\n/ssot help\n```",
        "~~~~\n/ssot help\n~~~\n",
        "```\n/ssot help",
        "    /ssot help",
        "`inline\n/ssot help\ncode`",
        "<!--\n/ssot help\n-->",
        "text <!--\n/ssot help\n-->",
        "<!-- never closed\n/ssot help",
        "<pre>\n/ssot help\n</pre>",
        "<div>\n/ssot help\n</div>",
        "`a\n/ssot help`",
        "a **b\n/ssot help** c",
        "[a\n/ssot help](x)",
        "<details>\n<summary>Log</summary>\n\n/ssot help\n\n</details>",
        "<blockquote>\n\n/ssot help\n\n</blockquote>",
        "<DIV align=left>\n\n<p>\n\n/ssot help\n\n</div>",
        "a <b>c\n/ssot help\n</b>",
        "> quoted\n\u00a0\n/ssot help",
    ],
)
def test_line_that_is_no_plain_text_is_none(body: str) -> None:
    assert names(body) == []


def test_several_calls_keep_their_order() -> None:
    assert names("/ssot b\ntext\n```\n/ssot no\n```\n/ssot a\r\n/ssot c") == ["b", "a", "c"]


def test_words_and_options_are_told_apart() -> None:
    (call,) = parse('/ssot waive rule "a b/*.py" until=2027-01-01 reason="it *is* `so`, x=1"')

    assert call.words == ("rule", "a b/*.py")
    assert call.options == {"until": "2027-01-01", "reason": "it *is* `so`, x=1"}


def test_quotation_marks_of_phones_are_read() -> None:
    (call,) = parse("/ssot waive rule reason=“all good”")

    assert call.options == {"reason": "all good"}


def test_quoted_word_with_an_equals_sign_is_no_option() -> None:
    assert parse('/ssot waive rule "a=b.py"')[0].words == ("rule", "a=b.py")


@pytest.mark.parametrize(
    "line",
    ['/ssot waive x reason="open', "/ssot waive a=1 a=2", '/ssot waive "a"b', "/ssot a=1 a=2"],
)
def test_line_that_cannot_be_read_says_why(line: str) -> None:
    (call,) = parse(line)

    assert call.problem
    assert (call.words, call.options) == ((), {})


def test_blank_that_does_not_break_parts_words() -> None:
    assert parse("/ssot waive\u00a0rule\u00a0until=2027-01-01")[0].words == ("rule",)


def test_prefix_alone_is_a_call_without_a_name() -> None:
    assert names("/ssot") == [""]


def test_only_so_many_calls_count() -> None:
    assert len(parse("/ssot help\n" * 50)) == MAX_CALLS


def test_line_that_ends_beyond_the_limit_is_not_read_in_part() -> None:
    padding = "x" * (MAX_CHARACTERS - 20)

    assert names(f"/ssot help\n{padding}\n/ssot waive rule until=2027-01-01") == ["help"]


def test_characters_that_stand_for_calls_while_parsing_fake_none() -> None:
    assert names("\ue000\U000f0000 no\n```\n/ssot help\n```") == []
