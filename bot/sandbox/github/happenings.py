"""What the Apps are told: one function per kind of event, with its part of the payload."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.github.render import installation_json, node_id
from bot.sandbox.github.render_checks import check_run_event_json, check_suite_json
from bot.sandbox.github.render_comments import comment_json
from bot.sandbox.github.render_pulls import issue_json, pull_json
from bot.sandbox.github.state import Happening

if TYPE_CHECKING:
    from bot.sandbox.github.check_records import CheckRun, CheckSuite
    from bot.sandbox.github.records import Comment, Installation, Issue, Pull
    from bot.sandbox.github.state import State

    Json = dict[str, object]


def pull_happened(
    state: State, pull: Pull, action: str, *, sender_id: int, extra: Json | None = None
) -> None:
    """Tell of a pull request; `extra` holds `before`/`after` or `changes`."""
    payload: Json = {
        "number": pull.number,
        "pull_request": pull_json(state, pull),
        **(extra or {}),
    }
    happening = Happening("pull_request", action, pull.repository_id, sender_id, payload)
    state.outbox.append(happening)


def check_run_happened(
    state: State, run: CheckRun, action: str, *, sender_id: int = 0, extra: Json | None = None
) -> None:
    """Tell of a check run; without a sender it was its own App."""
    sender = sender_id or state.apps[run.app_id].bot_id
    payload: Json = {"check_run": check_run_event_json(state, run), **(extra or {})}
    state.outbox.append(Happening("check_run", action, run.repository_id, sender, payload))


def check_suite_happened(state: State, suite: CheckSuite, action: str, *, sender_id: int) -> None:
    """Tell of a check suite."""
    payload: Json = {"check_suite": check_suite_json(state, suite)}
    happening = Happening("check_suite", action, suite.repository_id, sender_id, payload)
    state.outbox.append(happening)


def comment_happened(
    state: State, comment: Comment, action: str, *, sender_id: int, extra: Json | None = None
) -> None:
    """Tell of a comment in a conversation."""
    issue = state.issues[comment.repository_id, comment.number]
    payload: Json = {
        "issue": issue_json(state, issue),
        "comment": comment_json(state, comment),
        **(extra or {}),
    }
    happening = Happening("issue_comment", action, issue.repository_id, sender_id, payload)
    state.outbox.append(happening)


def issue_happened(
    state: State, issue: Issue, action: str, *, sender_id: int, extra: Json | None = None
) -> None:
    """Tell of an issue that is no pull request."""
    payload: Json = {"issue": issue_json(state, issue), **(extra or {})}
    state.outbox.append(Happening("issues", action, issue.repository_id, sender_id, payload))


def installation_happened(
    state: State, installation: Installation, action: str, *, sender_id: int
) -> None:
    """Tell an App what becomes of its installation."""
    repositories = [state.repositories[known] for known in sorted(installation.repository_ids)]
    payload: Json = {
        "installation": installation_json(state, installation),
        "repositories": [
            {
                "id": repository.id,
                "node_id": node_id("R", repository.id),
                "name": repository.name,
                "full_name": repository.full_name,
                "private": repository.private,
            }
            for repository in repositories
        ],
    }
    happening = Happening("installation", action, None, sender_id, payload, installation.id)
    state.outbox.append(happening)


def edited_body(before: str | None) -> Json:
    """Say what an edited body was before."""
    return {"changes": {"body": {"from": before or ""}}}
