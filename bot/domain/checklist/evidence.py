"""What is hidden at an item when its box is ticked, and taken away when that is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.checklist.editing import Edit, Traces
from bot.domain.checklist.markers import is_criterion, write
from bot.domain.checklist.model import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.checklist.model import Evidence, Ground, Item, Marker


def is_ours(item: Item, ground: Ground, *, issue: int) -> bool:
    """Tell whether we ticked the item's box for this ground; a copied text does not count."""
    return any(_counts(marker, issue) for marker in _carriers(item, ground))


def leave(item: Item, ground: Ground, evidence: Evidence) -> Traces:
    """Write evidence: into the marker that says the ground already, else behind the first line."""
    left = [(marker.text, marker.evidence) for marker in item.markers]
    for carrier in _carriers(item, ground):
        edit = Edit(carrier.text_end, carrier.evidence_end, f" {evidence}")
        left[item.markers.index(carrier)] = (carrier.text, evidence)
        return Traces((edit,), tuple(left))
    comment = write(ground.text, evidence)
    left.append((ground.text, evidence))
    for stale in item.markers:
        if not is_criterion(stale):
            left.remove((stale.text, stale.evidence))
            return Traces((Edit(stale.start, stale.end, comment),), tuple(left))
    return Traces((Edit(item.first_end, item.first_end, f" {comment}"),), tuple(left))


def forget(body: str, item: Item, ground: Ground, *, issue: int) -> Traces:
    """Take our evidence away: a person's marker stays, what we appended goes with its blank."""
    edits, left = [], []
    ours = [marker for marker in _carriers(item, ground) if _counts(marker, issue)]
    for marker in item.markers:
        if marker not in ours:
            left.append((marker.text, marker.evidence))
        elif ground.source is Source.MARKER:
            edits.append(Edit(marker.text_end, marker.evidence_end, ""))
            left.append((marker.text, None))
        else:
            blank = body.startswith(" ", marker.start - 1)
            edits.append(Edit(marker.start - blank, marker.end, ""))
    return Traces(tuple(edits), tuple(left))


def _carriers(item: Item, ground: Ground) -> Sequence[Marker]:
    # GitHub knows no case in the names of owners and repositories.
    if ground.source is Source.REFERENCE:
        return [one for one in item.markers if one.text.lower() == ground.text.lower()]
    return [one for one in item.markers if one.text == ground.text]


def _counts(marker: Marker, issue: int) -> bool:
    return marker.evidence is not None and marker.evidence.issue == issue
