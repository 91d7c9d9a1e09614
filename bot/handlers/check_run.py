"""Somebody pressed a button at a check run: "Re-run", or one of our own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.domain.jobs import Job, JobKind, Priority, rerun_of_group
from bot.domain.merge_queue import queue_branch
from bot.domain.report import FIX, RECHECK

if TYPE_CHECKING:
    from bot.domain.events import Event

EVENT = "check_run"

# What the publisher writes: v1:{repository id}:{number}:{digest}.
_EXTERNAL_ID = re.compile(r"v1:([0-9]{1,19}):([0-9]{1,18}):[0-9A-Za-z]*", re.ASCII)
_BUTTONS = frozenset({FIX.identifier, RECHECK.identifier})


def jobs(event: Event) -> list[Job]:
    """Review anew what is to be run again; answer a button of ours as the command of its name.

    GitHub sends both only to the App that made the run, but names no pull request for the head of
    a fork: our own `external_id` is looked at first.
    """
    installation = event.installation_id
    if installation is None:
        return []
    if event.action == "rerequested":
        return [_rerun(event, installation)]
    if event.action == "requested_action":
        return _pressed(event, installation)
    return []


def _rerun(event: Event, installation: int) -> Job:
    """Ask for a new run; no head is handed on, for the pull request may have left this one.

    A run that tells no pull request is located by its head. One of a queue's group names a pull
    request, and judges something else.
    """
    branch = queue_branch(event.find("check_run.check_suite.head_branch"))
    if branch:
        head_sha = event.text("check_run.head_sha")
        return rerun_of_group(branch, head_sha, event.repository, installation_id=installation)
    number = _number(event)
    return Job(
        kind=JobKind.LOCATE if number is None else JobKind.REVIEW,
        installation_id=installation,
        repository=event.repository,
        number=number or 0,
        head_sha=event.text("check_run.head_sha") if number is None else "",
        priority=Priority.COMMAND,
        explicit=True,
    )


def _pressed(event: Event, installation: int) -> list[Job]:
    command, number = event.find("requested_action.identifier"), _number(event)
    if number is None or command not in _BUTTONS:
        return []
    return [
        Job(
            kind=JobKind.REPLY,
            installation_id=installation,
            repository=event.repository,
            number=number,
            head_sha=event.text("check_run.head_sha"),
            priority=Priority.COMMAND,
            command=str(command),
            actor=event.text("sender.login"),
            actor_id=event.integer("sender.id"),
        )
    ]


def _number(event: Event) -> int | None:
    repository_id = event.repository.id
    own = _own_number(event, repository_id)
    return _listed_number(event, repository_id) if own is None else own


def _own_number(event: Event, repository_id: int) -> int | None:
    external_id = event.find("check_run.external_id")
    match = _EXTERNAL_ID.fullmatch(external_id) if isinstance(external_id, str) else None
    if match is None or int(match[1]) != repository_id:
        return None
    return int(match[2])


def _listed_number(event: Event, repository_id: int) -> int | None:
    return next(iter(event.pull_request_numbers("check_run.pull_requests", repository_id)), None)
