"""What is said about a checklist: one line of Markdown for each change and each note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.checklist.model import ChangeKind, NoteKind, Source
from bot.domain.markdown import code, prose

if TYPE_CHECKING:
    from bot.domain.checklist.model import Change, Note

CHANGES = {
    ChangeKind.TICKED: "{item}: ticked, {why}",
    ChangeKind.UNTICKED: "{item}: unticked, {why}",
    ChangeKind.RELEASED: "{item}: ssot may tick it again, {why}",
    ChangeKind.ATTACHED: "{item}: decided by {ground} from now on",
}
HOLDS = "{ground} holds"
FAILS = "{ground} does not hold"
FOUND = " ({reason})"
REFERENCE_IS = "{ground} is {reason}"
CHILDREN_DONE = "every item below it is ticked"
CHILDREN_OPEN = "an item below it is not ticked"

ITEM = "line {line}, {text}"
NOTES = {
    NoteKind.BROKEN: "{subject} has no effect: {reason}",
    NoteKind.UNREADABLE: "{subject} has no effect: {reason}",
    NoteKind.UNBOUND: "the bind {subject} has no effect: {reason}",
    NoteKind.AMBIGUOUS: "the bind {subject} has no effect: {reason}",
    NoteKind.COPIED: "{subject}: {reason}",
    NoteKind.TOO_MANY: "some items were left alone: {reason}",
    NoteKind.UNSAFE: "{subject} was left alone: {reason}",
    NoteKind.REFUSED: "{subject} was not written: {reason}",
    NoteKind.TOO_LONG: "nothing was written: {reason}",
}
AT_LINE = "line {line}: "


def change_line(change: Change) -> str:
    """Say what was done to an item, and why."""
    item = ITEM.format(line=change.line, text=code(change.text))
    ground = code(str(change.ground.reference or change.ground.text))
    return CHANGES[change.kind].format(item=item, why=_why(change, ground), ground=ground)


def note_line(note: Note) -> str:
    """Say what was left alone, and why."""
    where = AT_LINE.format(line=note.line) if note.line else ""
    reason = prose(note.reason)
    return where + NOTES[note.kind].format(subject=code(note.subject), reason=reason)


def _why(change: Change, ground: str) -> str:
    if change.ground.source is Source.CHILDREN:
        return CHILDREN_DONE if change.becomes else CHILDREN_OPEN
    if change.ground.source is Source.REFERENCE:
        return REFERENCE_IS.format(ground=ground, reason=prose(change.reason))
    found = FOUND.format(reason=prose(change.reason)) if change.reason else ""
    return (HOLDS if change.becomes else FAILS).format(ground=ground) + found
