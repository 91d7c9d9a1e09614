"""The checklist of an issue: text and facts in, the text as it should be and what was done out."""

from __future__ import annotations

from bot.domain.checklist.attaching import attach
from bot.domain.checklist.deciding import MAX_CRITERIA, Wanted, grounds_of, wanted
from bot.domain.checklist.editing import MAX_BODY
from bot.domain.checklist.headings import headings_of
from bot.domain.checklist.model import (
    Change,
    ChangeKind,
    Evidence,
    Ground,
    Item,
    Marker,
    Measured,
    Note,
    NoteKind,
    Outcome,
    Reference,
    ReferenceState,
    Source,
    Tracker,
    Truth,
    Verdict,
)
from bot.domain.checklist.progress import progress_of, with_progress
from bot.domain.checklist.reading import items
from bot.domain.checklist.settling import settle
from bot.domain.checklist.wording import change_line, note_line

__all__ = [
    "MAX_BODY",
    "MAX_CRITERIA",
    "Change",
    "ChangeKind",
    "Evidence",
    "Ground",
    "Item",
    "Marker",
    "Measured",
    "Note",
    "NoteKind",
    "Outcome",
    "Reference",
    "ReferenceState",
    "Source",
    "Tracker",
    "Truth",
    "Verdict",
    "Wanted",
    "attach",
    "change_line",
    "grounds_of",
    "headings_of",
    "items",
    "note_line",
    "progress_of",
    "settle",
    "wanted",
    "with_progress",
]
