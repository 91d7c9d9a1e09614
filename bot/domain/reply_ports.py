"""What answers need of the world, besides the ports of a review."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from bot.domain.conversation import Remark
    from bot.domain.issue_ports import IssuePorts
    from bot.domain.jobs import Job
    from bot.domain.ports import Access, Analyse, Commits, Pulls, Queue
    from bot.domain.pull import PullRequest


class Reaction(StrEnum):
    """What we show at a comment, in GitHub's words."""

    SEEN = "eyes"
    DONE = "+1"
    CONFUSED = "confused"


class Conversation(Protocol):
    """Comments that stand at no line, of issues and pull requests."""

    async def remark(self, job: Job) -> Remark | None:
        """Read the comment that a job answers, as it stands now.

        None when it is gone, or when we reacted as we do at the end of an answer.
        """
        ...

    async def remarks(self, job: Job) -> Sequence[Remark]:
        """List what is said on an issue: the newest 100 comments, oldest first."""
        ...

    async def react(self, job: Job, reaction: Reaction) -> bool:
        """React to the comment that a job answers: a courtesy that GitHub may refuse.

        Tell whether the reaction stands, or the comment is gone.
        """
        ...

    async def say(self, job: Job, body: str) -> bool:
        """Comment; False where GitHub lets us say nothing: the conversation is locked, or gone."""
        ...


class Texts(Protocol):
    """Contents of files, fed by git."""

    async def __call__(
        self, pull: PullRequest, paths: Collection[str], *, merge_base: str | None
    ) -> Mapping[str, bytes]:
        """Read files at the head of `pull`; what is missing or too large is left out."""
        ...


@dataclass(frozen=True, slots=True)
class ReplyPorts:
    """The world of one answer; `clock` tells Unix time."""

    pulls: Pulls
    analyse: Analyse
    access: Access
    commits: Commits
    conversation: Conversation
    texts: Texts
    queue: Queue
    tracking: IssuePorts
    clock: Callable[[], float]


class Locations(Protocol):
    """The way from a commit to the pull requests that it is the head of."""

    async def open_pulls(self, job: Job) -> Sequence[int]:
        """List the open pull requests whose head is the job's, by number."""
        ...
