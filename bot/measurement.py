"""The `Measure` port of censuses: git brings the tree, workers read it, the engine counts."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.blobs import FetchedBlobs, GitBlobs
from bot.census import take
from bot.git.analysis import today
from bot.store.facts import CachedBlobs, open_cache

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import TypeVar

    from bot.domain.census_ports import Tip
    from bot.domain.meter import Meter
    from bot.git.mirror import Mirror
    from bot.mirrors import Mirrors
    from bot.pool import AnalysisPool, Failure
    from checks.census import Census
    from checks.config import Config

    Item = TypeVar("Item")
    Result = TypeVar("Result")


class Measurer:
    """Takes censuses in threads; what is known of blobs is kept in `folder` by repository.

    The cache is asked before git: a commit costs what is new in it, with a new mirror too.
    """

    def __init__(self, mirrors: Mirrors, pool: AnalysisPool, folder: Path, *, meter: Meter) -> None:
        self._mirrors = mirrors
        self._pool = pool
        self._folder = folder
        self._meter = meter

    async def __call__(self, tip: Tip, config: Config) -> Census:
        """Take the census of a tip's tree."""
        loop = asyncio.get_running_loop()
        name = str(tip.repository.id)

        def workers(
            function: Callable[[Item], Result], batches: Sequence[Item], *, timeout_seconds: float
        ) -> Sequence[Result | Failure]:
            outcomes = self._pool.map(function, batches, timeout_seconds=timeout_seconds)
            return asyncio.run_coroutine_threadsafe(outcomes, loop).result()

        def run(mirror: Mirror, token: str) -> Census:
            tree = mirror.fetch_tip(tip.sha, token=token)
            with open_cache(self._folder / name, name) as cache:
                return tree.ask(
                    lambda objects: take(
                        objects,
                        tip.sha,
                        config=config,
                        blobs=CachedBlobs(
                            FetchedBlobs(GitBlobs(objects, workers, watch=_unwatched), tree),
                            cache,
                            meter=self._meter,
                        ),
                        today=today(),
                    )
                )

        return await self._mirrors.fetch(tip, run)


def _unwatched(what: str, done: int, total: int) -> None:
    """Show progress to nobody."""
