"""Jobs to test with: one of everything, small."""

from __future__ import annotations

from bot.domain.jobs import Job, JobKind, Priority, RepositoryRef


def review(
    number: int = 1,
    *,
    installation: int = 7,
    repository: int = 42,
    head: str = "",
    priority: Priority = Priority.PUSH,
    explicit: bool = False,
) -> Job:
    return Job(
        kind=JobKind.REVIEW,
        installation_id=installation,
        repository=RepositoryRef(repository, "acme", "engine"),
        number=number,
        head_sha=head,
        priority=priority,
        explicit=explicit,
    )


def reply(comment: int, number: int = 1) -> Job:
    return Job(
        kind=JobKind.REPLY,
        installation_id=7,
        repository=RepositoryRef(42, "acme", "engine"),
        number=number,
        priority=Priority.COMMAND,
        comment_id=comment,
    )
