"""The block of an issue's body that we keep."""

from __future__ import annotations

import pytest

from bot.domain.checklist import progress_of, with_progress

START, END = "<!-- ssot:progress -->", "<!-- /ssot:progress -->"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_block_is_replaced_and_every_other_byte_stays(line_end: str) -> None:
    before = f"\ufeffa  {line_end}\u221a\u00f6{line_end}  {START} {line_end}"
    after = f" {END}\t{line_end}\r\n\n- [ ] z"

    body = with_progress(f"{before}old{line_end}{after}", "new\n\n* lines")

    assert body == f"{before}new{line_end}{line_end}* lines{line_end}{after}"
    assert progress_of(body) == "new\n\n* lines"
    assert with_progress(body, "new\n\n* lines") == body


@pytest.mark.parametrize(
    "content", ["", "a", "a\n", "\na", "\n", "```\ncode\n```", "<b>\n\n- [ ] x"]
)
def test_block_gives_back_what_was_written(content: str) -> None:
    body = with_progress(f"{START}\n{END}", content)

    assert body is not None
    assert progress_of(body) == content
    assert body.endswith(END)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "nothing",
        START,
        END,
        f"{END}\n{START}",
        f"{START} text\n{END}",
        f"text {START}\n\n{END}",
        f"```\n{START}\n{END}\n```",
        f"{START}\n```\n{END}",
        f"    {START}\n\n    {END}",
        f"> {START}\n> {END}",
        f"- a\n  {START}\n  {END}",
        f"<pre>\n{START}\n{END}\n</pre>",
        f"<!--\n{START}\n{END}",
    ],
)
def test_body_without_a_block_of_its_own_has_none(body: str) -> None:
    assert progress_of(body) is None
    assert with_progress(body, "new") is None


def test_first_of_two_blocks_is_replaced() -> None:
    block = f"{START}\nold\n{END}\n"

    assert with_progress(block * 2, "new") == f"{START}\nnew\n{END}\n{block}"


@pytest.mark.parametrize("content", [END, f"a\n{END}\nb", "```", "<!--", "<pre>", "a\rb", "~~~\n"])
def test_content_that_would_not_stay_inside_is_refused(content: str) -> None:
    with pytest.raises(ValueError, match="would not fit"):
        with_progress(f"{START}\n{END}\n", content)
