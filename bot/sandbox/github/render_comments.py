"""Comments, reviews and reactions as REST and webhooks show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.github.render import api_of, html_of, node_id, user_json
from bot.sandbox.github.state import iso

if TYPE_CHECKING:
    from bot.sandbox.github.records import Comment, Reaction, Review, ReviewComment
    from bot.sandbox.github.state import State

    Json = dict[str, object]

_CONTENTS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")


def comment_json(state: State, comment: Comment) -> Json:
    """Render a comment of a conversation."""
    api = api_of(state, comment.repository_id, f"/issues/comments/{comment.id}")
    is_pull = (comment.repository_id, comment.number) in state.pulls
    path = f"/{'pull' if is_pull else 'issues'}/{comment.number}#issuecomment-{comment.id}"
    return {
        "url": api,
        "html_url": html_of(state, comment.repository_id, path),
        "issue_url": api_of(state, comment.repository_id, f"/issues/{comment.number}"),
        "id": comment.id,
        "node_id": node_id("IC", comment.id),
        "user": user_json(state, state.users.get(comment.author_id)),
        "created_at": iso(comment.created_at),
        "updated_at": iso(comment.updated_at),
        "author_association": association(state, comment.repository_id, comment.author_id),
        "body": comment.body,
        "reactions": rollup(state, node_id("IC", comment.id), url=f"{api}/reactions"),
        "performed_via_github_app": None,
    }


def review_json(state: State, review: Review) -> Json:
    """Render a review; a pending one has no `submitted_at`."""
    api = api_of(state, review.repository_id, f"/pulls/{review.number}")
    html = html_of(state, review.repository_id, f"/pull/{review.number}")
    html += f"#pullrequestreview-{review.id}"
    rendered: Json = {
        "id": review.id,
        "node_id": node_id("PRR", review.id),
        "user": user_json(state, state.users.get(review.author_id)),
        "body": review.body,
        "state": review.state,
        "html_url": html,
        "pull_request_url": api,
        "author_association": association(state, review.repository_id, review.author_id),
        "_links": {"html": {"href": html}, "pull_request": {"href": api}},
        "commit_id": review.commit_id,
    }
    if review.submitted_at is not None:
        rendered["submitted_at"] = iso(review.submitted_at)
    return rendered


def review_comment_json(state: State, comment: ReviewComment) -> Json:
    """Render a comment on the diff; `line` and `position` are null when it is outdated."""
    api = api_of(state, comment.repository_id, f"/pulls/comments/{comment.id}")
    pull = api_of(state, comment.repository_id, f"/pulls/{comment.number}")
    html = html_of(state, comment.repository_id, f"/pull/{comment.number}#discussion_r{comment.id}")
    rendered: Json = {
        "url": api,
        "pull_request_review_id": comment.review_id,
        "id": comment.id,
        "node_id": node_id("PRRC", comment.id),
        **_place(comment),
        "user": user_json(state, state.users.get(comment.author_id)),
        "body": comment.body,
        "created_at": iso(comment.created_at),
        "updated_at": iso(comment.updated_at),
        "html_url": html,
        "pull_request_url": pull,
        "author_association": association(state, comment.repository_id, comment.author_id),
        "_links": {
            "self": {"href": api},
            "html": {"href": html},
            "pull_request": {"href": pull},
        },
        "reactions": rollup(state, node_id("PRRC", comment.id), url=f"{api}/reactions"),
    }
    if comment.reply_to is not None:
        rendered["in_reply_to_id"] = comment.reply_to
    return rendered


def _place(comment: ReviewComment) -> Json:
    current, original = comment.current, comment.original
    return {
        "diff_hunk": comment.diff_hunk,
        "path": current.path,
        "commit_id": current.commit_id,
        "original_commit_id": original.commit_id,
        "start_line": current.start_line,
        "original_start_line": original.start_line,
        "start_side": original.start_side,
        "line": current.line,
        "original_line": original.line,
        "side": original.side,
        "original_position": comment.position,
        "position": comment.position if current.line is not None else None,
        "subject_type": comment.subject_type,
    }


def reaction_json(state: State, reaction: Reaction) -> Json:
    """Render one reaction."""
    return {
        "id": reaction.id,
        "node_id": node_id("REA", reaction.id),
        "user": user_json(state, state.users.get(reaction.user_id)),
        "content": reaction.content,
        "created_at": iso(reaction.created_at),
    }


def association(state: State, repository_id: int, user_id: int) -> str:
    """Guess what GitHub says of an author; nobody may build a decision on it."""
    repository = state.repositories[repository_id]
    user = state.users.get(user_id)
    if user is not None and user.login == repository.owner:
        return "OWNER"
    is_shown = user_id not in state.private_members
    return "COLLABORATOR" if is_shown and (repository_id, user_id) in state.roles else "NONE"


def rollup(state: State, subject_id: str, *, url: str) -> Json:
    """Count the reactions to a subject."""
    contents = [r.content for r in state.reactions.values() if r.subject_id == subject_id]
    counts = {content: contents.count(content) for content in _CONTENTS}
    return {"url": url, "total_count": len(contents), **counts}
