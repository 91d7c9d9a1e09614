"""Somebody pressed "Re-run" at a check run: review its pull request, with a new run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.domain.jobs import Job, JobKind, Priority

if TYPE_CHECKING:
    from bot.domain.events import Event

EVENT = "check_run"

# What the publisher writes: v1:{repository id}:{number}:{digest}.
_EXTERNAL_ID = re.compile(r"v1:([0-9]{1,19}):([0-9]{1,18}):[0-9A-Za-z]*", re.ASCII)


def jobs(event: Event) -> list[Job]:
    """Ask for an explicit review of the pull request that the run belongs to.

    GitHub sends `rerequested` only to the App that made the run, but names no pull request for
    the head of a fork: our own `external_id` is looked at first. No head is handed on: the run
    may stand on one that the pull request has left.
    """
    installation = event.installation_id
    if installation is None or event.action != "rerequested":
        return []
    repository = event.repository
    number = _own_number(event, repository.id) or _listed_number(event, repository.id)
    if number is None:
        return []
    return [
        Job(
            kind=JobKind.REVIEW,
            installation_id=installation,
            repository=repository,
            number=number,
            priority=Priority.COMMAND,
            explicit=True,
        )
    ]


def _own_number(event: Event, repository_id: int) -> int | None:
    external_id = event.find("check_run.external_id")
    match = _EXTERNAL_ID.fullmatch(external_id) if isinstance(external_id, str) else None
    if match is None or int(match[1]) != repository_id:
        return None
    return int(match[2])


def _listed_number(event: Event, repository_id: int) -> int | None:
    return next(iter(event.pull_request_numbers("check_run.pull_requests", repository_id)), None)
