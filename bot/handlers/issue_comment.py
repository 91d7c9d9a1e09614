"""Somebody wrote, edited or deleted a comment: answer its commands, look again at what lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain import commands
from bot.domain.jobs import Job, JobKind, Priority, reply_to
from bot.domain.standing import PAUSE, WAIVE

if TYPE_CHECKING:
    from bot.domain.events import Event

EVENT = "issue_comment"

PERSON = "User"
# What of a comment holds for as long as the comment stands.
_LASTING = frozenset({WAIVE, PAUSE})
# Our own answers are what makes it hold.
_ACCEPTANCE = "<!-- ssot:answer="


def jobs(event: Event) -> list[Job]:
    """Answer a new comment with commands; review again when a waiver or pause was touched.

    A comment that was edited runs nothing: others may have edited it.
    """
    installation = event.installation_id
    if installation is None:
        return []
    if event.action == "created" and _is_by_person(event) and _calls(event, "comment.body"):
        return [_reply(event, installation)]
    is_touched = event.action in {"edited", "deleted"} and _is_of_pull(event) and _lasts(event)
    return [_review(event, installation)] if is_touched else []


def _reply(event: Event, installation: int) -> Job:
    return reply_to(
        event.integer("comment.id"),
        installation_id=installation,
        repository=event.repository,
        number=event.integer("issue.number"),
        on_issue=not _is_of_pull(event),
    )


def _review(event: Event, installation: int) -> Job:
    return Job(
        kind=JobKind.REVIEW,
        installation_id=installation,
        repository=event.repository,
        number=event.integer("issue.number"),
        priority=Priority.COMMAND,
    )


def _is_by_person(event: Event) -> bool:
    """Tell by the type of account and by the App, never by a name: those can be chosen."""
    return (
        event.find("comment.user.type") == PERSON
        and event.find("sender.type") == PERSON
        and event.find("comment.performed_via_github_app") is None
    )


def _is_of_pull(event: Event) -> bool:
    return event.find("issue.pull_request") is not None


def _lasts(event: Event) -> bool:
    """Tell whether the text before or after holds a waiver or pause, or our acceptance of one."""
    paths = ("comment.body", "changes.body.from")
    return any(_calls(event, path) & _LASTING or _is_answer(event, path) for path in paths)


def _calls(event: Event, path: str) -> frozenset[str]:
    body = event.find(path)
    calls = commands.parse(body) if isinstance(body, str) else ()
    return frozenset(call.name for call in calls)


def _is_answer(event: Event, path: str) -> bool:
    body = event.find(path)
    return isinstance(body, str) and body.startswith(_ACCEPTANCE)
