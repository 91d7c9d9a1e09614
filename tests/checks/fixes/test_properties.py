"""What holds for every suggestion: other lines stay, it compiles, a second time is nothing."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from checks.fixes import apply
from tests.checks.fixes.shop import findings, mended

if TYPE_CHECKING:
    from checks.model import Suggestion

NAMES = st.sampled_from(["OldEngine", "plan", "extra", "OldEngine as E", "plan as OldEngine"])
COMMENTS = st.sampled_from(["", "  # noqa: F401", "  # é: why"])
NEIGHBOURS = st.sampled_from(["", "x = 1\n", "\n", "# ünder way\n", 'y = """a\n  b"""\n'])


@st.composite
def from_imports(draw: st.DrawFn) -> str:
    source = draw(st.sampled_from(["shop.legacy.engine", ".legacy.engine", "shop . legacy.engine"]))
    names = draw(st.lists(NAMES, min_size=1, max_size=3))
    comment = draw(COMMENTS)
    layouts = [
        f"from {source} import {', '.join(names)}{comment}",
        f"from {source} import ({', '.join(names)}){comment}",
        f"from {source} import (\n    {f',{comment}{chr(10)}    '.join(names)},{comment}\n)",
        f"from {source} import \\\n  {', '.join(names)}{comment}",
        f"import json; from {source} import {', '.join(names)}; import os{comment}",
    ]
    return draw(st.sampled_from(layouts))


OTHERS = st.sampled_from(
    [
        "import shop.legacy.engine as old, json",
        "from shop.legacy import engine",
        'mock.patch("shop.legacy.engine.plan", "é")  # é',
        "shop.engine.Cart(1, metadata=2)",
        "a = b = (Cart(metadata={}), Cart(notes=1, metadata=2))",
        "if True: from shop.legacy.engine import plan",
    ]
)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    blocks = ["import shop.engine\nfrom shop.engine import Cart\n"]
    for statement in draw(st.lists(st.one_of(from_imports(), OTHERS), min_size=1, max_size=4)):
        guard = draw(st.sampled_from(["", "def f():", "try:", "if TYPE_CHECKING:"]))
        indent = draw(st.sampled_from(["  ", "\t"]))
        if guard and "\n" not in statement:
            ending = "finally:\n  pass\n" if guard == "try:" else ""
            blocks.append(f"{guard}\n{indent}{statement}\n{ending}")
        else:
            blocks.append(f"{statement}\n")
        blocks.append(draw(NEIGHBOURS))
    text = "".join(blocks)
    text = text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + text.encode()


def _lines(content: bytes) -> list[bytes]:
    return re.findall(rb"[^\n]*\n", content)


def _suggestions(content: bytes) -> list[Suggestion]:
    offers = {finding.suggestion for finding in findings(content)} - {None}
    return sorted((s for s in offers if s), key=lambda s: s.start_line)


@settings(deadline=None, max_examples=60)
@given(files())
def test_suggestion_changes_no_other_line_and_compiles(content: bytes) -> None:
    before = _lines(content)
    for suggestion in _suggestions(content):
        made = apply(content, [suggestion])
        after = _lines(made)
        rest = len(before) - suggestion.end_line
        assert after[: suggestion.start_line - 1] == before[: suggestion.start_line - 1]
        assert after[len(after) - rest :] == before[suggestion.end_line :]
        compile(made, "made", "exec")


@settings(deadline=None, max_examples=60)
@given(files())
def test_what_was_mended_is_not_mended_again(content: bytes) -> None:
    made = mended(content)
    if made is not None:
        assert isinstance(made, bytes)
        compile(made, "made", "exec")
        assert mended(made) is None


@settings(deadline=None, max_examples=60)
@given(files())
def test_suggestions_overlap_nowhere(content: bytes) -> None:
    offers = _suggestions(content)

    assert all(one.end_line < two.start_line for one, two in pairwise(offers))


@settings(deadline=None, max_examples=60)
@given(files())
def test_all_suggestions_together_leave_what_none_was_offered_for(content: bytes) -> None:
    made = mended(content)
    if made is not None:
        left = sorted(f.symbol for f in findings(content) if f.suggestion is None)
        assert sorted(f.symbol for f in findings(made)) == left
