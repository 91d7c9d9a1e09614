"""Whether one text of an issue came of another by nothing but edits of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.checklist.editing import left_of
from bot.domain.checklist.progress import with_progress
from bot.domain.checklist.reading import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.checklist.model import Item


def came_of(before: str, after: str) -> bool:
    """Tell whether we may have made `after` of `before`: by boxes with evidence, by the block."""
    before, after = _without_block(before), _without_block(after)
    old, new = read(before).items, read(after).items
    if _without_ours(before, old) != _without_ours(after, new) or len(old) != len(new):
        return False
    return all(map(_is_of_ours, old, new))


def _without_block(body: str) -> str:
    emptied = with_progress(body, "")
    return body if emptied is None else emptied


def _without_ours(body: str, items: Sequence[Item]) -> str:
    """Leave out all that we ever write: boxes, and what is hidden at them with its blank."""
    boxes = [(item.box, item.box + 1) for item in items]
    hidden = [
        (marker.start - body.startswith(" ", marker.start - 1), marker.end)
        for item in items
        for marker in item.markers
    ]
    parts, last = [], 0
    for start, end in sorted([*boxes, *hidden]):
        parts.append(body[last:start])
        last = end
    return "".join([*parts, body[last:]])


def _is_of_ours(old: Item, new: Item) -> bool:
    """Tell whether an item's box and markers moved as we move them: a box never alone."""
    before, after = set(left_of(old)), set(left_of(new))
    gained = any(evidence for _, evidence in after - before)
    lost = any(evidence for _, evidence in before - after)
    if {text for text, evidence in before if not evidence} - {text for text, _ in after}:
        return False
    if old.checked is new.checked:
        return not gained and not (lost and new.checked)
    return gained if new.checked else lost
