"""What following an issue needs of the world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.domain.census_ports import Censuses
    from bot.domain.checklist import Reference, ReferenceState
    from bot.domain.history_ports import Histories
    from bot.domain.issue import BodyEdit, Issue
    from bot.domain.jobs import Job
    from bot.domain.ports import Access, Queue


# Issues are read by people, and each edit of one stands in its history.
PROGRESS_SECONDS = 600.0


class Issues(Protocol):
    """Reads and writes of issues. GitHub locks nothing: whoever writes last wins."""

    async def read(self, job: Job) -> Issue | None:
        """Read the job's issue; None when it is gone, was transferred, or is a pull request."""
        ...

    async def edits(self, issue: Issue) -> Sequence[BodyEdit]:
        """Read the newest entries of the body's history, the newest first."""
        ...

    async def write(self, issue: Issue, body: str) -> str:
        """Write the whole body; return what GitHub says it is now."""
        ...

    async def comment(self, issue: Issue, body: str) -> None:
        """Write our comment about the progress: the one that stands, or a new one."""
        ...

    async def say(self, issue: Issue, body: str) -> None:
        """Write a new comment below the issue."""
        ...

    async def states(
        self, issue: Issue, references: Sequence[Reference]
    ) -> Mapping[Reference, ReferenceState]:
        """Tell what became of these; what our token cannot read is `UNREADABLE`."""
        ...


@dataclass(frozen=True, slots=True)
class IssuePorts:
    """The world of a tracked issue; `clock` tells Unix time, `server_url` where GitHub is.

    `progress_seconds` lie between two writes of one issue's progress at least.
    """

    issues: Issues
    censuses: Censuses
    histories: Histories
    access: Access
    queue: Queue
    clock: Callable[[], float]
    server_url: str
    progress_seconds: float = PROGRESS_SECONDS
