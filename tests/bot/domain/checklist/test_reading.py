"""Which boxes GitHub renders, and where they stand."""

from __future__ import annotations

import pytest

from bot.domain.checklist import items
from tests.bot.domain.checklist.examples import CRITERION, MARKER, OURS, boxes


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("- [ ] a", "-"),
        ("- [x] a", "x"),
        ("- [X] a", "x"),
        ("* [ ] a\n+ [x] b", "-x"),
        ("1. [ ] a\n2. [x] b", "-x"),
        ("1) [ ] a", "-"),
        ("123456789. [x] a", "x"),
        ("-    [ ] four blanks", "-"),
        ("-\t[x] a tab", "x"),
        ("   - [ ] three blanks before", "-"),
        ("- [ ] a\n\n- [x] loose\n\n  second paragraph\n", "-x"),
        ("- [ ] a\n  - [x] b\n    1. [ ] c\n", "-x-"),
        ("- plain\n  - [ ] below a plain one\n", "-"),
        ("- [ ]\n  the text is on the next line", "-"),
        ("-\n  [ ] behind a blank start", "-"),
        ("- [n]: https://example.org\n  [ ] behind a definition", "-"),
        ("- - [x] a list in a list", "x"),
        ("- [ ] **bold** and `code`", "-"),
        ("- [ ] <!-- nothing but a comment -->", "-"),
        ("<details>\n<summary>more</summary>\n\n- [x] folded\n\n</details>", "x"),
        ("text\n- [ ] interrupts a paragraph", "-"),
        ("> quote\n\n- [ ] behind a quote", "-"),
        ("```\n- [ ] code\n```\n- [x] behind code", "x"),
        ("\ufeff- [ ] behind a byte order mark", "-"),
        ("- [ ] a\r- [x] lone CR\r\n- [ ] CRLF", "-x-"),
    ],
)
def test_box_that_github_renders_is_an_item(body: str, shown: str) -> None:
    assert boxes(body) == shown


@pytest.mark.parametrize(
    "body",
    [
        "- []",
        "-[ ] a",
        "[ ] a",
        "- [ ]",
        "- [ ] ",
        "- [ ] \n\n  a paragraph further down",
        "- [ ]a",
        "- [  ] a",
        "- [y] a",
        "- \\[ ] a",
        "- text [ ] a",
        "- `[ ] a`",
        "-      [ ] five blanks make it code",
        "    - [ ] indented code",
        "```\n- [ ] fenced\n```",
        "~~~~\n```\n- [ ] fenced\n~~~\n",
        "- ```\n  - [ ] fenced in a list\n  ```",
        "```\n- [ ] a fence that never ends",
        "> - [ ] quoted",
        "- > - [ ] quoted in a list",
        "<!--\n- [ ] in a comment\n-->",
        "<!-- a comment\n\n- [ ] that never ends",
        "<details>\n- [ ] HTML until a blank line\n</details>",
        "<pre>\n\n- [ ] preformatted\n\n</pre>",
        "- # [ ] a heading",
        "- [ ] a heading\n  ===",
        "1234567890. [ ] too long a number",
        "text\n2. [ ] only a 1 interrupts a paragraph",
        "<!-- ssot:progress -->\n- [ ] ours\n<!-- /ssot:progress -->",
    ],
)
def test_what_github_shows_as_text_is_no_item(body: str) -> None:
    assert items(body) == ()


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_places_point_at_the_box_and_the_end_of_the_line(line_end: str) -> None:
    body = line_end.join(
        [
            "",
            "\t\u00dcmlaut \ud83d\ude80",
            "",
            "-\t[x] \u221a\u00ba a  ",
            "",
            " 1. [ ] b\0",
            "    c",
            "",
        ]
    )

    first, second = items(body)

    assert (first.line, second.line) == (4, 6)
    assert [body[item.box - 1 : item.box + 2] for item in (first, second)] == ["[x]", "[ ]"]
    assert body[first.first_end :].startswith(f"  {line_end}{line_end} 1.")
    assert body[second.first_end :].startswith(f"{line_end}    c")
    assert second.text == "b\ufffd c"


def test_children_know_the_nearest_item_above() -> None:
    body = (
        "- [ ] a\n  - [ ] b\n    - plain\n      - [ ] c\n  - [ ] d\n- plain\n  - [ ] e\n- [ ] f\n"
    )

    assert [item.parent for item in items(body)] == [None, 0, 1, 0, None, None]


@pytest.mark.parametrize(
    "body",
    [
        f"- [ ] Update imports {MARKER}",
        f"- [ ] {MARKER} Update imports",
        f"- [ ] Update\n  imports {MARKER}",
        f"- [ ] Update\n      imports {MARKER} \n",
        f"- [ ] Update imports\n  {MARKER}\n",
        f"- [ ] Update imports\n\n  {MARKER}\n",
        f"1. [ ] Update **imports <!--ssot:{CRITERION}-->**",
        f"- [ ] Update [imports {MARKER}](https://example.org)",
        f"- [ ] `Update` <!--\tssot:  {CRITERION}\t-->",
    ],
)
def test_marker_at_an_item_is_read(body: str) -> None:
    (item,) = items(body)
    (marker,) = item.markers

    assert (marker.text, marker.evidence, item.problem) == (CRITERION, None, "")
    assert body[marker.start : marker.start + 4] + body[marker.end - 3 : marker.end] == "<!---->"
    assert body[: marker.text_end].endswith(CRITERION)
    assert "ssot" not in item.text


def test_list_forty_levels_deep_is_read() -> None:
    body = "".join(f"{'  ' * depth}- [ ] a\n" for depth in range(40)) + "- [x] b\n"

    assert boxes(body) == "-" * 40 + "x"


def test_evidence_is_read_apart_from_the_criterion() -> None:
    ((marker,),) = (item.markers for item in items(f"- [x] a <!-- ssot: {CRITERION} {OURS} -->"))

    assert (marker.text, str(marker.evidence)) == (CRITERION, OURS)


@pytest.mark.parametrize(
    "body",
    [
        f"- [ ] write `{MARKER}` there",
        f"- [ ] write ``a\n  {MARKER}`` there",
        f"- [ ] write \\{MARKER} there",
        f"- [ ] <a title='{MARKER}'>b</a>",
        f"- [ ] a\n\n  `{MARKER}`",
        f"- [ ] a\n\n      {MARKER}",
        f"- [ ] a\n  - b {MARKER}",
        f"- [ ] a\n\n  > {MARKER}",
        f"- [ ] a\n\n  <div>\n  {MARKER}\n  </div>",
        f"- [ ] a\n\n{MARKER}",
        "- [ ] a <!-- ssot:finding=0123456789abcdef -->",
        "- [ ] a <!-- not ours -->",
    ],
)
def test_what_only_looks_like_a_marker_is_none(body: str) -> None:
    (item,) = items(body)

    assert (item.markers, item.problem) == ((), "")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (f"- [ ] a {MARKER} <!-- ssot: exists(b.py) == true -->", "two criteria"),
        ("- [ ] a <!-- ssot: -->", "cannot be read"),
        ("- [ ] a <!-- ssot: exists(b.py)\n  == true -->", "cannot be read"),
        ("- [ ] a <!-- ssot: exists(b--c.py) == true -->", "cannot be read"),
        ("- [\t] a", "tab"),
    ],
)
def test_item_that_cannot_be_decided_says_why(body: str, problem: str) -> None:
    (item,) = items(body)

    assert problem in item.problem
