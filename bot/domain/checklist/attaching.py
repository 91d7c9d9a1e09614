"""Criteria that are written to the items of an issue, as `/ssot track apply` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.checklist.editing import (
    MAX_BODY,
    Edit,
    Step,
    Traces,
    carry_out,
    finish,
    left_of,
    too_long,
)
from bot.domain.checklist.markers import UNWRITABLE, is_criterion, write
from bot.domain.checklist.model import Change, ChangeKind, Ground, Note, NoteKind, Outcome, Source
from bot.domain.checklist.reading import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.checklist.model import Item

HAS_ONE = "it has a criterion already"
NOT_THERE = "the issue has no such item any more"


def attach(body: str, criteria: Mapping[Item, str]) -> Outcome:
    """Hide a criterion at the end of each item's first line; every other byte stays.

    The items are those that `items` found in this very body. One that has a criterion, or whose
    criterion cannot stand in a comment, is left alone, with a note.
    """
    if len(body) > MAX_BODY:
        return too_long(body, length=len(body))
    before = read(body)
    places = {item: index for index, item in enumerate(before.items)}
    notes, steps = [], []
    for item, criterion in criteria.items():
        problem = _problem(item, criterion, places)
        if problem:
            notes.append(Note(NoteKind.REFUSED, criterion, problem, item.line))
        else:
            steps.append(_step(places[item], item, criterion))
    steps.sort(key=lambda step: step.index)
    carried = carry_out(
        body, before, lambda refused: [step for step in steps if step.index not in refused]
    )
    return finish(body, carried, found=before.items, notes=notes)


def _problem(item: Item, criterion: str, places: Mapping[Item, int]) -> str:
    if item not in places:
        return NOT_THERE
    if item.problem:
        return item.problem
    if any(map(is_criterion, item.markers)):
        return HAS_ONE
    try:
        write(criterion)
    except ValueError:
        return UNWRITABLE
    return ""


def _step(index: int, item: Item, criterion: str) -> Step:
    edit = Edit(item.first_end, item.first_end, f" {write(criterion)}")
    traces = Traces((edit,), (*left_of(item), (criterion, None)))
    change = Change(
        kind=ChangeKind.ATTACHED,
        text=item.text,
        line=item.line,
        was=item.checked,
        becomes=item.checked,
        ground=Ground(Source.MARKER, criterion),
    )
    return Step(index, item, traces, change)
