"""What the services need of the world; adapters keep these promises, tests fake them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

    from bot.domain.conversation import Remark
    from bot.domain.jobs import FailedJob, Job
    from bot.domain.pull import CheckRun, Position, PullRequest
    from bot.domain.reconcile import Plan
    from bot.domain.report import Report
    from checks.config import Config
    from checks.model import Analysis

    Handler = Callable[[Job], Awaitable[None]]
    # The pull request or issue that is meant: a repository and a number.
    Place = Job | PullRequest


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
        """Count the jobs that wait and may run before this Unix time."""
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

    async def purge(
        self,
        *,
        installation_id: int | None = None,
        repository_id: int | None = None,
        older_than_seconds: float | None = None,
    ) -> int:
        """Forget the jobs that match everything given, running ones left out; return how many.

        With an age only done and failed jobs match. ValueError when nothing is given.
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

    async def position(self, pull: PullRequest) -> Position:
        """Read again where head and base stand now."""
        ...

    async def merge_base(self, pull: PullRequest) -> str:
        """Ask GitHub for the commit that the change starts from; its own choice decides."""
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
        """Make the writes of a plan; what GitHub refuses at a line goes into the review's body."""
        ...


@dataclass(frozen=True, slots=True)
class Examination:
    """What the engine says of a change, and every analysable path that exists at its head."""

    analysis: Analysis
    live: Collection[str]


class Analyse(Protocol):
    """The engine, fed by git."""

    async def __call__(self, pull: PullRequest, *, merge_base: str, config: Config) -> Examination:
        """Judge the change from the merge base to the head of `pull`."""
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


class Enqueue(Protocol):
    """The queue, as far as a job may ask for others."""

    async def __call__(self, jobs: Sequence[Job], *, not_before: float = 0.0) -> object:
        """Store jobs durably; see `Store.enqueue`."""
        ...


@dataclass(frozen=True, slots=True)
class ReviewPorts:
    """The world of one review; `clock` tells Unix time."""

    pulls: Pulls
    checks: Checks
    reviews: Reviews
    analyse: Analyse
    access: Access
    commits: Commits
    enqueue: Enqueue
    clock: Callable[[], float]


# What an answer needs besides.


class Reaction(StrEnum):
    """What we show at a comment, in GitHub's words."""

    SEEN = "eyes"
    DONE = "+1"
    CONFUSED = "confused"


class Conversation(Protocol):
    """Comments that stand at no line, of issues and pull requests."""

    async def remark(self, job: Job) -> Remark | None:
        """Read the comment that a job answers, as it stands now; None when it is gone."""
        ...

    async def remarks(self, job: Job) -> Sequence[Remark]:
        """List what is said on an issue: the newest 100 comments, oldest first."""
        ...

    async def react(self, job: Job, reaction: Reaction) -> None:
        """React to the comment that a job answers: a courtesy that GitHub may refuse."""
        ...

    async def say(self, job: Job, body: str) -> None:
        """Comment."""
        ...


class Texts(Protocol):
    """Contents of files, fed by git."""

    async def __call__(
        self, pull: PullRequest, paths: Collection[str], *, merge_base: str
    ) -> Mapping[str, bytes]:
        """Read files at the head of `pull`; what is missing or too large is left out."""
        ...


@dataclass(frozen=True, slots=True)
class ReplyPorts:
    """The world of one answer."""

    pulls: Pulls
    analyse: Analyse
    access: Access
    commits: Commits
    conversation: Conversation
    texts: Texts
    enqueue: Enqueue
    clock: Callable[[], float]


class Heads(Protocol):
    """The way from a commit to the pull requests that it is the head of."""

    async def open_pulls(self, job: Job) -> Sequence[int]:
        """List the open pull requests whose head is the job's, by number."""
        ...
