"""Criteria that `/ssot track apply` writes into an issue."""

from __future__ import annotations

import pytest

from bot.domain.checklist import MAX_BODY, ChangeKind, NoteKind, attach, items
from tests.bot.domain.checklist.examples import CRITERION, MARKER, boxes

MOJIBAKE = "# \u221a\u00f6\u00ac\u00df"


def test_criterion_is_written_behind_the_first_line_and_nothing_else() -> None:
    body = f"{MOJIBAKE}\r\n\r\n1. [X] Update imports  \r\n   everywhere\r\n   - [ ] below\r\n"
    first, second = items(body)

    outcome = attach(body, {second: "exists(a.py) == true", first: CRITERION})

    assert outcome.body == (
        f"{MOJIBAKE}\r\n\r\n1. [X] Update imports {MARKER}  \r\n   everywhere\r\n"
        "   - [ ] below <!-- ssot: exists(a.py) == true -->\r\n"
    )
    assert [change.kind for change in outcome.changes] == [ChangeKind.ATTACHED] * 2
    assert [change.ground.text for change in outcome.changes] == [CRITERION, "exists(a.py) == true"]
    assert boxes(outcome.body) == "x-"


@pytest.mark.parametrize("body", [f"- [ ] a {MARKER}", "- [ ] a <!-- ssot: -->", "- [\t] a"])
def test_item_with_a_criterion_or_a_problem_is_left_alone(body: str) -> None:
    outcome = attach(body, {items(body)[0]: "exists(a.py) == true"})

    assert outcome.body == body
    assert [note.kind for note in outcome.notes] == [NoteKind.REFUSED]


@pytest.mark.parametrize(
    "criterion",
    [
        "",
        " a == 0",
        "a == 0 ",
        "a --> b",
        "a -- b",
        "a == 0\n- [x] forged",
        "a == 0\r",
        "a == \u202e0",
        "a @0123456789ab/#5",
        "x" * 2_000,
    ],
)
def test_criterion_that_would_be_read_otherwise_is_not_written(criterion: str) -> None:
    body = "- [ ] a"

    outcome = attach(body, {items(body)[0]: criterion})

    assert outcome.body == body
    assert [note.kind for note in outcome.notes] == [NoteKind.REFUSED]


def test_item_of_another_text_is_not_written_to() -> None:
    outcome = attach("- [ ] b", {items("- [ ] a")[0]: CRITERION})

    assert outcome.body == "- [ ] b"
    assert [note.kind for note in outcome.notes] == [NoteKind.REFUSED]


def test_body_that_would_grow_over_the_limit_is_refused() -> None:
    body = "- [ ] a\n" + "b" * (MAX_BODY - 10)

    outcome = attach(body, {items(body)[0]: CRITERION})

    assert outcome.body == body
    assert [note.kind for note in outcome.notes] == [NoteKind.TOO_LONG]
