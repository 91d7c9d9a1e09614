"""The `Analyse` port of reviews: git brings the change, workers read it, the engine judges."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.domain.meter import Stage, timed
from bot.domain.ports import Examination
from bot.git.analysis import Brief, capture, examine
from bot.git.snapshot import read
from bot.readers import PooledReader
from bot.services.standing import today_of
from checks.model import EntryStatus
from checks.source import UndecodableError, decode

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from bot.domain.meter import Meter
    from bot.domain.pull import PullRequest
    from bot.git.mirror import Mirror
    from bot.git.pull import Pull
    from bot.mirrors import Mirrors
    from bot.pool import AnalysisPool
    from bot.services.explain import Excerpts, Wanted
    from checks.config import Config
    from checks.model import Snapshot


class Examiner:
    """Examines pull requests in threads, so that neither git nor the engine hold up the loop.

    `clock` tells Unix time, and so the day that waivers end on.
    """

    def __init__(
        self,
        mirrors: Mirrors,
        pool: AnalysisPool,
        *,
        clock: Callable[[], float],
        meter: Meter,
    ) -> None:
        self._mirrors = mirrors
        self._pool = pool
        self._clock = clock
        self._meter = meter

    async def __call__(
        self, pull: PullRequest, *, merge_base: str | None, config: Config
    ) -> Examination:
        """Judge the change from the merge base, found by git when it is None, to the head."""
        loop = asyncio.get_running_loop()
        reader = PooledReader(
            self._pool, lambda work: asyncio.run_coroutine_threadsafe(work, loop).result()
        )

        def run(mirror: Mirror, token: str) -> Examination:
            with timed(self._meter, Stage.CAPTURE):
                base, change = _fetch(mirror, token, pull, merge_base=merge_base)
                snapshot = capture(change, base, pull.position.head_sha, config=config)
            with timed(self._meter, Stage.EXAMINE):
                brief = Brief(today_of(self._clock))
                analysis = examine(change, snapshot, config=config, reader=reader, brief=brief)
            for finding in analysis.new:
                self._meter.finding(finding.rule)
            return Examination(analysis, _renamed(snapshot))

        return await self._mirrors.fetch(pull, run)

    async def excerpts(self, pull: PullRequest, wanted: Wanted, *, merge_base: str) -> Excerpts:
        """Read lines of files at base or head; what is missing, large or no text is left out."""

        def run(mirror: Mirror, token: str) -> Excerpts:
            _, change = _fetch(mirror, token, pull, merge_base=merge_base)
            found: dict[tuple[str, str], Mapping[int, str]] = {}
            for commit in sorted({commit for commit, _ in wanted}):
                paths = {path for at, path in wanted if at == commit}
                for path, content in _texts(change, commit, paths).items():
                    found[commit, path] = _lines(content, wanted[commit, path])
            return found

        return await self._mirrors.fetch(pull, run) if wanted else {}

    async def texts(
        self, pull: PullRequest, paths: Collection[str], *, merge_base: str | None
    ) -> Mapping[str, bytes]:
        """Read files at the head of `pull`; what is missing or too large is left out."""

        def run(mirror: Mirror, token: str) -> Mapping[str, bytes]:
            _, change = _fetch(mirror, token, pull, merge_base=merge_base)
            return _texts(change, pull.position.head_sha, paths)

        return await self._mirrors.fetch(pull, run)


def _fetch(
    mirror: Mirror, token: str, pull: PullRequest, *, merge_base: str | None
) -> tuple[str, Pull]:
    """Bring the trees of merge base and head; return the base, too."""
    number, head = pull.number, pull.position.head_sha
    base = merge_base or mirror.merge_base(
        base=pull.position.base_sha, head=head, number=number, token=token
    )
    return base, mirror.fetch_commits(base=base, head=head, number=number, token=token)


def _renamed(snapshot: Snapshot) -> Mapping[str, str]:
    return {
        entry.base.path: entry.path
        for entry in snapshot.entries
        if entry.base and entry.status is EntryStatus.RENAMED
    }


def _lines(content: bytes, wanted: Collection[int]) -> Mapping[int, str]:
    """Pick lines, as an editor counts them; none of what is no text."""
    try:
        lines = decode(content).removesuffix("\n").split("\n")
    except UndecodableError:
        return {}
    return {number: lines[number - 1] for number in sorted(wanted) if number <= len(lines)}


def _texts(change: Pull, head_sha: str, paths: Collection[str]) -> Mapping[str, bytes]:
    tree = change.ask(lambda objects: objects.tree(head_sha))
    oids = {version.path: version.oid for version in tree if version.path in paths}
    contents = read(change, list(oids.values()))
    found = {path: contents[oid] for path, oid in oids.items()}
    return {path: content for path, content in found.items() if isinstance(content, bytes)}
