"""What the time before an issue's progress needs of the world: points out of git's history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from datetime import date

    from bot.domain.census_ports import Branches, Censuses, Tip
    from bot.domain.points import Point
    from bot.domain.ports import Queue
    from checks.config import Config

    # Told each point as soon as it is counted; tells whether to go on.
    Keep = Callable[[Point], Coroutine[None, None, bool]]

# Who began has a day, retries and all: until then nobody begins anew.
PATIENCE_SECONDS = 24 * 3600.0
# Others wait for the worker: what is left is another job.
SLICE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class History:
    """The points of the days before `made_on`, all counted by one config, oldest first.

    Until it `is_whole` some are missing; `begun_at` is when it was last worked on, in Unix time.
    """

    points: tuple[Point, ...]
    made_on: date
    begun_at: float
    is_whole: bool = False

    def covers(self, day: date) -> bool:
        """Tell whether all that there is to know of the time before a day stands here."""
        return self.is_whole and day <= self.made_on

    def is_under_way(self, now: float) -> bool:
        """Tell whether somebody is at work on it, or gave up not long ago."""
        return not self.is_whole and now < self.begun_at + PATIENCE_SECONDS


@dataclass(frozen=True, slots=True)
class DayEnd:
    """The commit `sha` that the default branch stood at when a day of UTC ended."""

    day: date
    sha: str


class Past(Protocol):
    """The days of a default branch, and the engine on their trees."""

    async def days(self, tip: Tip, *, before: date) -> Sequence[DayEnd]:
        """List the last days with a commit, as many as a record has points, oldest first."""
        ...

    async def count(self, tip: Tip, days: Sequence[DayEnd], config: Config, *, keep: Keep) -> None:
        """Count the tree of one day after the other."""
        ...


class Histories(Protocol):
    """The history of each repository: a cache, one that is lost is counted again."""

    async def last(self, repository_id: int, config_text: str) -> History | None:
        """Return the history that was counted by this config."""
        ...

    async def keep(self, repository_id: int, config_text: str, history: History) -> None:
        """Keep a history in place of the last one, by whichever config that was."""
        ...


@dataclass(frozen=True, slots=True)
class HistoryPorts:
    """The world of a history; `clock` tells Unix time.

    After `slice_seconds` the job lets others go first.
    """

    branches: Branches
    censuses: Censuses
    past: Past
    histories: Histories
    queue: Queue
    clock: Callable[[], float]
    slice_seconds: float = SLICE_SECONDS
