"""Processes die at random points of many jobs, on both stores: nothing is lost, nothing doubled.

The suite runs few jobs, those of a seed that changes with each run and is printed. All of them:

    SSOT_TORTURE_JOBS=200 python -m pytest -n 0 -s tests/e2e/test_torture.py
    SSOT_TORTURE_SEED=7 …    the jobs and deaths of a run once more, as far as time lets them be
"""

from __future__ import annotations

import os
import random
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.sandbox.github.server import LocalGitHub
from bot.webhook import NOTHING_TO_DO
from tests.e2e.crowd import START, TRACKER, Crowd
from tests.e2e.fleet import SERVE, WORK, Fleet, PostgresQueue, SqliteQueue
from tests.e2e.world import until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.sandbox.github.front import RequestRecord
    from tests.e2e.fleet import Queue

JOBS = int(os.environ.get("SSOT_TORTURE_JOBS", "12"))
SEED = int(os.environ.get("SSOT_TORTURE_SEED", "0")) or random.randrange(1, 10**6)
# One death for so many jobs.
JOBS_PER_KILL = 8
# However slow a machine is, something is asked of GitHub in this time unless nothing moves: the
# last but one attempt at a job waits for 154 seconds.
STALL_SECONDS = 300.0


@dataclass
class Reaper:
    """Kills some process when GitHub is about to answer the `left`-th request from now on."""

    fleet: Fleet
    draw: random.Random
    left: int = 0

    async def __call__(self, _record: RequestRecord) -> None:
        """Hook of the local GitHub: what was asked for is done, and its answer never arrives."""
        if self.left:
            self.left -= 1
            if not self.left:
                await self.fleet.kill(self.draw.randrange(self.fleet.size))


@dataclass
class Torture:
    """A crowd, a service that dies, and what of it all has to be there in the end."""

    github: LocalGitHub
    fleet: Fleet
    crowd: Crowd
    draw: random.Random
    forgotten: set[str] = field(default_factory=set)
    heard_from: int = 0

    async def go_on(self, jobs: int, *, forget_at: int = -1) -> None:
        """Let people do `jobs` things, while processes die and come back."""
        reaper = Reaper(self.fleet, random.Random(SEED + 1))
        self.github.front.before_response = reaper
        deaths = set(self.draw.sample(range(jobs), jobs // JOBS_PER_KILL))
        for number in range(jobs):
            if number in deaths:
                reaper.left = self.draw.randint(1, 12)
            await self.crowd.act()
            await self._wander()
            if number == forget_at:
                await self._forget()
            if self.draw.random() < 0.5:
                await self._start()
        reaper.left = 0
        await self._settle()

    async def _wander(self) -> None:
        """Give the service some requests' time, or less when it has nothing to do."""
        wanted = len(self.github.requests) + self.draw.randint(0, 8)
        with suppress(TimeoutError):
            await until(lambda: len(self.github.requests) >= wanted or not self.fleet.serves, 0.5)

    async def _forget(self) -> None:
        """Delete the database and all that was fetched, in the middle of everything."""
        await self.fleet.stop()
        self.fleet.forget()
        self.forgotten = {one.guid for one in self.github.state.deliveries.values()}
        self.crowd.forgotten = set(self.github.state.comments)

    async def _start(self) -> None:
        if not self.fleet.serves:
            self.heard_from = max(self.github.state.deliveries, default=0)
        await self.fleet.start()

    async def _settle(self) -> None:
        """Wait until nothing is left to do.

        What the process that serves answered too late for GitHub is found by its next round: the
        one that a start makes is the one that nobody has to wait five minutes for.
        """
        await self._start()
        await self._fall_silent()
        while self._was_late():
            await self.fleet.kill(0)
            await self._start()
            await self._fall_silent()

    async def _fall_silent(self) -> None:
        await self._while_it_moves(self._is_swept)
        for _ in range(3):
            await self.github.webhooks.settle()
            await self._while_it_moves(lambda: not self.fleet.queue.due())

    async def _while_it_moves(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition for as long as GitHub is asked for anything."""
        while not condition():
            await self._until_asked_more_than(len(self.github.requests), condition)

    async def _until_asked_more_than(self, requests: int, condition: Callable[[], bool]) -> None:
        await until(lambda: len(self.github.requests) > requests or condition(), STALL_SECONDS)

    def _was_late(self) -> bool:
        """Tell whether a delivery failed since the process that serves was started."""
        deliveries = self.github.state.deliveries.values()
        return any(one.id > self.heard_from and not one.succeeded for one in deliveries)

    def _is_swept(self) -> bool:
        """Tell whether the round that is made at the start has found what it looks for."""
        asked = [one.path for one in self.github.requests[self.fleet.served_from :]]
        if "/app/installations" not in asked:
            return False
        return "/installation/repositories" in asked[asked.index("/app/installations") :]

    def check(self) -> None:
        """Fail with all that does not stand as it should."""
        problems = [*self.crowd.problems(), *self.lost()]
        assert not problems, "\n".join(problems)

    def lost(self) -> list[str]:
        """List the deliveries that were acknowledged and whose jobs are not done."""
        acknowledged = {
            one.guid: f"{one.event} {one.action}"
            for one in self.github.state.deliveries.values()
            if one.status_code == 202
            and one.response_body != NOTHING_TO_DO
            and one.guid not in self.forgotten
        }
        states = self.fleet.queue.states(acknowledged)
        return [f"{acknowledged[guid]}: {at}" for guid, at in states.items() if at != {"done"}]


async def _torture(folder: Path, queue: Queue, modules: list[str]) -> None:
    started, draw = time.monotonic(), random.Random(SEED)
    async with LocalGitHub(folder / "github") as github:
        shop = github.create_repository("acme/shop", START)
        github.grant(shop, "ada", "write")
        tracker = await github.trackers.open(shop, "Migrate", TRACKER)
        crowd = Crowd(github, shop, draw, tracker)
        fleet = Fleet(github, queue, folder, modules=modules)
        torture = Torture(github, fleet, crowd, draw)
        try:
            await fleet.start()
            # A path that goes before the first census is taken for a misspelling: no box is ticked.
            await torture.go_on(0)
            await torture.go_on(JOBS * 2 // 3)
            torture.check()
            rest = JOBS - JOBS * 2 // 3
            await torture.go_on(rest, forget_at=draw.randrange(rest))
            torture.check()
        finally:
            github.front.before_response = _nothing
            await fleet.stop()
            seconds = round(time.monotonic() - started)
            print(f"seed {SEED}: {JOBS} jobs, {fleet.kills} deaths, {seconds} s")
            (folder / "story.txt").write_text("\n".join(crowd.story))
        assert "job.gave_up" not in fleet.log()


async def _nothing(_record: RequestRecord) -> None:
    return


async def test_jobs_survive_deaths_of_the_one_process_on_sqlite(tmp_path: Path) -> None:
    await _torture(tmp_path, SqliteQueue(tmp_path / "data-0"), [SERVE])


async def test_jobs_survive_deaths_among_processes_on_postgresql(
    tmp_path: Path, database_url: str
) -> None:
    await _torture(tmp_path, PostgresQueue(database_url), [SERVE, WORK, WORK])
