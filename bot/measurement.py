"""The `Measure` and `Past` ports: git brings trees, workers read them, the engine counts."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.blobs import FetchedBlobs, GitBlobs
from bot.census import Yardstick, take, take_each
from bot.domain.history_ports import DayEnd
from bot.domain.points import MAX_POINTS, counted
from bot.services.standing import today_of
from bot.store.facts import CachedBlobs, open_cache
from bot.store.footings import FootingFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date
    from pathlib import Path
    from typing import TypeVar

    from bot.bounds import Failure
    from bot.domain.census_ports import Tip
    from bot.domain.history_ports import Keep
    from bot.domain.meter import Meter
    from bot.git.mirror import Mirror
    from bot.git.objects import Objects
    from bot.git.pull import Pull
    from bot.mirrors import Mirrors
    from bot.pool import AnalysisPool
    from checks.census import Blobs, Census
    from checks.config import Config

    Item = TypeVar("Item")
    Result = TypeVar("Result")


class Measurer:
    """Takes censuses in threads; what is known of blobs is kept in `folder` by repository.

    The cache is asked before git: a commit costs what is new in it, with a new mirror too. `clock`
    tells Unix time, and so the day that waivers end on.
    """

    def __init__(
        self,
        mirrors: Mirrors,
        pool: AnalysisPool,
        folder: Path,
        *,
        clock: Callable[[], float],
        meter: Meter,
    ) -> None:
        self._mirrors = mirrors
        self._pool = pool
        self._folder = folder
        self._clock = clock
        self._meter = meter

    async def __call__(self, tip: Tip, config: Config) -> Census:
        """Take the census of a tip's tree."""
        loop = asyncio.get_running_loop()
        day = today_of(self._clock)
        name = str(tip.repository.id)
        footings = FootingFile(self._folder / name, name, config, today=day)

        def run(mirror: Mirror, token: str) -> Census:
            tree = mirror.fetch_tip(tip.sha, token=token)

            def ask(objects: Objects) -> Census:
                with self._blobs(tip, tree, objects, loop=loop) as blobs:
                    yardstick = Yardstick(config, blobs, day)
                    return take(objects, tip.sha, yardstick, footings=footings)

            return tree.ask(ask)

        return await self._mirrors.fetch(tip, run)

    async def days(self, tip: Tip, *, before: date) -> Sequence[DayEnd]:
        """List the last days with a commit, as many as a record has points, oldest first."""

        def run(mirror: Mirror, token: str) -> Sequence[DayEnd]:
            ends = mirror.day_ends(tip.sha, before=before, most=MAX_POINTS, token=token)
            return [DayEnd(each.day, each.oid) for each in ends]

        return await self._mirrors.fetch(tip, run)

    async def count(self, tip: Tip, days: Sequence[DayEnd], config: Config, *, keep: Keep) -> None:
        """Count the tree of one day after the other, the newest first: it is known best."""
        loop = asyncio.get_running_loop()
        names = [concept.name for concept in config.concepts]
        left = sorted(days, key=lambda each: each.day, reverse=True)
        day = today_of(self._clock)

        def run(mirror: Mirror, token: str) -> None:
            trees = mirror.fetch_past((each.sha for each in left), token=token)

            def ask(objects: Objects) -> None:
                commits = [each.sha for each in left]
                with self._blobs(tip, trees, objects, loop=loop) as blobs:
                    for census in take_each(objects, commits, Yardstick(config, blobs, day)):
                        kept = keep(counted(census, names, left.pop(0).day))
                        if not asyncio.run_coroutine_threadsafe(kept, loop).result():
                            return

            trees.ask(ask)

        await self._mirrors.fetch(tip, run)

    @contextmanager
    def _blobs(
        self, tip: Tip, trees: Pull, objects: Objects, *, loop: asyncio.AbstractEventLoop
    ) -> Iterator[Blobs]:
        def workers(
            function: Callable[[Item], Result], batches: Sequence[Item], *, timeout_seconds: float
        ) -> Sequence[Result | Failure]:
            outcomes = self._pool.map(function, batches, timeout_seconds=timeout_seconds)
            return asyncio.run_coroutine_threadsafe(outcomes, loop).result()

        name = str(tip.repository.id)
        with open_cache(self._folder / name, name) as cache:
            blobs = GitBlobs(objects, workers, watch=_unwatched)
            yield CachedBlobs(FetchedBlobs(blobs, trees), cache, meter=self._meter)


def _unwatched(what: str, done: int, total: int) -> None:
    """Show progress to nobody."""
