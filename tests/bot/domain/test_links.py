"""Which issues the texts of a pull request link to."""

from __future__ import annotations

import pytest

from bot.domain.links import MAX_LINKS, Link, linked


def links(body: str = "", *, title: str = "", message: str = "", branch: str = "") -> list[Link]:
    return list(linked(title=title, body=body, messages=[message], branch=branch))


@pytest.mark.parametrize(
    "word",
    ["close", "Closes", "CLOSED", "fix", "fixes", "Fixed", "resolve", "resolves", "resolved"],
)
def test_closing_keyword_links(word: str) -> None:
    assert links(f"{word} #7") == [Link(7)]
    assert links(f"{word}: #7") == [Link(7)]


@pytest.mark.parametrize("words", ["Ref", "Refs", "References", "Part of", "part  of", "Issue"])
def test_naming_keyword_links(words: str) -> None:
    assert links(f"This is {words} #7.") == [Link(7)]


def test_other_repository_is_named_in_full() -> None:
    assert links("Refs acme/lib.py#12") == [Link(12, "acme", "lib.py")]


def test_list_behind_one_keyword_links_each() -> None:
    assert links("Refs #1, #2 and #3 & GH-4") == [Link(1), Link(2), Link(3), Link(4)]


def test_all_texts_are_read_and_each_issue_is_named_once() -> None:
    found = links("Fixes #2", title="Fixes #1", message="Part of #3\n\nfixes #1", branch="issue-4")
    assert found == [Link(1), Link(2), Link(3), Link(4)]


@pytest.mark.parametrize(
    "branch", ["issue-620", "fix/issue-620-engine", "issues/620", "x_issue_620"]
)
def test_branch_names_its_issue(branch: str) -> None:
    assert links(branch=branch) == [Link(620)]


@pytest.mark.parametrize("branch", ["issue", "tissue-620", "issue-620b", "620", "reissue620"])
def test_branch_without_issue_links_nothing(branch: str) -> None:
    assert links(branch=branch) == []


@pytest.mark.parametrize(
    "body",
    [
        "#7",
        "see #7",
        "prefixes #7",
        "hot-fix #7",
        "fixes #7th",
        "fixes 7",
        "fixes#7",
        "fixes #0",
        "fixes #12345678901",
        "`fixes #7`",
        "```\nfixes #7\n```",
        "    fixes #7",
        "> fixes #7",
        "> said\nfixes #7",
        "<!-- fixes #7 -->",
        "text <!-- fixes #7 --> text",
        "<b title='fixes #7'>x</b>",
        "fixes `x` #7",
    ],
)
def test_mention_code_quote_and_html_are_no_links(body: str) -> None:
    assert links(body) == []


def test_emphasis_does_not_part_keyword_and_number() -> None:
    assert links("**Fixes** #7") == [Link(7)]
    assert links("*Part of* [#7](https://example.org)") == [Link(7)]


def test_carriage_returns_end_lines() -> None:
    assert links("Intro\r\nFixes #7\r\nCloses #8\r\n") == [Link(7), Link(8)]


def test_no_more_are_taken_than_can_be_read() -> None:
    assert len(links("\n".join(f"fixes #{number}" for number in range(1, 100)))) == MAX_LINKS
