"""`/ssot status` on an issue: what decides its items, and what that comes to."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.checklist import Reference, ReferenceState
from bot.domain.issue_status import issue_status
from tests.bot.domain.test_tracking import survey

SEVEN = Reference("acme/shop", 7)
HOLDS = "exists(shop/engine.py) == true"


def test_broken_criteria_are_counted_apart() -> None:
    body = f"- [ ] a <!-- ssot: {HOLDS} -->\n- [ ] b <!-- ssot: files(typo) == 0 -->\n- [ ] c\n"
    text = issue_status(survey(body))
    assert text.startswith(
        "1 of 3 items is decided by the default branch or by what it refers to; measured at "
        "`cccccccccccc`.\n\n1 more would be, but the criterion is broken.\n"
    )


def test_all_that_is_decided_is_counted() -> None:
    body = f"- [ ] a <!-- ssot: {HOLDS} -->\n- [ ] #7 b\n- [ ] c\n"
    text = issue_status(survey(body))
    assert text.startswith("2 of 3 items are decided by the default branch or by what they refer")
    assert "broken" not in text


def test_parent_says_how_many_of_the_items_below_it_are_ticked() -> None:
    body = f"- [ ] all\n  - [x] a\n  - [ ] b <!-- ssot: {HOLDS} -->\n    - [x] deeper\n"
    text = issue_status(survey(body))
    assert "| 1 | `all` | the items below it | 1 of 2 ticked | empty |\n" in text


def test_reference_that_was_given_up_says_how_it_was_closed() -> None:
    seen = replace(survey("- [ ] #7 b\n"), states={SEVEN: ReferenceState.DROPPED})
    assert "| `acme/shop#7` | closed, but not as completed | empty |\n" in issue_status(seen)
