"""The points of a burn-down, and the hidden line of a progress block that keeps them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bot.domain.seen import MAX_SEEN, NOTHING_SEEN, Seen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# A month of days: more do not fit side by side in GitHub's column.
MAX_POINTS = 30
# GitHub takes bodies of 65,000 bytes; the points must leave the people theirs.
MAX_BYTES = 12_000

_Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}$")]
_LINE = re.compile(r"<!-- ssot:points=(\{[^\r\n]*\}) -->")


@dataclass(frozen=True, slots=True)
class Point:
    """What was counted on a day: findings by concept, in the tree of the commit `rev`.

    `rev` holds 12 hex digits.
    """

    day: date
    rev: str
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """Count the findings of all concepts."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Record:
    """What a block remembers: when it was written and what it showed (a digest), all its points.

    `first` is where the count began, also when its point is long gone. Points have one a day, the
    last one of the day, oldest first. `seen` are the patterns that ever matched anything.
    """

    first: Point
    points: tuple[Point, ...]
    shown: str
    written_at: datetime
    seen: Seen = NOTHING_SEEN

    def with_point(self, point: Point) -> tuple[Point, ...]:
        """Return the points with one more: it takes the place of all that are not older."""
        older = [one for one in self.points if one.day < point.day]
        return (*older, point)[-MAX_POINTS:]


def record_line(record: Record) -> str:
    """Write the hidden line; the oldest points are left out where it would be too long."""
    points = list(record.points)
    line = _line(record, points)
    while len(line.encode()) > MAX_BYTES and len(points) > 1:
        points = points[1:]
        line = _line(record, points)
    return line


def with_seen(block: str, seen: Seen) -> str:
    """Remember more patterns in a block; what people see of it stays as it is."""
    record = read_record(block)
    if record is None or record.seen == seen:
        return block
    return _LINE.sub(lambda _: record_line(replace(record, seen=seen)), block, count=1)


def read_record(block: str) -> Record | None:
    """Read the hidden line of a block; None when there is none, or people changed it badly."""
    match = _LINE.search(block)
    if match is None:
        return None
    try:
        stored = _Record.model_validate_json(match[1])
    except ValidationError:
        return None
    points = tuple(sorted((one.point for one in stored.points), key=lambda one: one.day))
    days = {point.day for point in points}
    if len(days) < len(points):
        return None
    seen = Seen(frozenset(stored.seen))
    return Record(stored.first.point, points, stored.shown, stored.at, seen)


def _line(record: Record, points: Sequence[Point]) -> str:
    stored = _Record(
        at=record.written_at,
        shown=record.shown,
        first=_Point.of(record.first),
        points=[_Point.of(point) for point in points],
        seen=sorted(record.seen.digests),
    )
    # Only a string can hold two dashes, and they would end the comment.
    text = stored.model_dump_json().replace("--", r"-\u002d")
    return f"<!-- ssot:points={text} -->"


class _Point(BaseModel):
    model_config = ConfigDict(extra="forbid")

    day: date
    rev: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")]
    counts: dict[str, Annotated[int, Field(ge=0, le=10**9)]]

    @property
    def point(self) -> Point:
        return Point(self.day, self.rev, self.counts)

    @classmethod
    def of(cls, point: Point) -> _Point:
        return cls(day=point.day, rev=point.rev, counts=dict(point.counts))


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid")

    at: AwareDatetime
    shown: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
    first: _Point
    points: Annotated[list[_Point], Field(min_length=1, max_length=MAX_POINTS)]
    seen: Annotated[list[_Digest], Field(max_length=MAX_SEEN)]
