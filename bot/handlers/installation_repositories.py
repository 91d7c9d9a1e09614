"""The App was given further repositories of an owner, or lost some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.jobs import Job, JobKind, Priority

if TYPE_CHECKING:
    from bot.domain.events import Event

EVENT = "installation_repositories"

_ACTIONS = frozenset({"added", "removed"})


def jobs(event: Event) -> list[Job]:
    """Look at the open pull requests of what we are given, forget what is taken away."""
    installation = event.installation_id
    if installation is None or event.action not in _ACTIONS:
        return []
    given = event.repositories("repositories_added")
    taken = event.repositories("repositories_removed")
    return [
        *(Job(JobKind.SWEEP, installation, ref, 0, priority=Priority.SWEEP) for ref in given),
        *(Job(JobKind.PURGE, installation, ref, 0) for ref in taken),
    ]
