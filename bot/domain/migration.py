"""How far a migration has come: the last census, the days before it, the issues that follow it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.domain.checklist import items
from bot.domain.points import Point, counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.domain.census_ports import Measured
    from bot.domain.issue import Issue, Merged
    from checks.config import Concept, Config
    from checks.stages import Stage


@dataclass(frozen=True, slots=True)
class Burndown:
    """One concept: its findings by day, oldest first, the last of which is the census.

    `definitions` leave tests out; `files` are those with findings, most first; `stages` has each
    deprecated module, in the config's order.
    """

    concept: Concept
    points: tuple[tuple[date, int], ...]
    definitions: int
    files: tuple[tuple[str, int], ...]
    stages: Mapping[str, Stage]

    @property
    def before(self) -> int:
        """Count the findings of the first day."""
        return self.points[0][1]

    @property
    def now(self) -> int:
        """Count the findings of the census."""
        return self.points[-1][1]


@dataclass(frozen=True, slots=True)
class Move:
    """A day on which findings came or went: by how many, by concept; what was merged on it."""

    day: date
    changes: Mapping[str, int]
    pulls: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Boxes:
    """A tracking issue, and how many of the boxes in it are ticked."""

    number: int
    title: str
    is_open: bool
    ticked: int
    total: int


@dataclass(frozen=True, slots=True)
class Migration:
    """What the page of a repository shows.

    `moves` have the newest first, `unread` are the issues that nobody could read. `incomplete`
    counts the files that could not be analysed: with any, the counts may be too low. Until the past
    `is_whole`, days are missing.
    """

    rev: str
    taken_at: datetime
    burndowns: tuple[Burndown, ...]
    moves: tuple[Move, ...]
    boxes: tuple[Boxes, ...]
    unread: tuple[int, ...]
    incomplete: int
    is_whole: bool


def migration(
    measured: Measured,
    past: Sequence[Point],
    issues: Mapping[int, Issue | None],
    *,
    is_whole: bool,
) -> Migration:
    """Tell how far the repository of a census has come; `past` are the days before, oldest first.

    Days are those of UTC; of `issues`, those that nobody could read are None.
    """
    census, config = measured.census, measured.config()
    taken_at = datetime.fromtimestamp(measured.taken_at, UTC)
    names = [concept.name for concept in config.concepts]
    now = counted(census, names, taken_at.date())
    points = (*(one.of(names) for one in past if one.day < now.day), now)
    return Migration(
        rev=census.rev,
        taken_at=taken_at,
        burndowns=tuple(_burndown(one, points, measured, config) for one in config.concepts),
        moves=tuple(reversed(list(_moves(points, measured.merged)))),
        boxes=tuple(_boxes(issue) for issue in issues.values() if issue),
        unread=tuple(number for number, issue in issues.items() if issue is None),
        incomplete=len(census.skipped),
        is_whole=is_whole,
    )


def _burndown(
    concept: Concept, points: Sequence[Point], measured: Measured, config: Config
) -> Burndown:
    census = measured.census
    files = Counter(one.path for one in census.findings if one.concept == concept.name)
    return Burndown(
        concept=concept,
        points=tuple((point.day, point.counts[concept.name]) for point in points),
        definitions=census.definitions(concept.name, excluded=config.tests.matches),
        files=tuple(sorted(files.items(), key=lambda item: (-item[1], item[0]))),
        stages={one.module: census.stages[one.module] for one in concept.deprecated},
    )


def _moves(points: Sequence[Point], merged: Iterable[Merged]) -> Iterable[Move]:
    """Compare each day with the one before; what was merged in between may lie on several days."""
    by_day: dict[date, list[int]] = defaultdict(list)
    for one in merged:
        by_day[datetime.fromtimestamp(one.at, UTC).date()].append(one.number)
    for before, after in pairwise(points):
        changes = {name: after.counts[name] - count for name, count in before.counts.items()}
        if moved := {name: change for name, change in changes.items() if change}:
            days = [day for day in by_day if before.day < day <= after.day]
            pulls = sorted(number for day in days for number in by_day[day])
            yield Move(after.day, moved, tuple(pulls))


def _boxes(issue: Issue) -> Boxes:
    found = items(issue.body)
    ticked = sum(one.checked for one in found)
    return Boxes(issue.number, issue.title, issue.is_open, ticked, len(found))
