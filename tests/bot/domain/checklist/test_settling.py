"""What is ticked and unticked, what is left behind, and that people win."""

from __future__ import annotations

import pytest

from bot.domain.checklist import (
    MAX_BODY,
    Answers,
    ChangeKind,
    NoteKind,
    ReferenceState,
    Truth,
    Verdict,
    settle,
)
from tests.bot.domain.checklist.examples import (
    BIND,
    COPIED,
    CRITERION,
    EARLIER,
    MARKER,
    OURS,
    SHA,
    TICKED,
    TRACKER,
    boxes,
    settled,
)

CHILDREN = f"<!-- ssot: children {OURS} -->"
REFERENCE = f"<!-- ssot: ref acme/shop#12 {OURS} -->"


def test_true_criterion_ticks_and_leaves_evidence_in_its_marker() -> None:
    outcome = settled(f"- [ ] Update imports {MARKER} soon  \r\n\r\nend")

    assert outcome.body == f"- [x] Update imports {TICKED} soon  \r\n\r\nend"
    (change,) = outcome.changes
    assert (change.kind, change.line, change.text) == (
        ChangeKind.TICKED,
        1,
        "Update imports soon",
    )
    assert (change.was, change.becomes) == (False, True)
    assert (change.ground.text, change.reason) == (CRITERION, "measured")
    assert str(change.evidence) == OURS


def test_box_that_we_ticked_is_unticked_when_the_criterion_is_false() -> None:
    outcome = settled(f"- [x] Update imports {TICKED}", Truth.FALSE)

    assert outcome.body == f"- [ ] Update imports {MARKER}"
    assert [change.kind for change in outcome.changes] == [ChangeKind.UNTICKED]


@pytest.mark.parametrize("truth", [Truth.TRUE, Truth.FALSE, Truth.BROKEN, None])
def test_tick_of_a_person_is_never_undone(truth: Truth | None) -> None:
    body = f"- [X] Update imports {MARKER}\n- [x] {COPIED} <!-- ssot: {CRITERION} {COPIED} -->"

    assert settled(body, truth).body == body


@pytest.mark.parametrize("truth", [Truth.BROKEN, None])
@pytest.mark.parametrize("body", [f"- [ ] a {MARKER}", f"- [x] a {TICKED}", f"- [ ] a {TICKED}"])
def test_criterion_that_is_broken_or_not_measured_decides_nothing(
    body: str, truth: Truth | None
) -> None:
    assert settled(body, truth).body == body


def test_box_stays_and_keeps_its_evidence_while_the_criterion_holds() -> None:
    body = f"- [x] a <!-- ssot: {CRITERION} {EARLIER} -->"

    assert settled(body).body == body


def test_objection_stands_until_the_criterion_was_false_once() -> None:
    objected = f"- [ ] a {TICKED}"

    assert settled(objected).body == objected
    over = settled(objected, Truth.FALSE)
    assert over.body == f"- [ ] a {MARKER}"
    assert [change.kind for change in over.changes] == [ChangeKind.RELEASED]
    assert settled(over.body).body == f"- [x] a {TICKED}"


def test_copied_evidence_does_not_count_and_is_said() -> None:
    body = f"- [ ] a <!-- ssot: {CRITERION} {COPIED} -->"

    outcome = settled(body)

    assert outcome.body == f"- [x] a {TICKED}"
    assert outcome.notes == ()  # nothing that was copied stands there any more
    left = settled(body, Truth.FALSE)
    assert left.body == body
    assert [note.kind for note in left.notes] == [NoteKind.COPIED]


def test_bind_appends_its_criterion_and_takes_it_away_again() -> None:
    body = "- [ ] Update imports  \n  everywhere\n- [ ] other"

    ticked = settled(body, binds=[BIND])

    assert ticked.body == f"- [x] Update imports {TICKED}  \n  everywhere\n- [ ] other"
    assert settled(ticked.body, binds=[BIND]).changes == ()
    assert settled(ticked.body, Truth.FALSE, binds=[BIND]).body == body


def test_item_ticked_by_a_bind_that_is_gone_is_still_measured() -> None:
    body = f"- [x] Update imports {TICKED}"

    assert settled(body, Truth.FALSE).body == f"- [ ] Update imports {MARKER}"


@pytest.mark.parametrize("state", [ReferenceState.MERGED, ReferenceState.COMPLETED])
@pytest.mark.parametrize(
    "text",
    ["#12 do it", "acme/shop#12", "ACME/Shop#12: it", "https://github.com/acme/shop/pull/12"],
)
def test_item_that_begins_with_what_is_done_is_ticked(text: str, state: ReferenceState) -> None:
    outcome = settled(f"- [ ] {text}", state=state)

    assert outcome.body == f"- [x] {text} {REFERENCE}"


@pytest.mark.parametrize(
    "state", [ReferenceState.OPEN, ReferenceState.DROPPED, ReferenceState.UNREADABLE]
)
def test_item_that_begins_with_a_reference_is_never_unticked(state: ReferenceState) -> None:
    body = f"- [x] #12 do it {REFERENCE}\n- [ ] #13 do that"

    assert settled(body, state=state).body == body


def test_reference_that_cannot_be_read_is_said() -> None:
    outcome = settled("- [ ] other/repo#12", state=ReferenceState.UNREADABLE)

    assert [(n.kind, n.subject) for n in outcome.notes] == [(NoteKind.UNREADABLE, "other/repo#12")]


def test_objection_to_a_reference_ends_when_it_is_open_again() -> None:
    objected = f"- [ ] #12 do it {REFERENCE}"

    assert settled(objected, state=ReferenceState.COMPLETED).body == objected
    assert settled(objected).body == "- [ ] #12 do it"


def test_evidence_knows_no_case_in_the_name_of_a_repository() -> None:
    objected = f"- [ ] #12 do it <!-- ssot: ref Acme/SHOP#12 {OURS} -->"

    assert settled(objected, state=ReferenceState.MERGED).body == objected


def test_evidence_of_another_reference_is_replaced() -> None:
    body = f"- [ ] #12 do it <!-- ssot: ref acme/shop#9 {OURS} -->"

    assert settled(body, state=ReferenceState.MERGED).body == f"- [x] #12 do it {REFERENCE}"


def test_parent_is_ticked_when_all_its_children_are() -> None:
    body = f"- [ ] a\n  - [x] by a person\n  - [ ] b {MARKER}\n    - [ ] c {MARKER}\n- [ ] d\n"

    outcome = settled(body)

    assert outcome.body == (
        f"- [x] a {CHILDREN}\n  - [x] by a person\n"
        f"  - [x] b {TICKED}\n    - [x] c {TICKED}\n- [ ] d\n"
    )
    assert settled(outcome.body, Truth.FALSE).body == body
    assert [change.line for change in outcome.changes] == [1, 3, 4]


def test_parents_of_parents_are_ticked_in_one_go() -> None:
    body = "1. [ ] a\n   - [ ] b\n     - [X] c\n"

    outcome = settled(body)

    assert boxes(outcome.body) == "xxx"
    assert settled(outcome.body).changes == ()


def test_parent_is_unticked_when_a_person_unticks_a_child() -> None:
    assert settled(f"- [x] a {CHILDREN}\n  - [ ] b\n").body == "- [ ] a\n  - [ ] b\n"


def test_parent_with_a_criterion_is_decided_by_it() -> None:
    body = f"- [ ] a {MARKER}\n  - [x] b\n"

    assert settled(body, Truth.FALSE).body == body


def test_parent_with_a_broken_criterion_is_left_alone() -> None:
    body = f"- [ ] a {MARKER}\n  - [x] b\n"

    assert settled(body, Truth.BROKEN).body == body


def test_parent_that_a_person_ticked_stays() -> None:
    body = "- [x] a\n  - [ ] b\n"

    assert settled(body).changes == ()


def test_objection_to_a_parent_ends_with_an_open_child() -> None:
    objected = f"- [ ] a {CHILDREN}\n  - [x] b\n"

    assert settled(objected).body == objected
    assert settled(f"- [ ] a {CHILDREN}\n  - [ ] b\n").body == "- [ ] a\n  - [ ] b\n"


def test_broken_criterion_is_said_once() -> None:
    body = f"- [ ] a {MARKER}\n- [ ] b {MARKER}\n"

    (note,) = settled(body, Truth.BROKEN).notes

    assert (note.kind, note.subject, note.reason, note.line) == (
        NoteKind.BROKEN,
        CRITERION,
        "measured",
        1,
    )


def test_item_with_two_criteria_is_left_alone_and_said() -> None:
    body = f"- [ ] a {MARKER} <!-- ssot: exists(b.py) == true -->"

    outcome = settled(body)

    assert outcome.body == body
    assert [note.kind for note in outcome.notes] == [NoteKind.BROKEN]


@pytest.mark.parametrize(
    "body",
    [
        "- [ ] #12 `code\n  goes` on",
        "- [ ] #12 [a link](\n  https://example.org)",
        "- [ ] #12 <!-- a comment\n  goes on -->",
        "- [ ] #12 <a\n  href='b'>c</a>",
        "- [ ] #12 open <!-- comment",
    ],
)
def test_line_on_which_nothing_can_be_hidden_is_left_alone(body: str) -> None:
    outcome = settled(body + "\n- [ ] #13 next\n", state=ReferenceState.MERGED)

    assert outcome.body.startswith(f"{body}\n- [x] #13 next ")
    assert [note.kind for note in outcome.notes] == [NoteKind.UNSAFE]


def test_parent_of_an_item_that_cannot_be_ticked_stays_open() -> None:
    body = "- [ ] a\n  - [ ] #12 `b\n    c`\n"

    assert settled(body, state=ReferenceState.MERGED).body == body


@pytest.mark.parametrize(
    "wrapped", ["first\\\n  second", "first  \n  second", "a\\\\\\\n  b", "a\\\\\n  b"]
)
def test_hard_break_behind_the_first_line_stays_one(wrapped: str) -> None:
    body = f"- [ ] #12 {wrapped}"

    ticked = settled(body, state=ReferenceState.MERGED)

    assert ticked.body.replace(f" {REFERENCE}", "") == body.replace("[ ]", "[x]")
    assert ticked.notes == ()


def test_body_that_would_grow_over_the_limit_is_refused() -> None:
    body = f"- [ ] a {MARKER}\n"
    body += "\U0001f680" * (MAX_BODY - len(body) - len(f" {OURS}"))

    assert len(settled(body).body) == MAX_BODY
    outcome = settled(body + "!")
    assert outcome.body == body + "!"
    assert outcome.changes == ()
    assert [note.kind for note in outcome.notes] == [NoteKind.TOO_LONG]


def test_body_over_the_limit_is_not_touched() -> None:
    body = f"- [x] a {TICKED}\n\n"
    body += "b" * (MAX_BODY + 1 - len(body))

    outcome = settled(body, Truth.FALSE)

    assert outcome.body == body  # though it would fit without the evidence
    assert [note.kind for note in outcome.notes] == [NoteKind.TOO_LONG]


def test_what_is_no_commit_is_no_evidence() -> None:
    answers = Answers("main", {CRITERION: Verdict(Truth.TRUE)}, {})

    with pytest.raises(ValueError, match="no commit"):
        settle("- [ ] a", tracker=TRACKER, answers=answers)
    assert SHA.startswith(OURS[1:13])
