"""A pull request came, moved or changed its terms: review what it adds now.

One that was merged may decide items of tracked issues, into whichever branch it went.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.jobs import Job, JobKind, census_of

if TYPE_CHECKING:
    from bot.domain.events import Event

EVENT = "pull_request"

# `closed`: what was kept of it is forgotten, and whoever shares its head is judged alone.
_ACTIONS = frozenset(
    {"opened", "reopened", "synchronize", "ready_for_review", "converted_to_draft", "closed"}
)
# A new base changes what counts as added, a new body which issues are closed.
_CHANGES = ("base", "body")


def jobs(event: Event) -> list[Job]:
    """Ask for a review of the head that the delivery speaks of, and look at issues after a merge.

    The head's repository and the author may be null (deleted fork, deleted account): neither is
    looked at, the head is read through the base repository.
    """
    installation = event.installation_id
    if installation is None or not _changes_verdict(event):
        return []
    review = Job(
        kind=JobKind.REVIEW,
        installation_id=installation,
        repository=event.repository,
        number=event.integer("pull_request.number"),
        head_sha=event.text("pull_request.head.sha"),
        left_sha=_left_sha(event),
    )
    if event.action == "closed" and event.find("pull_request.merged") is True:
        return [review, census_of(installation, event.repository)]
    return [review]


def _changes_verdict(event: Event) -> bool:
    if event.action == "edited":
        return any(event.find(f"changes.{name}") is not None for name in _CHANGES)
    return event.action in _ACTIONS


def _left_sha(event: Event) -> str:
    """Tell the head before a push: whoever is still there shared its verdict."""
    before = event.find("before") if event.action == "synchronize" else None
    return before if isinstance(before, str) else ""
