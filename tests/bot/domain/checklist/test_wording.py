"""What is said about a checklist; nothing foreign gets out of its span."""

from __future__ import annotations

import pytest

from bot.domain.checklist import (
    Note,
    NoteKind,
    Outcome,
    ReferenceState,
    Truth,
    attach,
    change_line,
    items,
    note_line,
)
from tests.bot.domain.checklist.examples import CRITERION, MARKER, OURS, TICKED, settled


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        (
            settled(f"- [ ] a {MARKER}"),
            f"line 1, `a`: ticked, `{CRITERION}` holds (measured)",
        ),
        (
            settled(f"- [x] a {TICKED}", Truth.FALSE),
            f"line 1, `a`: unticked, `{CRITERION}` does not hold (measured)",
        ),
        (
            settled(f"- [ ] a {TICKED}", Truth.FALSE),
            f"line 1, `a`: ssot may tick it again, `{CRITERION}` does not hold (measured)",
        ),
        (
            settled("- [ ] #12 a", state=ReferenceState.MERGED),
            "line 1, `#12 a`: ticked, `acme/shop#12` is merged",
        ),
        (settled("- [ ] a\n  - [x] b"), "line 1, `a`: ticked, every item below it is ticked"),
        (
            settled(f"- [x] a <!-- ssot: children {OURS} -->\n  - [ ] b"),
            "line 1, `a`: unticked, an item below it is not ticked",
        ),
        (
            attach("- [ ] a", {items("- [ ] a")[0]: CRITERION}),
            f"line 1, `a`: decided by `{CRITERION}` from now on",
        ),
    ],
)
def test_change_says_what_was_done_and_why(outcome: Outcome, line: str) -> None:
    assert [change_line(change) for change in outcome.changes] == [line]


@pytest.mark.parametrize("kind", NoteKind)
def test_every_note_says_what_was_left_alone_and_why(kind: NoteKind) -> None:
    line = note_line(Note(kind, "@all `a` <!-- b -->", "<img> #12 is wrong", 7))

    assert line.startswith("line 7: ")
    assert "`<img> #12` is wrong" in line
    assert "<!--" not in line
    assert "@all" not in line.replace("``@all `a` <! -- b -->``", "")


def test_note_about_no_item_names_no_line() -> None:
    assert not note_line(Note(NoteKind.UNBOUND, "a *", "it matches no item")).startswith("line")
