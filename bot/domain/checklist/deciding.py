"""What decides each item: its marker, the reference it begins with, a bind, or its children."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.checklist.markers import CHILDREN, REFERENCE, UNWRITABLE, is_criterion, write
from bot.domain.checklist.model import Ground, Note, NoteKind, Source
from bot.domain.checklist.reading import items
from bot.domain.checklist.references import leading_reference
from checks.globs import parse_wildcard

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from bot.domain.checklist.model import Item, Reference, Tracker
    from checks.config import Bind

# Of an issue. Each is a query of the census, or a request to GitHub.
MAX_CRITERIA = 100
MAX_REFERENCES = 100

FITS_NONE = "it matches no item"
FITS_SEVERAL = "it matches {count} items, on lines {lines}: it must match one"
BOUND_TWICE = "two binds with different criteria match it: remove one"
MORE_CRITERIA = f"an issue may have {MAX_CRITERIA} criteria, it has {{count}}"
MORE_REFERENCES = f"of an issue {MAX_REFERENCES} references are followed, it has {{count}}"

_LINES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """What must be measured before an issue can be settled, in the order of its items."""

    criteria: tuple[str, ...]
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    """What decides each of the items, by index; the items in `alone` are left alone."""

    grounds: tuple[Ground | None, ...]
    alone: frozenset[int]
    notes: tuple[Note, ...]


def wanted(body: str, tracker: Tracker, binds: Iterable[Bind] = ()) -> Wanted:
    """Tell which criteria and references the items of an issue ask for."""
    assigned = assign(items(body), tracker, binds)
    decided = [ground for _, ground in _measurable(assigned.grounds, assigned.alone)]
    references = dict.fromkeys(ground.reference for ground in decided if ground.reference)
    criteria = dict.fromkeys(ground.text for ground in decided if not ground.reference)
    return Wanted(tuple(criteria), tuple(references))


def grounds_of(
    body: str, tracker: Tracker, binds: Iterable[Bind] = ()
) -> tuple[Ground | None, ...]:
    """Tell what decides each of the items of a body, None where nothing does."""
    return assign(items(body), tracker, binds).grounds


def assign(found: Sequence[Item], tracker: Tracker, binds: Iterable[Bind]) -> Assignment:
    """Decide what decides each item."""
    bound, notes = _bound(found, [bind for bind in binds if bind.issue == tracker.number])
    parents = {item.parent for item in found}
    grounds: list[Ground | None] = []
    alone: set[int] = set()
    for index, item in enumerate(found):
        criteria = bound.get(index, ())
        ground = _ground(item, tracker, criteria)
        if ground is None and index in parents:
            ground = Ground(Source.CHILDREN, CHILDREN)
        problem = item.problem or _problem(ground, criteria)
        if problem:
            alone.add(index)
            subject = ground.text if ground else item.text
            notes.append(Note(NoteKind.BROKEN, subject, problem, item.line))
        grounds.append(ground)
    for limited in _beyond_limits(grounds, alone):
        alone |= limited.indexes
        notes.append(limited.note)
    return Assignment(tuple(grounds), frozenset(alone), tuple(notes))


def _ground(item: Item, tracker: Tracker, bound: Sequence[str]) -> Ground | None:
    for marker in filter(is_criterion, item.markers):
        # What a bind made us append reads like a marker; it goes again when it is over.
        source = Source.BIND if marker.text in bound else Source.MARKER
        return Ground(source, marker.text)
    reference = leading_reference(item.text, tracker)
    if reference:
        return Ground(Source.REFERENCE, f"{REFERENCE}{reference}", reference)
    return Ground(Source.BIND, bound[0]) if bound else None


def _problem(ground: Ground | None, bound: Sequence[str]) -> str:
    if ground is None or ground.source is Source.MARKER:
        return ""
    if ground.source is Source.BIND and len(bound) > 1:
        return BOUND_TWICE
    try:
        write(ground.text)
    except ValueError:
        return UNWRITABLE
    return ""


def _bound(found: Sequence[Item], binds: Iterable[Bind]) -> tuple[dict[int, list[str]], list[Note]]:
    """Tell which criteria are bound to which items, and which binds fit none or several."""
    bound: dict[int, list[str]] = {}
    notes = []
    for bind in binds:
        # Only `*` and `?` are special: items have brackets of their own.
        glob = parse_wildcard(bind.item.replace("[", "[[]"))
        fitting = [index for index, item in enumerate(found) if glob.matches(item.text)]
        if len(fitting) == 1:
            criteria = bound.setdefault(fitting[0], [])
            if bind.when not in criteria:
                criteria.append(bind.when)
        elif fitting:
            lines = [str(found[index].line) for index in fitting[:_LINES_SHOWN]]
            shown = ", ".join(lines) + (", …" if len(fitting) > _LINES_SHOWN else "")
            reason = FITS_SEVERAL.format(count=len(fitting), lines=shown)
            notes.append(Note(NoteKind.AMBIGUOUS, bind.item, reason))
        else:
            notes.append(Note(NoteKind.UNBOUND, bind.item, FITS_NONE))
    return bound, notes


@dataclass(frozen=True, slots=True)
class _Limited:
    indexes: frozenset[int]
    note: Note


def _beyond_limits(grounds: Sequence[Ground | None], alone: set[int]) -> list[_Limited]:
    asked = _measurable(grounds, alone)
    criteria = [(index, ground.text) for index, ground in asked if not ground.reference]
    references = [(index, ground.text) for index, ground in asked if ground.reference]
    limited = [
        _beyond(criteria, limit=MAX_CRITERIA, sentence=MORE_CRITERIA),
        _beyond(references, limit=MAX_REFERENCES, sentence=MORE_REFERENCES),
    ]
    return [one for one in limited if one]


def _measurable(
    grounds: Sequence[Ground | None], alone: Container[int]
) -> list[tuple[int, Ground]]:
    return [
        (index, ground)
        for index, ground in enumerate(grounds)
        if ground and ground.source is not Source.CHILDREN and index not in alone
    ]


def _beyond(asked: Sequence[tuple[int, str]], *, limit: int, sentence: str) -> _Limited | None:
    distinct = list(dict.fromkeys(text for _, text in asked))
    if len(distinct) <= limit:
        return None
    rest = set(distinct[limit:])
    indexes = frozenset(index for index, text in asked if text in rest)
    return _Limited(indexes, Note(NoteKind.TOO_MANY, reason=sentence.format(count=len(distinct))))
