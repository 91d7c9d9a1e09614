"""What is said of the criteria that were written into an issue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.checklist import change_line, note_line
from bot.domain.replies import Outcome
from bot.domain.tracking import where_followed

if TYPE_CHECKING:
    from bot.domain import checklist
    from bot.domain.tracking import Survey

ATTACHED = (
    "From now on these boxes follow the default branch. To stop one, delete its hidden comment. "
    "What people ticked stays ticked.\n\n"
)
NOTHING = (
    "Nothing was written: each item has a criterion already, or none can be proposed with "
    "certainty. `/ssot track` says why; `/ssot status` shows what is followed."
)
LINE = "- {line}\n"


def said(outcome: checklist.Outcome, survey: Survey) -> Outcome:
    """Tell what was attached, and what was refused."""
    notes = "".join(LINE.format(line=note_line(note)) for note in outcome.notes)
    if not outcome.changes:
        # It may have been written by a run that ended before it could answer.
        return Outcome(done=False, text=f"{NOTHING}\n\n{notes}".strip(), attaches=True)
    lines = "".join(LINE.format(line=change_line(change)) for change in outcome.changes)
    return Outcome(done=True, text=ATTACHED + lines + notes + where_followed(survey), attaches=True)
