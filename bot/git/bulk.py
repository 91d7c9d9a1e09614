"""Ask about many blobs where the objects are: only what is not nothing leaves the process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.git.objects import Absence
from bot.git.snapshot import TOO_LARGE as TOO_HUGE
from bot.git.snapshot import UNREADABLE
from checks.limits import FILE_BYTES
from checks.model import Cause
from checks.reading import TOO_LARGE, Compiled, Question, Reply, Unread, reply
from checks.stages import warns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.git.objects import Objects
    from checks.needles import Filter

    Batch = Sequence[str]


def sift(objects: Objects, wanted: Filter, batch: Batch) -> Sequence[str]:
    """Return the blobs that the filter takes, and those that nobody could search."""
    return [oid for oid, _ in _taken(objects, wanted, batch)]


def sifted_facts(objects: Objects, wanted: Filter, batch: Batch) -> Sequence[tuple[str, Reply]]:
    """Return the facts of the blobs that the filter takes, or why there are none."""
    taken = _taken(objects, wanted, batch)
    return [(oid, _reply(content, Question.MODULE)) for oid, content in taken]


def facts(objects: Objects, batch: Batch) -> Sequence[tuple[str, Reply]]:
    """Return the facts of each blob."""
    return [(oid, _reply(content, Question.MODULE)) for oid, content in objects.each(batch)]


def refused(objects: Objects, batch: Batch) -> Sequence[tuple[str, Reply]]:
    """Return what `compile()` says of the blobs that it refuses; those too large are not asked."""
    return [
        (oid, answer)
        for oid, content in objects.each(batch)
        if isinstance(content, bytes) and len(content) <= FILE_BYTES
        if isinstance(answer := _reply(content, Question.COMPILED), Compiled)
        if answer.error is not None
    ]


def warnings(objects: Objects, batch: Batch) -> Sequence[tuple[str, bool | None]]:
    """Return whether each module warns of itself; None where it does not compile."""
    return [
        (oid, warns(content)) for oid, content in objects.each(batch) if isinstance(content, bytes)
    ]


def _taken(objects: Objects, wanted: Filter, batch: Batch) -> Iterator[tuple[str, bytes | Absence]]:
    for oid, content in objects.each(batch):
        if isinstance(content, Absence) or wanted.takes(content):
            yield oid, content


def _reply(content: bytes | Absence, question: Question) -> Reply:
    if content is Absence.HUGE:
        return Unread(TOO_HUGE, Cause.CHANGE)
    if isinstance(content, Absence):
        return Unread(UNREADABLE, Cause.SERVICE)
    if len(content) > FILE_BYTES:
        return Unread(TOO_LARGE.format(limit=FILE_BYTES), Cause.CHANGE)
    return reply(question, content, frozenset())
