"""The App was installed, removed, suspended or given other permissions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.jobs import Job, JobKind, Priority, RepositoryRef

if TYPE_CHECKING:
    from bot.domain.events import Event

EVENT = "installation"

# `suspend` is left out: what runs is refused by GitHub and ends; `unsuspend` makes up for it.
_GIVEN = frozenset({"created", "unsuspend", "new_permissions_accepted"})
_EVERY = RepositoryRef(0, "", "")


def jobs(event: Event) -> list[Job]:
    """Look at all repositories that we are given, forget all that are taken away."""
    installation = event.installation_id
    if installation is None:
        return []
    if event.action in _GIVEN:
        every = Job(JobKind.INSTALLATION, installation, _EVERY, 0, priority=Priority.SWEEP)
        return [every]
    if event.action == "deleted":
        return [Job(JobKind.PURGE, installation, taken, 0) for taken in _taken(event)]
    return []


def _taken(event: Event) -> list[RepositoryRef]:
    """List what is taken away; GitHub need not name it, and we know what we worked on."""
    if event.find("repositories") is None:
        return [_EVERY]
    return event.repositories("repositories") or [_EVERY]
