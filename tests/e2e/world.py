"""A local GitHub, the real service in front of it, and a repository with a policy."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.app import Service, running
from bot.domain.jobs import Job, JobKind, RepositoryRef
from bot.sandbox.github.people import Opening
from bot.sandbox.github.server import LocalGitHub
from bot.sandbox.run import connect, login_environment, service_environment, until_idle
from bot.settings import from_environment
from bot.world import AT_ONCE, Pace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from datetime import date
    from pathlib import Path

    from bot.sandbox.github.check_records import CheckRun
    from bot.sandbox.github.records import Pull, Repository, ReviewComment

PATIENCE_SECONDS = 30.0
BEAT_SECONDS = 0.02
POLICY = """\
version: 1
concepts:
  engine:
    about: One engine for each order, so that no state is shared between customers.
    canonical: ["shop.engine:Engine"]
    definitions:
      classes: ["*Engine"]
    deprecated:
      shop.legacy.engine:
        use: shop.engine
        names: {OldEngine: Engine}
"""
FILES = {
    ".github/ssot.yml": POLICY,
    "shop/__init__.py": "",
    "shop/engine.py": "class Engine:\n    pass\n",
    "shop/legacy/__init__.py": "",
    "shop/legacy/engine.py": "class OldEngine:\n    pass\n",
    "shop/orders.py": "from shop.engine import Engine\n\n\ndef order():\n    return Engine()\n",
}


async def until(condition: Callable[[], bool], patience_seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for a condition; asked again and again, for it may depend on another process."""
    async with asyncio.timeout(patience_seconds):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(BEAT_SECONDS)


@dataclass
class Clock:
    """The machine's time, as many seconds ahead as a test says."""

    ahead_seconds: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead_seconds


@dataclass(frozen=True)
class World:
    """One service and one repository on one local GitHub.

    The service goes by `clock`, and GitHub by the machine's.
    """

    github: LocalGitHub
    service: Service
    repository: Repository
    clock: Clock = field(default_factory=Clock)

    async def open(self, files: Mapping[str, str | bytes | None], **opening: Any) -> Pull:
        """Open a pull request that changes these files, and wait for its review."""
        self.github.people.commit(self.repository, "change", files)
        pull = await self.github.people.open_pull(
            self.repository, Opening(**{"head": "change", **opening})
        )
        await self.settle()
        return pull

    async def push(self, files: Mapping[str, str | bytes | None], **how: Any) -> str:
        """Push to the pull request, and wait for its review."""
        head = await self.github.people.push(self.repository, "change", files, **how)
        await self.settle()
        return head

    async def first_round(self) -> None:
        """Wait for what a service looks for at its start, and forget what that asked."""
        rounds = self.service.rounds
        assert rounds is not None
        await until(lambda: rounds.made > 0)
        await self.settle()
        self.github.requests.clear()
        self.github.git_requests.clear()

    async def make_round(self) -> None:
        """Have a round made now, and wait for all that it finds to be done."""
        assert self.service.rounds is not None
        await self.service.rounds.make()
        await self.settle()

    async def go_to_noon(self, day: date) -> None:
        """Let time pass until noon of a day."""
        noon = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=12)
        await self.go_ahead(noon.timestamp() - time.time() - self.clock.ahead_seconds)

    async def go_ahead(self, seconds: float) -> None:
        """Let time pass: what was set for then is done, nothing else."""
        store = self.service.store
        assert store is not None
        self.clock.ahead_seconds += seconds
        nothing = Job(JobKind.PURGE, 0, RepositoryRef(0, "", ""), 0)
        await store.enqueue([nothing])  # the queue looks at its clock when something comes
        await until_idle(store, self.clock)
        await self.settle()

    async def settle(self) -> None:
        """Wait until no job is due, and none that a delivery under way would bring."""
        store, deliveries = self.service.store, self.github.state.deliveries
        assert store is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            told = -1
            while told != len(deliveries):
                told = len(deliveries)
                await until_idle(store, self.clock)
                await self.github.webhooks.settle()
            await until_idle(store, self.clock)

    async def finish(self) -> None:
        """Wait for the retries too; none is given up."""
        store = self.service.store
        assert store is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (counts := await store.counts())["waiting"] + counts["running"]:  # noqa: ASYNC110
                await asyncio.sleep(BEAT_SECONDS)
        assert (await store.counts())["failed"] == 0

    def withdraw(self, permission: str) -> None:
        """Have the App installed without a permission that it asks for."""
        state = self.github.state
        for installation in list(state.installations.values()):
            less = {n: at for n, at in installation.permissions.items() if n != permission}
            state.installations[installation.id] = replace(installation, permissions=less)
        state.tokens.clear()

    async def open_from(self, fork: Repository) -> Pull:
        """Open a pull request from a fork's branch, and wait for its review."""
        opening = Opening("change", fork=fork, by=fork.owner)
        pull = await self.github.people.open_pull(self.repository, opening)
        await self.settle()
        return pull

    def runs(self) -> list[CheckRun]:
        """Give our check runs, oldest first."""
        runs = self.github.state.check_runs.values()
        return sorted((run for run in runs if run.name == "SSOT"), key=lambda run: run.id)

    def verdict(self) -> tuple[str, str | None]:
        """Give head and conclusion of the newest run."""
        run = self.runs()[-1]
        return run.head_sha, run.conclusion

    def comments(self) -> list[ReviewComment]:
        """Give all inline comments, oldest first."""
        comments = self.github.state.review_comments.values()
        return sorted(comments, key=lambda comment: comment.id)

    def places(self) -> list[tuple[str, int | None]]:
        """Give path and line of all inline comments as they were posted."""
        return [(c.original.path, c.original.line) for c in self.comments()]

    def reviews(self) -> list[list[ReviewComment]]:
        """Give the inline comments of each review, oldest first."""
        reviews = sorted(self.github.state.reviews.values(), key=lambda review: review.id)
        return [[c for c in self.comments() if c.review_id == review.id] for review in reviews]

    def review_bodies(self) -> list[str]:
        """Give the bodies of all reviews, oldest first."""
        return [review.body for _, review in sorted(self.github.state.reviews.items())]

    def conversation(self) -> list[str]:
        """Give the bodies of all comments that stand at no line."""
        return [comment.body for comment in self.github.state.comments.values()]

    def asked(self) -> list[str]:
        """List the API requests so far as `POST /repos/…`, those for tokens left out."""
        requests = (f"{record.method} {record.path}" for record in self.github.requests)
        return [request for request in requests if "access_tokens" not in request]

    def writes(self) -> list[str]:
        """List the requests that change something."""
        reads = ("GET ", "POST /graphql")
        return [request for request in self.asked() if not request.startswith(reads)]


@asynccontextmanager
async def world(
    folder: Path,
    files: Mapping[str, str | bytes | None],
    *,
    pace: Pace = AT_ONCE,
    login: bool = False,
    environ: Mapping[str, str] | None = None,
) -> AsyncIterator[World]:
    """Start everything on a repository that holds `files`; with `login` there are pages, too.

    `environ` are settings beside those that a service needs.
    """
    async with LocalGitHub(folder / "github") as github:
        repository = github.create_repository("acme/shop", files)
        environment = service_environment(github, folder / "data") | dict(environ or {})
        settings = from_environment(environment | (login_environment(github) if login else {}))
        clock = Clock()
        async with running(settings, pace=pace, clock=clock) as service:
            connect(github, service.url)
            made = World(github, service, repository, clock)
            await made.first_round()
            yield made
