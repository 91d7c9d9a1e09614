"""A merge queue asks for a verdict on the commit that it would merge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.jobs import Job, JobKind
from bot.domain.merge_queue import queue_branch

if TYPE_CHECKING:
    from bot.domain.events import Event

EVENT = "merge_group"

_BRANCHES = "refs/heads/"


def jobs(event: Event) -> list[Job]:
    """Ask for the verdict on the group's own commits.

    A group that was `destroyed` asks for nothing: its commits never come again, and a job that
    still waits finds out by itself that nobody needs it.
    """
    installation = event.installation_id
    if installation is None or event.action != "checks_requested":
        return []
    # The only place that names a pull request.
    named = queue_branch(event.text("merge_group.head_ref"))
    return [
        Job(
            kind=JobKind.GROUP,
            installation_id=installation,
            repository=event.repository,
            number=named.number if named else 0,
            head_sha=event.text("merge_group.head_sha"),
            base_sha=event.text("merge_group.base_sha"),
            branch=event.text("merge_group.base_ref").removeprefix(_BRANCHES),
        )
    ]
