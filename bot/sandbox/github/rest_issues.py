"""Operations on issues, on conversations, and reactions to both kinds of comments."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.sandbox.github.answers import (
    NOT_ACCESSIBLE,
    Answer,
    RefusedError,
    not_found,
    validation_failed,
)
from bot.sandbox.github.bodies import IssueBody, ReactionBody, TextBody, parse
from bot.sandbox.github.happenings import (
    comment_happened,
    edited_body,
    issue_happened,
    pull_happened,
)
from bot.sandbox.github.paging import listing
from bot.sandbox.github.reactions import add_reaction
from bot.sandbox.github.records import Comment, Issue
from bot.sandbox.github.render import node_id
from bot.sandbox.github.render_comments import comment_json, reaction_json
from bot.sandbox.github.render_pulls import issue_json
from bot.sandbox.github.reviews import BODY_MAX_CHARACTERS, BODY_TOO_LONG, refuse_long

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.github.operations import Call, Handler

# renovatebot/renovate#6215; reactions: GitHawkApp/GitHawk#2297, github/gh-aw#15966.
LOCKED = "Unable to create comment because issue is locked."


def get_issue(call: Call) -> Answer:
    """GET …/issues/{issue_number}: pull requests are issues too."""
    return Answer(200, issue_json(call.state, call.issue()))


def edit_issue(call: Call) -> Answer:
    """PATCH …/issues/{issue_number}: writes the whole body, locks nothing."""
    body = parse(IssueBody, call.json)
    issue = call.issue()
    changed = _with_state(call, _with_texts(call, issue, body), body)
    call.state.issues[issue.repository_id, issue.number] = changed
    if changed.body != issue.body:
        _issue_edited(call, changed, before=issue.body)
    return Answer(200, issue_json(call.state, changed))


def create_comment(call: Call) -> Answer:
    """POST …/issues/{issue_number}/comments."""
    body = parse(TextBody, call.json)
    issue = call.issue()
    _refuse_locked(call, issue.number, LOCKED)
    refuse_long("IssueComment", body.body)
    now = call.state.now()
    comment = Comment(
        id=call.state.next_id(),
        repository_id=issue.repository_id,
        number=issue.number,
        author_id=call.viewer.app.bot_id,
        body=body.body,
        created_at=now,
        updated_at=now,
    )
    call.state.comments[comment.id] = comment
    comment_happened(call.state, comment, "created", sender_id=comment.author_id)
    return Answer(201, comment_json(call.state, comment))


def list_comments(call: Call) -> Answer:
    """GET …/issues/{issue_number}/comments: oldest first."""
    issue = call.issue()
    url = f"{_api(call)}/issues/{issue.number}/comments"
    found = call.state.comments_of(issue)
    return listing(call, url, found, lambda comment: comment_json(call.state, comment))


def get_comment(call: Call) -> Answer:
    """GET …/issues/comments/{comment_id}."""
    return Answer(200, comment_json(call.state, _comment(call)))


def edit_comment(call: Call) -> Answer:
    """PATCH …/issues/comments/{comment_id}."""
    body = parse(TextBody, call.json)
    before = _comment(call)
    refuse_long("IssueComment", body.body)
    now, editor_id = call.state.now(), call.viewer.app.bot_id
    comment = replace(
        before, body=body.body, updated_at=now, last_edited_at=now, editor_id=editor_id
    )
    call.state.comments[comment.id] = comment
    extra = edited_body(before.body)
    comment_happened(call.state, comment, "edited", sender_id=editor_id, extra=extra)
    return Answer(200, comment_json(call.state, comment))


def delete_comment(call: Call) -> Answer:
    """DELETE …/issues/comments/{comment_id}."""
    comment = _comment(call)
    del call.state.comments[comment.id]
    call.state.remember((comment.repository_id, comment.number), "CommentDeletedEvent")
    comment_happened(call.state, comment, "deleted", sender_id=call.viewer.app.bot_id)
    return Answer(204)


def react_to_comment(call: Call) -> Answer:
    """POST …/issues/comments/{comment_id}/reactions: 201 when new, 200 when it stood there."""
    comment = _any_comment(call)
    _refuse_locked(call, comment.number, NOT_ACCESSIBLE)
    return _react(call, node_id("IC", comment.id))


def list_comment_reactions(call: Call) -> Answer:
    """GET …/issues/comments/{comment_id}/reactions."""
    comment = _any_comment(call)
    url = f"{_api(call)}/issues/comments/{comment.id}/reactions"
    return _reactions(call, url, node_id("IC", comment.id))


def delete_comment_reaction(call: Call) -> Answer:
    """DELETE …/issues/comments/{comment_id}/reactions/{reaction_id}: an own one."""
    subject_id = node_id("IC", _any_comment(call).id)
    reaction = call.state.reactions.get(call.number("reaction_id"))
    own = (subject_id, call.viewer.app.bot_id)
    if reaction is None or (reaction.subject_id, reaction.user_id) != own:
        raise not_found()
    del call.state.reactions[reaction.id]
    return Answer(204)


def react_to_review_comment(call: Call) -> Answer:
    """POST …/pulls/comments/{comment_id}/reactions."""
    return _react(call, _review_comment_subject(call))


def list_review_comment_reactions(call: Call) -> Answer:
    """GET …/pulls/comments/{comment_id}/reactions."""
    url = f"{_api(call)}/pulls/comments/{call.params['comment_id']}/reactions"
    return _reactions(call, url, _review_comment_subject(call))


def _with_texts(call: Call, issue: Issue, body: IssueBody) -> Issue:
    now = call.state.now()
    if body.title is not None:
        issue = replace(issue, title=body.title, updated_at=now)
    if not body.sent("body"):
        return issue
    if len(body.body or "") > BODY_MAX_CHARACTERS:
        if call.state.silent_long_bodies:
            return issue
        raise validation_failed("Issue", "body", "unprocessable", message=BODY_TOO_LONG)
    return call.state.write_body(issue, body.body, editor_id=call.viewer.app.bot_id)


def _with_state(call: Call, issue: Issue, body: IssueBody) -> Issue:
    if not body.sent("state") or body.state == issue.state:
        return issue
    closes = body.state == "closed"
    reason = (body.state_reason or "completed") if closes else "reopened"
    closed_at = call.state.now() if closes else None
    return replace(issue, state=body.state, state_reason=reason, closed_at=closed_at)


def _issue_edited(call: Call, issue: Issue, *, before: str | None) -> None:
    sender_id, extra = call.viewer.app.bot_id, edited_body(before)
    pull = call.state.pulls.get((issue.repository_id, issue.number))
    if pull:
        pull_happened(call.state, pull, "edited", sender_id=sender_id, extra=extra)
    else:
        issue_happened(call.state, issue, "edited", sender_id=sender_id, extra=extra)


def _refuse_locked(call: Call, number: int, message: str) -> None:
    """Refuse to write where only collaborators may: an App is none, whatever it was granted."""
    if (call.repository.id, number) in call.state.locked:
        raise RefusedError(403, message)


def _react(call: Call, subject_id: str) -> Answer:
    body = parse(ReactionBody, call.json)
    user_id = call.viewer.app.bot_id
    reaction, created = add_reaction(call.state, subject_id, user_id=user_id, content=body.content)
    return Answer(201 if created else 200, reaction_json(call.state, reaction))


def _reactions(call: Call, url: str, subject_id: str) -> Answer:
    found = [r for r in call.state.reactions.values() if r.subject_id == subject_id]
    return listing(call, url, found, lambda reaction: reaction_json(call.state, reaction))


def _any_comment(call: Call) -> Comment:
    comment = call.state.comments.get(call.number("comment_id"))
    if comment is None or comment.repository_id != call.repository.id:
        raise not_found()
    return comment


def _comment(call: Call) -> Comment:
    comment = _any_comment(call)
    call.check_target(call.state.issues[comment.repository_id, comment.number])
    return comment


def _review_comment_subject(call: Call) -> str:
    comment = call.state.review_comments.get(call.number("comment_id"))
    if comment is None or comment.repository_id != call.repository.id:
        raise not_found()
    return node_id("PRRC", comment.id)


def _api(call: Call) -> str:
    return f"{call.state.api_url}/repos/{call.repository.full_name}"


_ISSUE = "/repos/{owner}/{repo}/issues/{issue_number}"
_COMMENT = "/repos/{owner}/{repo}/issues/comments/{comment_id}"
_REVIEW_COMMENT = "/repos/{owner}/{repo}/pulls/comments/{comment_id}"
OPERATIONS: Mapping[str, Handler] = {
    f"GET {_ISSUE}": get_issue,
    f"PATCH {_ISSUE}": edit_issue,
    f"POST {_ISSUE}/comments": create_comment,
    f"GET {_ISSUE}/comments": list_comments,
    f"GET {_COMMENT}": get_comment,
    f"PATCH {_COMMENT}": edit_comment,
    f"DELETE {_COMMENT}": delete_comment,
    f"POST {_COMMENT}/reactions": react_to_comment,
    f"GET {_COMMENT}/reactions": list_comment_reactions,
    f"DELETE {_COMMENT}/reactions/{{reaction_id}}": delete_comment_reaction,
    f"POST {_REVIEW_COMMENT}/reactions": react_to_review_comment,
    f"GET {_REVIEW_COMMENT}/reactions": list_review_comment_reactions,
}
