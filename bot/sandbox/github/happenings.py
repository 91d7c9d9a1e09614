"""What the Apps are told: one function per kind of event, with its part of the payload."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.github.render import installation_json, node_id
from bot.sandbox.github.render_checks import check_run_event_json, check_suite_json
from bot.sandbox.github.render_comments import comment_json
from bot.sandbox.github.render_pulls import issue_json, pull_json
from bot.sandbox.github.state import Happening, iso

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.sandbox.github.check_records import CheckRun, CheckSuite
    from bot.sandbox.github.merge_queue import MergeGroup
    from bot.sandbox.github.records import Comment, Installation, Issue, Pull
    from bot.sandbox.github.state import State

    Json = dict[str, object]

_WITHOUT_REPOSITORIES = frozenset({"suspend", "unsuspend"})


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
    payload: Json = {"installation": installation_json(state, installation)}
    if action not in _WITHOUT_REPOSITORIES:
        payload["repositories"] = _short_repositories(state, installation.repository_ids)
    happening = Happening("installation", action, None, sender_id, payload, installation.id)
    state.outbox.append(happening)


def repositories_happened(
    state: State,
    installation: Installation,
    action: str,
    *,
    repository_ids: Collection[int],
    sender_id: int,
) -> None:
    """Tell an App which repositories it was given (`added`) or lost (`removed`)."""
    changed = _short_repositories(state, repository_ids)
    payload: Json = {
        "installation": installation_json(state, installation),
        "repository_selection": "selected",
        "repositories_added": changed if action == "added" else [],
        "repositories_removed": changed if action == "removed" else [],
        "requester": None,
    }
    event = "installation_repositories"
    state.outbox.append(Happening(event, action, None, sender_id, payload, installation.id))


def group_happened(
    state: State, group: MergeGroup, action: str, *, sender_id: int, reason: str | None = None
) -> None:
    """Tell of a merge queue's group; `reason` says why one was destroyed."""
    git = state.git(group.repository_id)
    person = {"name": "Ada Example", "email": "ada@example.org"}
    payload: Json = {
        "merge_group": {
            "head_sha": group.head_sha,
            "head_ref": group.head_ref,
            "base_sha": group.base_sha,
            "base_ref": f"refs/heads/{group.base_ref}",
            "head_commit": {
                "id": group.head_sha,
                "tree_id": git.tree_id(group.head_sha),
                "message": git.message(group.head_sha),
                "timestamp": iso(state.now()),
                "author": person,
                "committer": person,
            },
        },
        **({"reason": reason} if reason else {}),
    }
    happening = Happening("merge_group", action, group.repository_id, sender_id, payload)
    state.outbox.append(happening)


def _short_repositories(state: State, repository_ids: Collection[int]) -> list[Json]:
    repositories = [state.repositories[known] for known in sorted(repository_ids)]
    return [
        {
            "id": repository.id,
            "node_id": node_id("R", repository.id),
            "name": repository.name,
            "full_name": repository.full_name,
            "private": repository.private,
        }
        for repository in repositories
    ]


def edited_body(before: str | None) -> Json:
    """Say what an edited body was before."""
    return {"changes": {"body": {"from": before or ""}}}
