"""A job says "make this true", never "this happened": running it twice changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class JobKind(StrEnum):
    """What a job makes true; one function in `bot.services` serves each kind."""

    REVIEW = "review"


class Priority(IntEnum):
    """Who goes first inside one installation; installations take turns."""

    SWEEP = 0
    PUSH = 10
    COMMAND = 20


@dataclass(frozen=True, slots=True)
class RepositoryRef:
    """A repository as a job knows it: `id` never changes, `owner` and `name` may."""

    id: int
    owner: str
    name: str


@dataclass(frozen=True, slots=True)
class Job:
    """One unit of durable work on pull request (or issue) `number`.

    `head_sha` is the head that the delivery spoke of, `""` when it named none: reads of GitHub
    may lag behind it. `explicit` asks for a new check run even where the verdict stands already.
    """

    kind: JobKind
    installation_id: int
    repository: RepositoryRef
    number: int
    head_sha: str = ""
    priority: Priority = Priority.PUSH
    explicit: bool = False

    @property
    def key(self) -> str:
        """Name what makes two jobs equal: of one key, one runs at a time, the newest waits."""
        return f"{self.repository.id}#{self.number}"
