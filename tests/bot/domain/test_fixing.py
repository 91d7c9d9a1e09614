"""One commit out of many suggestions."""

from __future__ import annotations

from bot.domain.fixing import edited, message
from checks.model import Finding, Suggestion
from tests.bot.domain.examples import finding, pull

TEXT = b"one\ntwo\nthree\nfour\n"


def suggest(start: int, end: int, replacement: str, path: str = "a.py") -> Finding:
    return finding(path, start, suggestion=Suggestion(start, end, replacement))


def test_several_edits_of_a_file_are_made_together() -> None:
    edits = [suggest(1, 1, "1\n"), suggest(3, 4, ""), suggest(2, 2, "2\n2\n")]

    assert edited({"a.py": TEXT}, edits) == {"a.py": b"1\n2\n2\n"}


def test_findings_that_share_an_edit_make_it_once() -> None:
    edits = [suggest(2, 2, "2\n"), suggest(2, 2, "2\n")]

    assert edited({"a.py": TEXT}, edits) == {"a.py": b"one\n2\nthree\nfour\n"}


def test_of_edits_that_overlap_the_last_is_made() -> None:
    edits = [suggest(1, 3, "x\n"), suggest(3, 3, "3\n")]

    assert edited({"a.py": TEXT}, edits) == {"a.py": b"one\ntwo\n3\nfour\n"}


def test_file_that_is_missing_unchanged_or_uneditable_is_left_out() -> None:
    edits = [suggest(1, 1, "one\n"), suggest(1, 1, "x\n", "b.py"), suggest(1, 1, "x\n", "c.py")]
    texts = {"a.py": TEXT, "c.py": b"# coding: nothing\n"}

    assert edited(texts, edits) == {}


def test_message_says_how_many_and_who_asked() -> None:
    assert message(pull(), 1, login="ada", asked="77") == (
        "Apply a fix proposed by ssot",
        "Asked for by ada on pull request 12.\n\nSsot-answers: 77",
    )
    assert message(pull(), 3, login="ada", asked="77")[0] == "Apply 3 fixes proposed by ssot"
