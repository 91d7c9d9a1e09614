"""An issue, what was measured for it, and shorthands for its boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.checklist import (
    Answers,
    Outcome,
    Reference,
    ReferenceState,
    Tracker,
    Truth,
    Verdict,
    items,
    settle,
    wanted,
)
from checks.config import Bind

if TYPE_CHECKING:
    from collections.abc import Sequence

TRACKER = Tracker("acme/shop", 5)
SHA = "0123456789abcdef0123456789abcdef01234567"
OURS = "@0123456789ab/#5"
EARLIER = "@ba9876543210/#5"
COPIED = "@0123456789ab/#6"

CRITERION = "files(forbidden-import) == 0"
MARKER = f"<!-- ssot: {CRITERION} -->"
TICKED = f"<!-- ssot: {CRITERION} {OURS} -->"
BIND = Bind(5, "Update *", CRITERION)


def settled(
    body: str,
    truth: Truth | None = Truth.TRUE,
    *,
    binds: Sequence[Bind] = (),
    state: ReferenceState = ReferenceState.OPEN,
) -> Outcome:
    """Settle a body with one verdict for all its criteria, one state for all its references."""
    asked = wanted(body, TRACKER, binds)
    verdicts = {text: Verdict(truth, "measured") for text in asked.criteria if truth}
    references: dict[Reference, ReferenceState] = dict.fromkeys(asked.references, state)
    answers = Answers(SHA, verdicts, references)
    return settle(body, tracker=TRACKER, binds=binds, answers=answers)


def boxes(body: str) -> str:
    """Show the boxes of the items in their order: `x` or `-`."""
    return "".join("x" if item.checked else "-" for item in items(body))
