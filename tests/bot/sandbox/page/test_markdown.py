"""Markdown of strangers, shown without anything that runs or loads."""

from __future__ import annotations

import pytest

from bot.sandbox.page.markdown import render, render_with_boxes, suggested, toggled


def test_markup_is_rendered() -> None:
    assert render("**bold** `code`") == "<p><strong>bold</strong> <code>code</code></p>\n"


def test_hidden_marker_is_not_shown() -> None:
    assert "ssot" not in render("Text\n\n<!-- ssot:finding=0123456789abcdef -->")
    assert render("a <!-- x --> b") == "<p>a  b</p>\n"


def test_details_fold() -> None:
    shown = render("<details><summary>More</summary>\n\n*inside*\n\n</details>")
    assert "<details><summary>More</summary>" in shown
    assert "<em>inside</em>" in shown


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "<details open onclick=alert(1)>",
        "[x](javascript:alert(1))",
        "![x](https://example.org/x.png)",
        "```suggestion\n<b>\n```",
        "`<b>`",
    ],
)
def test_nothing_runs_or_loads(text: str) -> None:
    shown = render(text)
    for forbidden in ("<script", "<img", "<b>", "<details open", 'href="javascript'):
        assert forbidden not in shown


def test_suggestion_is_named() -> None:
    assert "Suggested change" in render("```suggestion\na = 1\n```")
    assert "Suggested change" not in render("```python\na = 1\n```")


def test_boxes_of_a_checklist_are_shown() -> None:
    shown = render("- [x] one\n- [ ] *two*\n- #\n-\n- `[ ] code`\n\n[ ] no item")
    for part in ("☑ one", "☐ <em>two</em>", "<code>[ ] code</code>", "<p>[ ] no item</p>"):
        assert part in shown


def test_suggestion_is_what_its_fence_holds() -> None:
    assert suggested("Better:\n\n````suggestion\na = 1\n```\n````\n") == "a = 1\n```\n"
    assert suggested("```suggestion\n```") == ""
    assert suggested("```python\na = 1\n```") is None


def test_box_of_a_form_is_named_by_its_line_and_item() -> None:
    shown = render_with_boxes("Text\n\n- [x] `one` <!-- m -->\n  - [ ] two\n")
    assert 'aria-checked="true" name="line" value="2" aria-label="`one`">☑</button>' in shown
    assert 'aria-checked="false" name="line" value="3" aria-label="two">☐</button>' in shown


def test_box_is_toggled_and_all_else_stays() -> None:
    text = "a\r\n- [ ] b [ ] \r\n* [X] c"
    assert toggled(text, 1) == "a\r\n- [x] b [ ] \r\n* [X] c"
    assert toggled(text, 2) == "a\r\n- [ ] b [ ] \r\n* [ ] c"
    assert toggled(text, 0) is None
    assert toggled(text, 9) is None


def test_number_is_a_link_outside_of_code_and_links() -> None:
    shown = render("#2, `#3`, [#4](https://example.org), a#5, #6x", repository="acme/shop")
    assert shown.count("<a ") == 2
    assert '<a href="/acme/shop/issues/2">#2</a>' in shown
    assert "<a " not in render("#2")
    assert '<a href="/acme/shop/issues/2">#2</a>, #x' in render("#2, #x", repository="acme/shop")
