"""The commits of a branch as its own people see them: along first parents."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.git.objects import checked_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.git.objects import Objects

# An id, then seconds of Unix time and the committer's time zone as the commit has them: git itself
# fails on a commit of 1970 west of Greenwich ("Timestamp before Unix epoch").
FORMAT = ("--format=%H %cd", "--date=raw")
HEADER = "commit "
# An id, and Unix time, nothing where a commit does not tell it.
UTC_FORMAT = "--format=%H %ct"
# 557 commits stood on one day of a busy branch: so many hold a month of such days.
MOST_COMMITS = 50_000
_RAW = re.compile(r"(?P<seconds>\d+) (?P<sign>[+-])(?P<hours>\d+)(?P<minutes>\d\d)")
_NO_TIME = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit, and when it was committed, in the committer's own time zone."""

    oid: str
    when: datetime

    @property
    def day(self) -> date:
        """The day on the committer's own calendar."""
        return self.when.date()


class Every(StrEnum):
    """How far apart the points of a history stand."""

    DAY = "day"
    WEEK = "week"
    COMMIT = "commit"


def first_parents(objects: Objects, tip: str) -> tuple[Commit, ...]:
    """Return the commits from the first one to `tip`; raises `GitError`."""
    output = objects.git.run("rev-list", "--first-parent", *FORMAT, checked_id(tip))
    lines = (line for line in output.decode("ascii").splitlines() if not line.startswith(HEADER))
    parts = (line.partition(" ") for line in lines)
    newest_first = [Commit(oid, _time(raw)) for oid, _, raw in parts]
    return tuple(reversed(newest_first))


def _time(raw: str) -> datetime:
    """Read a time; histories that were converted hold zones and years that there are not."""
    found = _RAW.fullmatch(raw)
    if found is None:
        return _NO_TIME
    zone = UTC
    with suppress(ValueError, OverflowError):
        offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"]))
        zone = timezone(-offset if found["sign"] == "-" else offset)
    try:
        return datetime.fromtimestamp(int(found["seconds"]), zone)
    except (ValueError, OverflowError, OSError):
        return _NO_TIME


def points(
    commits: Sequence[Commit], every: Every, *, since: date | None, until: date | None
) -> tuple[Commit, ...]:
    """Pick the last commit of each day or ISO week from `since` through `until`, oldest first."""
    within = [c for c in commits if (since or c.day) <= c.day <= (until or c.day)]
    if every is Every.COMMIT:
        return tuple(within)
    return tuple(_last_of_each(within, every))


def day_ends(objects: Objects, tip: str, *, before: date, most: int) -> tuple[Commit, ...]:
    """Return the last commit of each of the `most` last days in UTC, oldest first.

    Raises `GitError`.
    """
    end = int(datetime.combine(before, time(), UTC).timestamp())
    bound = f"--max-count={MOST_COMMITS}"
    output = objects.git.run("rev-list", "--first-parent", bound, UTC_FORMAT, checked_id(tip))
    lines = (line for line in output.decode("ascii").splitlines() if not line.startswith(HEADER))
    parts = (line.split(" ") for line in reversed(list(lines)))
    commits = [
        Commit(oid, datetime.fromtimestamp(int(seconds), UTC))
        for oid, seconds in parts
        if seconds and int(seconds) < end
    ]
    return tuple(_last_of_each(commits, Every.DAY))[-most:]


def _last_of_each(commits: Iterable[Commit], every: Every) -> Iterator[Commit]:
    latest: dict[tuple[int, ...], Commit] = {}
    for commit in commits:
        period = _period(commit.day, every)
        if period not in latest or latest[period].when <= commit.when:
            latest[period] = commit
    return (latest[period] for period in sorted(latest))


def _period(day: date, every: Every) -> tuple[int, ...]:
    if every is Every.WEEK:
        year, week, _ = day.isocalendar()
        return year, week
    return day.year, day.month, day.day
