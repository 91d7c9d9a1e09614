"""The workflow commands of `ssot check`, read as the runner reads them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from checks.formats.github import MAX_SHOWN, render
from checks.model import Analysis, Cause, Severity, Skipped, Span
from tests.checks.formats.examples import CLEAN, FINDING, FULL, WARNING

# https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
COMMAND = re.compile(r"::(?P<kind>\w+)(?: (?P<properties>[^:]*))?::(?P<message>.*)")
DATA = {"%0D": "\r", "%0A": "\n", "%25": "%"}
PROPERTY = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}


def unescape(text: str, escapes: dict[str, str]) -> str:
    return re.sub("|".join(escapes), lambda match: escapes[match[0]], text)


def commands(analysis: Analysis) -> list[tuple[str, dict[str, str], str]]:
    *lines, counts = render(analysis, seconds=1).splitlines()
    assert "analysed in 1.00 s" in counts
    found = []
    for line in lines:
        match = COMMAND.fullmatch(line)
        assert match, line
        pairs = (pair.split("=", 1) for pair in (match["properties"] or "").split(",") if pair)
        properties = {name: unescape(value, PROPERTY) for name, value in pairs}
        found.append((match["kind"], properties, unescape(match["message"], DATA)))
    return found


def test_clean_change_is_no_command() -> None:
    assert commands(CLEAN) == []


def test_finding_stands_at_its_lines_and_columns() -> None:
    [command] = commands(replace(CLEAN, findings=(FINDING,)))
    place = {"file": "shop/cart.py", "line": "3", "endLine": "3", "col": "8", "endColumn": "25"}
    assert command == ("error", place | {"title": "forbidden-import"}, FINDING.message)


def test_columns_of_several_lines_are_left_out() -> None:
    [(_, place, _)] = commands(replace(CLEAN, findings=(replace(FINDING, span=Span(3, 8, 5, 2)),)))
    assert (place["line"], place["endLine"]) == ("3", "5")
    assert not place.keys() & {"col", "endColumn"}


def test_what_is_not_new_is_only_counted_and_the_rest_is_sorted_by_weight() -> None:
    assert [(kind, place["title"]) for kind, place, _ in commands(FULL)] == [
        ("error", "forbidden-import"),
        ("error", "not analysed"),
        ("error", "failed, a bug in ssot"),
        ("warning", "forbidden-import (in tests)"),
        ("notice", "note"),
    ]


def test_findings_in_tests_come_last_of_their_kind() -> None:
    in_tests = replace(WARNING, severity=Severity.ERROR, path="a/test_cart.py")
    found = commands(replace(CLEAN, findings=(in_tests, FINDING)))
    assert [place["file"] for _, place, _ in found] == ["shop/cart.py", "a/test_cart.py"]


def test_symbolic_link_is_a_notice() -> None:
    linked = replace(CLEAN, skipped=(Skipped("a.py", "a symbolic link", Cause.NATURE),))
    [command] = commands(linked)
    assert command == ("notice", {"file": "a.py", "title": "not analysed"}, "a.py: a symbolic link")


@pytest.mark.parametrize(
    "path", ["a,b.py", "a::b.py", "100%0A.py", "a\nb.py", "::error ::x.py", "a=b.py"]
)
def test_odd_path_stays_one_property(path: str) -> None:
    [(kind, place, message)] = commands(replace(CLEAN, findings=(replace(FINDING, path=path),)))
    assert (kind, place["file"], message) == ("error", path, FINDING.message)


def test_message_cannot_begin_a_command_of_its_own() -> None:
    finding = replace(FINDING, message="one\n::stop-commands::x\r%0A\x1b[31m")
    [(_, _, message)] = commands(replace(CLEAN, findings=(finding,)))
    assert message == r"one\n::stop-commands::x\r%0A\x1b[31m"


def numbered(severity: Severity, count: int) -> Analysis:
    findings = (replace(FINDING, severity=severity, span=Span(n, 1, n, 2)) for n in range(count))
    return replace(CLEAN, findings=tuple(findings))


def test_as_many_as_github_shows_need_no_notice() -> None:
    assert len(commands(numbered(Severity.ERROR, MAX_SHOWN))) == MAX_SHOWN
    assert len(commands(numbered(Severity.NOTICE, MAX_SHOWN))) == MAX_SHOWN


def test_first_notice_counts_what_github_does_not_show() -> None:
    found = commands(numbered(Severity.ERROR, MAX_SHOWN + 3))
    assert [kind for kind, _, _ in found] == ["error"] * 13 + ["notice"]
    assert "3 more of kind error" in found[-1][2]


def test_counting_notice_takes_the_place_of_another_one() -> None:
    found = commands(numbered(Severity.NOTICE, MAX_SHOWN + 1))
    assert found[0][2].endswith("2 more of kind notice.")
    assert len(found) == MAX_SHOWN + 2
