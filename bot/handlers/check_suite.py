"""Somebody pressed "Re-run all checks": review the pull requests of that head, with new runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.jobs import Job, JobKind, Priority

if TYPE_CHECKING:
    from bot.domain.events import Event

EVENT = "check_suite"


def jobs(event: Event) -> list[Job]:
    """Ask for an explicit review of each pull request that GitHub names; for a fork it names none.

    No head is handed on: the suite may stand on one that the pull request has left.
    """
    installation = event.installation_id
    if installation is None or event.action != "rerequested":
        return []
    repository = event.repository
    return [
        Job(
            kind=JobKind.REVIEW,
            installation_id=installation,
            repository=repository,
            number=number,
            priority=Priority.COMMAND,
            explicit=True,
        )
        for number in event.pull_request_numbers("check_suite.pull_requests", repository.id)
    ]
