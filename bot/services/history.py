"""Count the days before a tracked issue's progress began, while nothing else is to be done."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.domain.history_ports import History
from bot.services.census import issues_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.census_ports import Measured, Tip
    from bot.domain.history_ports import DayEnd, HistoryPorts
    from bot.domain.jobs import Job
    from bot.domain.points import Point


async def history(job: Job, ports: HistoryPorts) -> None:
    """Count the last days with a commit by the config of the last census; have the issues show it.

    Each point is kept as soon as it is counted: a job that was cut short goes on where it stopped.
    What takes long lets others go first in between. Days that an earlier history counted by the
    same config are not counted again.
    """
    tip = await ports.branches.tip(job)
    measured = await ports.censuses.last(job.repository.id)
    if tip is None or measured is None:
        return
    work = _Work(tip, measured, ports)
    if not await work.is_done():
        await ports.queue.enqueue([job])
    elif work.points:
        await ports.queue.enqueue(issues_of(tip, work.config))


class _Work:
    """One job's share of a history."""

    def __init__(self, tip: Tip, measured: Measured, ports: HistoryPorts) -> None:
        self.config = measured.config()
        self.points: tuple[Point, ...] = ()
        self._tip = tip
        self._config_text = measured.config_text
        self._ports = ports
        self._begun_at = ports.clock()
        self._today = datetime.fromtimestamp(self._begun_at, UTC).date()

    async def is_done(self) -> bool:
        """Go on with what was counted so far; tell whether nothing is left."""
        last = await self._ports.histories.last(self._tip.repository.id, self._config_text)
        self.points = last.points if last else ()
        if last and last.covers(self._today):
            return True
        await self._keep()
        days = await self._ports.past.days(self._tip, before=self._today)
        self.points = tuple(one for one in self.points if _is_of(one, days))
        known = {one.day for one in self.points}
        if missing := [each for each in days if each.day not in known]:
            await self._ports.past.count(self._tip, missing, self.config, keep=self._take)
        is_whole = len(self.points) == len(days)
        await self._keep(is_whole=is_whole)
        return is_whole

    async def _take(self, point: Point) -> bool:
        self.points = tuple(sorted((*self.points, point), key=lambda one: one.day))
        await self._keep()
        return self._ports.clock() < self._begun_at + self._ports.slice_seconds

    async def _keep(self, *, is_whole: bool = False) -> None:
        kept = History(self.points, self._today, self._begun_at, is_whole=is_whole)
        await self._ports.histories.keep(self._tip.repository.id, self._config_text, kept)


def _is_of(point: Point, days: Sequence[DayEnd]) -> bool:
    """Tell whether a day still ends with the commit that was counted: branches are rewritten."""
    return any((point.day, point.rev) == (each.day, each.sha[:12]) for each in days)
