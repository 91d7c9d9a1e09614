"""Edits of a body by position: each does to its item what it should, or is not made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.checklist.model import Note, NoteKind, Outcome
from bot.domain.checklist.reading import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.domain.checklist.model import Change, Evidence, Item
    from bot.domain.checklist.reading import Reading

# https://github.com/dead-claudia/github-limits: "Body is too long (maximum is 65536 characters)".
# Issues were seen to take 262,144 bytes since, which is the same where no character is ASCII.
MAX_BODY = 65_536

TOO_LONG = f"the text of the issue would have {{length}} characters, GitHub takes {MAX_BODY}"
UNSAFE = (
    "a hidden comment cannot be put there: a code span, a link or a comment is not closed on its "
    "line"
)

_ROUNDS = 3

# What a marker says: its text, and the evidence in it.
Left = tuple[str, "Evidence | None"]


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace `start:end` of the body."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Traces:
    """Edits of what is hidden at an item, and what stands there then."""

    edits: tuple[Edit, ...]
    left: tuple[Left, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What is done to the item at `index`: to its box, and to what is hidden there."""

    index: int
    item: Item
    traces: Traces
    change: Change

    @property
    def edits(self) -> tuple[Edit, ...]:
        """List the edits of the body."""
        if self.change.was is self.change.becomes:
            return self.traces.edits
        box = "x" if self.change.becomes else " "
        return (Edit(self.item.box, self.item.box + 1, box), *self.traces.edits)


@dataclass(frozen=True, slots=True)
class Carried:
    """The new body, the steps that it holds, and the items that could not be edited."""

    body: str
    steps: tuple[Step, ...]
    refused: frozenset[int]


def carry_out(
    body: str, before: Reading, plan: Callable[[frozenset[int]], Sequence[Step]]
) -> Carried:
    """Make the steps that `plan` gives for a set of items to leave alone.

    What was written is read again: an item that is not as its step says is left alone in the next
    round, and what depends on it is planned anew.
    """
    refused: frozenset[int] = frozenset()
    for _ in range(_ROUNDS):
        steps = tuple(plan(refused))
        if not steps:
            break
        changed = _apply(body, [edit for step in steps for edit in step.edits])
        wrong = _wrong(before, read(changed), steps)
        if not wrong:
            return Carried(changed, steps, refused)
        planned = frozenset(step.index for step in steps)
        refused |= wrong & planned or planned
    return Carried(body, (), refused)


def finish(body: str, carried: Carried, *, found: Sequence[Item], notes: Sequence[Note]) -> Outcome:
    """Report what was carried out; a body that GitHub would refuse stays as it was."""
    if len(carried.body) > MAX_BODY:
        return too_long(body, length=len(carried.body), notes=notes)
    unsafe = [
        Note(NoteKind.UNSAFE, found[index].text, UNSAFE, found[index].line)
        for index in sorted(carried.refused)
    ]
    changes = tuple(step.change for step in carried.steps)
    return Outcome(carried.body, changes, (*notes, *unsafe))


def too_long(body: str, *, length: int, notes: Iterable[Note] = ()) -> Outcome:
    """Leave a body alone that is too long to be written."""
    refusal = Note(NoteKind.TOO_LONG, reason=TOO_LONG.format(length=length))
    return Outcome(body, (), (*notes, refusal))


def left_of(item: Item) -> tuple[Left, ...]:
    """Tell what is hidden at an item."""
    return tuple((marker.text, marker.evidence) for marker in item.markers)


def _apply(body: str, edits: Sequence[Edit]) -> str:
    parts, last = [], 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        parts += [body[last : edit.start], edit.text]
        last = edit.end
    return "".join([*parts, body[last:]])


def _wrong(before: Reading, after: Reading, steps: Sequence[Step]) -> frozenset[int]:
    """Tell which items are not as they should be; all when even their number changed."""
    if len(before.items) != len(after.items):
        return frozenset(range(len(before.items)))
    by_index = {step.index: step for step in steps}
    return frozenset(
        index
        for index, (old, new) in enumerate(zip(before.items, after.items, strict=True))
        if not _is_as_planned(old, new, by_index.get(index))
        or (index in by_index and before.shown(index) != after.shown(index))
    )


def _is_as_planned(old: Item, new: Item, step: Step | None) -> bool:
    checked = step.change.becomes if step else old.checked
    left = step.traces.left if step else left_of(old)
    return (
        (new.text, new.line, new.parent) == (old.text, old.line, old.parent)
        and (new.checked, new.problem) == (checked, old.problem)
        and sorted(left_of(new), key=str) == sorted(left, key=str)
    )
