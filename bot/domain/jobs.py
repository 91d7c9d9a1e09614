"""A job says "make this true", never "this happened": running it twice changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.domain.merge_queue import QueueBranch


class JobKind(StrEnum):
    """What a job makes true; one function in `bot.services` serves each kind."""

    REVIEW = "review"
    GROUP = "group"  # the verdict that a merge queue waits for, on the commit `head_sha`
    SWEEP = "sweep"  # the heads of a repository that nobody reviewed
    BRANCH = "branch"  # all pull requests to `branch` (or, by an OWNER, any)
    OWNER = "owner"  # all pull requests that are judged by what their owner shares
    INSTALLATION = "installation"  # all repositories that we were given
    PURGE = "purge"  # nothing is left of a repository, or of all, that was taken away
    REPLY = "reply"  # the answer to a comment or the press of a button
    CENSUS = "census"  # the last census is of the tip of the default branch
    HISTORY = "history"  # the days before a tracked issue's progress are counted
    ISSUE = "issue"  # a tracked issue says what was measured last
    LOCATE = "locate"  # the pull requests of a head that GitHub named without any


class JobState(StrEnum):
    """Where a stored job stands; these are also the keys of a store's `counts`."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Priority(IntEnum):
    """Who goes first inside one installation; installations take turns."""

    LEISURE = -10  # nobody waits for it
    SWEEP = 0
    PUSH = 10
    COMMAND = 20


@dataclass(frozen=True, slots=True)
class RepositoryRef:
    """A repository as a job knows it: `id` never changes, `owner` and `name` may."""

    id: int
    owner: str
    name: str

    @property
    def full_name(self) -> str:
        """Write it as `owner/name`, as GitHub does."""
        return f"{self.owner}/{self.name}"


class Place(Protocol):
    """Where something is to be done: in a repository of an installation."""

    @property
    def installation_id(self) -> int:
        """Tell through which installation."""
        ...

    @property
    def repository(self) -> RepositoryRef:
        """Tell in which repository."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """One unit of durable work on pull request (or issue) `number`; 0 stands for none.

    `head_sha` is the head that the delivery spoke of, `""` when it named none: reads of GitHub
    may lag behind it. `left_sha` is the head that a push took the pull request away from.
    `explicit` asks for a new check run even where the verdict stands already. `base_sha` is what a
    merge queue's group stands on (`""`: as its check run says), `branch` the base branch.

    A reply answers the comment `comment_id`, or (0) the press of the button `command` by the
    account `actor_id` with the login `actor`; `on_issue` tells that `number` is no pull request.
    To locate is to find the pull requests of `head_sha`; `number` is 0 until then.
    """

    kind: JobKind
    installation_id: int
    repository: RepositoryRef
    number: int
    head_sha: str = ""
    priority: Priority = Priority.PUSH
    explicit: bool = False
    base_sha: str = ""
    branch: str = ""
    comment_id: int = 0
    command: str = ""
    actor: str = ""
    actor_id: int = 0
    on_issue: bool = False
    left_sha: str = ""

    @property
    def key(self) -> str:
        """Name what makes two jobs equal: of one key, one runs at a time, the newest waits.

        Each comment is answered, so that its reply supersedes no other one; nor does it wait for a
        review of the same pull request.
        """
        repository, pull = self.repository.id, f"{self.repository.id}#{self.number}"
        installation = f"installation {self.installation_id}"
        pressed = f"{self.command}@{self.actor_id}"
        keys = {
            JobKind.GROUP: f"{repository}@{self.head_sha}",
            JobKind.BRANCH: f"{repository}:{self.branch}",
            JobKind.INSTALLATION: installation,
            JobKind.PURGE: pull if repository else installation,
            JobKind.REPLY: f"{pull}/{self.comment_id or pressed}",
            JobKind.CENSUS: f"{repository} census",
            JobKind.HISTORY: f"{repository} history",
            JobKind.LOCATE: f"{pull}/{self.head_sha}",
        }
        return keys.get(self.kind, pull)

    def superseding(self, older: Job) -> Job:
        """Take the place of an older job of this kind and key, and what it alone knew or asked."""
        return replace(
            self,
            head_sha=self.head_sha or older.head_sha,
            base_sha=self.base_sha or older.base_sha,
            priority=max(self.priority, older.priority),
            explicit=self.explicit or older.explicit,
            left_sha=older.left_sha or self.left_sha,
        )


def census_of(installation_id: int, repository: RepositoryRef) -> Job:
    """Have the default branch of a repository measured, when nothing else is to be done."""
    return Job(JobKind.CENSUS, installation_id, repository, 0, priority=Priority.SWEEP)


def history_of(installation_id: int, repository: RepositoryRef) -> Job:
    """Have the days before today counted, when there is nothing else to do at all."""
    return Job(JobKind.HISTORY, installation_id, repository, 0, priority=Priority.LEISURE)


def issue_of(place: Place, number: int) -> Job:
    """Have a tracked issue say what was measured last, when nothing else is to be done."""
    priority = Priority.SWEEP
    return Job(JobKind.ISSUE, place.installation_id, place.repository, number, priority=priority)


def rerun_of_group(
    branch: QueueBranch, head_sha: str, repository: RepositoryRef, *, installation_id: int
) -> Job:
    """Have a merge queue's group judged again, in a new run."""
    return Job(
        kind=JobKind.GROUP,
        installation_id=installation_id,
        repository=repository,
        number=branch.number,
        head_sha=head_sha,
        priority=Priority.COMMAND,
        explicit=True,
        branch=branch.base_ref,
    )


def reply_to(
    comment_id: int,
    *,
    installation_id: int,
    repository: RepositoryRef,
    number: int,
    on_issue: bool = False,
) -> Job:
    """Have a comment answered, ahead of all that nobody waits for."""
    return Job(
        kind=JobKind.REPLY,
        installation_id=installation_id,
        repository=repository,
        number=number,
        priority=Priority.COMMAND,
        comment_id=comment_id,
        on_issue=on_issue,
    )


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that the store gave up; `id` is the store's, `failed_at` Unix time in seconds."""

    id: int
    job: Job
    error: str
    attempts: int
    failed_at: float
