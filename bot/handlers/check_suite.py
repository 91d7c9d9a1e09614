"""Somebody pressed "Re-run all checks": review the pull requests of that head, with new runs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.jobs import Job, JobKind, Priority, rerun_of_group
from bot.domain.merge_queue import queue_branch

if TYPE_CHECKING:
    from bot.domain.events import Event

EVENT = "check_suite"
_PULLS = "check_suite.pull_requests"


def jobs(event: Event) -> list[Job]:
    """Ask for an explicit review of each pull request that GitHub names, or of a queue's group.

    Those with one head are judged by the job of the lowest number, in one new run. For the head of
    a fork GitHub names none: those are located by the head. No head is handed on to a review: the
    suite may stand on one that the pull request has left.
    """
    installation = event.installation_id
    if installation is None or event.action != "rerequested":
        return []
    repository = event.repository
    head_sha = event.text("check_suite.head_sha")
    if branch := queue_branch(event.find("check_suite.head_branch")):
        return [rerun_of_group(branch, head_sha, repository, installation_id=installation)]
    numbers = event.pull_request_numbers(_PULLS, repository.id)
    located = Job(
        kind=JobKind.LOCATE,
        installation_id=installation,
        repository=repository,
        number=0,
        head_sha=head_sha,
        priority=Priority.COMMAND,
        explicit=True,
    )
    found = replace(located, kind=JobKind.REVIEW, head_sha="")
    judged = event.pull_request_numbers(_PULLS, repository.id, head_sha=head_sha)[1:]
    return [replace(found, number=number) for number in numbers if number not in judged] or [
        located
    ]
