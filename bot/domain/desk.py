"""What an operator asks of the queue, beside the service that works on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from checks.formats.visible import spell_unseen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.jobs import FailedJob, Job, JobState

_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


@dataclass(frozen=True, slots=True)
class PendingJob:
    """A job that runs or waits; `due_at` is when it may run, or might, in Unix time in seconds.

    `error` is what ended it last, `""` before it ran or when what came meanwhile superseded it.
    """

    id: int
    job: Job
    state: JobState
    attempts: int
    due_at: float
    error: str = ""


class Desk(Protocol):
    """A view of the queue that runs nothing; what cannot be read or written raises StoreError."""

    async def counts(self) -> Mapping[str, int]:
        """Count jobs by state, as `Store.counts` does."""
        ...

    async def pending(self, *, limit: int = 100) -> Sequence[PendingJob]:
        """List the jobs that run, then those that wait, the longest due first."""
        ...

    async def failed(self, *, limit: int = 100) -> Sequence[FailedJob]:
        """List the jobs that were given up, the newest first."""
        ...

    async def replay(self, job_id: int) -> bool:
        """Let a failed job run again from its first attempt; False when there is none."""
        ...

    async def enqueue(
        self, jobs: Sequence[Job], *, delivery: str = "", not_before: float = 0.0
    ) -> bool:
        """Store jobs as `Store.enqueue` does."""
        ...

    async def close(self) -> None:
        """Let go of the database; no other call may follow."""
        ...


def title(job: Job) -> str:
    """Name a job for a person; owners and branches are named by strangers."""
    place = f" ({job.repository.full_name})" if job.repository.name else ""
    return spell_unseen(f"{job.kind} {job.key}{place}")


def age(seconds: float) -> str:
    """Write a length of time for a person, in its largest unit."""
    size, unit = next((each for each in _UNITS if seconds >= each[0]), _UNITS[-1])
    return f"{max(0, int(seconds // size))} {unit}"
