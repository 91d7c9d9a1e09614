"""What the services need of the world; adapters keep these promises, tests fake them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

    from bot.domain.additions import Addition, Twin
    from bot.domain.census_ports import Censuses
    from bot.domain.events import Event
    from bot.domain.heads import OpenHead, SweptRun
    from bot.domain.issue import Tracked
    from bot.domain.jobs import FailedJob, Job, Place, RepositoryRef
    from bot.domain.missed import Attempt
    from bot.domain.pull import CheckRun, Moment, PullRequest
    from bot.domain.reconcile import Plan
    from bot.domain.report import Report
    from checks.config import Config
    from checks.model import Analysis

    Handler = Callable[[Job], Awaitable[None]]
    Forget = Callable[[PullRequest], Awaitable[None]]


class Store(Protocol):
    """The durable queue: at least once, one job per key at a time, the newest replaces the waiting.

    A job that waits under a key is superseded by a newer one of the same kind: the newer takes the
    higher priority of the two and stays `explicit` when either was. What cannot be read or written
    raises StoreError.
    """

    async def enqueue(
        self, jobs: Sequence[Job], *, delivery: str = "", not_before: float = 0.0
    ) -> bool:
        """Store all jobs of one delivery, durably, before returning.

        False, and nothing stored, when this delivery's jobs wait, run or are done already; a
        delivery whose job failed is taken again. `delivery` is `""` for jobs of our own making.
        `not_before` is Unix time in seconds.
        """
        ...

    async def run(self, handler: Handler) -> None:
        """Work until `stop`: failures are retried with backoff, then kept as failed."""
        ...

    async def stop(self, *, grace_seconds: float) -> None:
        """Claim nothing more, wait for running jobs, give back the rest uncounted."""
        ...

    async def close(self) -> None:
        """Release the database after `stop`; no other call may follow."""
        ...

    async def counts(self) -> Mapping[str, int]:
        """Count jobs by state: `waiting`, `running`, `done`, `failed`."""
        ...

    async def due(self, *, before: float) -> int:
        """Count the jobs that run, or wait and may run before this Unix time."""
        ...

    async def oldest_waiting_seconds(self) -> float:
        """Tell for how long the first of the jobs that may run has waited; 0 when none waits."""
        ...

    async def failed(self, *, limit: int = 100) -> Sequence[FailedJob]:
        """List the jobs that were given up, the newest first."""
        ...

    async def replay(self, job_id: int) -> bool:
        """Let a failed job run again from its first attempt; False when there is none."""
        ...

    async def repositories(self, installation_id: int) -> Sequence[int]:
        """List the ids of the repositories that jobs of an installation are about."""
        ...

    async def purge(
        self,
        *,
        installation_id: int | None = None,
        repository_id: int | None = None,
        older_than_seconds: float | None = None,
    ) -> int:
        """Forget the jobs that match everything given, running ones left out; return how many.

        With an age only done and failed jobs match; of what no delivery asked for, all that was
        done an hour ago. ValueError when nothing is given.
        """
        ...


# What a review needs: GitHub through three narrow doors, and the analysis.


class Pulls(Protocol):
    """Reads of a pull request."""

    async def read(self, job: Job) -> PullRequest | None:
        """Read everything that decides, in one request; None when there is no such pull request.

        A read that lags behind the head which the job names is repeated a few times.
        """
        ...

    async def moment(self, pull: PullRequest) -> Moment:
        """Read again what may have changed since."""
        ...

    async def merge_base(self, pull: PullRequest) -> str | None:
        """Ask GitHub for the commit that the change starts from: its own choice decides.

        None when it does not tell, as for a head that was forced onto another history.
        """
        ...


class Checks(Protocol):
    """The check run, found or written anew."""

    async def start(self, pull: PullRequest) -> CheckRun:
        """Create a run in progress on the head."""
        ...

    async def complete(self, pull: PullRequest, report: Report, *, run: CheckRun | None) -> None:
        """Complete the run, or a new one where None is given, sending no annotation twice."""
        ...


class Reviews(Protocol):
    """Comments at lines."""

    async def publish(self, pull: PullRequest, plan: Plan) -> None:
        """Make the writes of a plan; what GitHub refuses at a line goes into the review's body.

        UserError, when the rest is done, with GitHub's words where it takes no review at all.
        """
        ...


@dataclass(frozen=True, slots=True)
class Examination:
    """What the engine says of a change, and the files that git calls renamed: before to at head."""

    analysis: Analysis
    renamed: Mapping[str, str]


class Analyse(Protocol):
    """The engine, fed by git."""

    async def __call__(
        self, pull: PullRequest, *, merge_base: str | None, config: Config
    ) -> Examination:
        """Judge the change from the merge base, found by git when it is None, to the head.

        Raises `UserError` when base and head have nothing in common.
        """
        ...


class Additions(Protocol):
    """Which definitions open pull requests add: a cache, never complete, of no consequence."""

    async def record(self, pull: PullRequest, added: Sequence[Addition]) -> None:
        """Remember what `pull` adds, in place of what it added before."""
        ...

    async def twins(self, pull: PullRequest, added: Sequence[Addition]) -> Sequence[Twin]:
        """List where other pull requests of the repository add the same."""
        ...

    async def forget(self, pull: PullRequest) -> None:
        """Drop what was remembered of a pull request that was closed."""
        ...


class Queue(Protocol):
    """The part of a store that a service gives further work to."""

    async def enqueue(
        self, jobs: Sequence[Job], *, delivery: str = "", not_before: float = 0.0
    ) -> bool:
        """Store jobs as `Store.enqueue` does."""
        ...


class Access(Protocol):
    """Who may do what, as GitHub says now; doubt is no."""

    async def may_write(self, place: Place, login: str) -> bool:
        """Tell whether a person has write access to the repository."""
        ...


class Commits(Protocol):
    """Commits to the head branch, where the installation lets the App push."""

    async def is_granted(self, pull: PullRequest) -> bool:
        """Tell whether the installation grants `contents: write`."""
        ...

    async def commit(
        self, pull: PullRequest, files: Mapping[str, bytes], *, message: tuple[str, str]
    ) -> None:
        """Make one commit with these contents on top of the head that was read, and nothing else.

        `message` is headline and body. UserError with GitHub's words when it takes none there;
        TransientError when the head is another one by now.
        """
        ...


class TrackedIssues(Protocol):
    """Reads of the issues that a pull request may tick."""

    async def read(self, pull: PullRequest, numbers: Collection[int]) -> Tracked:
        """Read these issues, and those that the pull request closes, in one request.

        A refusal is told, not raised: nobody's verdict hangs on it.
        """
        ...


@dataclass(frozen=True, slots=True)
class ReviewPorts:
    """The world of one review.

    `forget` drops what git keeps of a closed pull request; `clock` tells Unix time, `server_url`
    where GitHub is.
    """

    pulls: Pulls
    checks: Checks
    reviews: Reviews
    analyse: Analyse
    additions: Additions
    access: Access
    commits: Commits
    censuses: Censuses
    tracked: TrackedIssues
    queue: Queue
    forget: Forget
    clock: Callable[[], float]
    server_url: str


# What heals: GitHub's own list of deliveries, and reads over whole repositories.


class Deliveries(Protocol):
    """What GitHub tried to tell us."""

    async def attempts(self, *, after_id: int, since: float) -> Sequence[Attempt]:
        """List the attempts that are newer than one of them and than a moment in Unix time."""
        ...

    async def event(self, attempt: Attempt) -> Event | None:
        """Read what a delivery was about; None when GitHub has forgotten it meanwhile."""
        ...


class Sweeps(Protocol):
    """What a sweep reads of a whole repository, and what it closes there."""

    def not_before(self, installation_id: int) -> float:
        """Tell when a sweep may ask for so much, in Unix time: reviews go first; 0 for now."""
        ...

    async def repositories(self, installation_id: int) -> Sequence[RepositoryRef]:
        """List the repositories that an installation was given."""
        ...

    async def open_heads(self, job: Job) -> Sequence[OpenHead]:
        """Read all open pull requests of the job's repository, with our runs."""
        ...

    async def numbers(self, job: Job) -> Sequence[int]:
        """List the open pull requests to the job's branch.

        Without one: those to any branch that has no config of its own.
        """
        ...

    def forget_config(self, job: Job) -> None:
        """Have the config that the owner of the job's repository shares read anew."""
        ...

    async def close(self, job: Job, run: SweptRun) -> None:
        """Complete a run that was left behind."""
        ...


@dataclass(frozen=True, slots=True)
class SweepPorts:
    """The world of a sweep; `clock` tells Unix time."""

    sweeps: Sweeps
    store: Store
    clock: Callable[[], float]
