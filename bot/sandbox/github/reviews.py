"""The rules of reviews: anchors, pending ones, whose pull request it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.sandbox.github.anchors import NO_HUNK, anchor_error, files_at, moved
from bot.sandbox.github.answers import unprocessable, validation_failed
from bot.sandbox.github.records import Anchor, Review, ReviewComment

if TYPE_CHECKING:
    from bot.sandbox.github.bodies import CreateReviewBody, DraftCommentBody
    from bot.sandbox.github.diff import FileDiff
    from bot.sandbox.github.records import Pull
    from bot.sandbox.github.state import State

# Code points; PR bodies and comments were measured in September 2026 (objectstack#18793).
BODY_MAX_CHARACTERS = 65_536
BODY_TOO_LONG = "Body is too long (maximum is 65536 characters)"
# max-sixty/tend#1171
ONE_PENDING = "User can only have one pending review per pull request"
# Blazity#180, juliangruber#79
OWN_REQUEST_CHANGES = "Review Can not request changes on your own pull request"
OWN_APPROVE = "Can not approve your own pull request"
EMPTY_REVIEW = "Review body can't be blank"
FOREIGN_COMMIT = "commit_id is not part of the pull request"
_STATES = {
    "APPROVE": "APPROVED",
    "REQUEST_CHANGES": "CHANGES_REQUESTED",
    "COMMENT": "COMMENTED",
    "PENDING": "PENDING",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A comment that is about to be written."""

    body: str
    anchor: Anchor
    subject_type: str = "line"


def refuse_second_pending(state: State, pull: Pull, author_id: int) -> None:
    """Refuse while the author's own pending review stands: not even a submitted one may follow."""
    if any(r.state == "PENDING" and r.author_id == author_id for r in state.reviews_of(pull)):
        raise unprocessable(ONE_PENDING)


def refuse_verdict(state: State, pull: Pull, author_id: int, *, event: str) -> None:
    """Refuse to judge one's own pull request."""
    if state.issue_of(pull).author_id != author_id:
        return
    if event == "APPROVE":
        raise unprocessable(OWN_APPROVE)
    if event == "REQUEST_CHANGES":
        raise unprocessable(OWN_REQUEST_CHANGES)


def refuse_long(resource: str, body: str) -> None:
    """Refuse a text that is empty or over the limit."""
    if not body.strip():
        message = "Body cannot be blank"
        raise validation_failed(resource, "data", "unprocessable", message=message)
    if len(body) > BODY_MAX_CHARACTERS:
        raise validation_failed(resource, "data", "unprocessable", message=BODY_TOO_LONG)


def reviewed_commit(state: State, pull: Pull, commit_id: str) -> str:
    """Return the commit that a review speaks of: without one, the head at this very moment."""
    if not commit_id:
        return pull.head_sha
    git = state.git(pull.repository_id)
    merge_base = git.merge_base(pull.base_sha, pull.head_sha) or pull.base_sha
    if commit_id not in git.commits(merge_base, pull.head_sha):
        raise unprocessable(FOREIGN_COMMIT)
    return commit_id


def drafts_of(
    state: State, pull: Pull, comments: list[DraftCommentBody], *, commit_id: str
) -> list[Draft]:
    """Check a batch of comments; one bad anchor refuses all, and the answer names none."""
    files = files_at(state.git(pull.repository_id), pull.base_sha, commit_id)
    return [_draft(comment, files, commit_id) for comment in comments]


def add_review(
    state: State, pull: Pull, *, author_id: int, body: CreateReviewBody, drafts: list[Draft]
) -> Review:
    """Store a checked review with its comments."""
    now = state.now()
    review = Review(
        id=state.next_id(),
        repository_id=pull.repository_id,
        number=pull.number,
        author_id=author_id,
        body=body.body,
        state=_STATES[body.event],
        commit_id=drafts[0].anchor.commit_id
        if drafts
        else reviewed_commit(state, pull, body.commit_id),
        created_at=now,
        submitted_at=None if body.event == "PENDING" else now,
    )
    state.reviews[review.id] = review
    for draft in drafts:
        add_comment(state, pull, review, draft=draft)
    return review


def add_comment(
    state: State, pull: Pull, review: Review, *, draft: Draft, reply_to: int | None = None
) -> ReviewComment:
    """Store a comment; on an older commit it is moved to the head at once."""
    git = state.git(pull.repository_id)
    anchor, now = draft.anchor, state.now()
    file = files_at(git, pull.base_sha, anchor.commit_id).get(anchor.path)
    hunk = file.hunk_at(anchor.line, anchor.side) if file and anchor.line else None
    comment = ReviewComment(
        id=state.next_id(),
        repository_id=pull.repository_id,
        number=pull.number,
        review_id=review.id,
        author_id=review.author_id,
        body=draft.body,
        original=anchor,
        current=anchor,
        diff_hunk=hunk.until(anchor.line, anchor.side) if hunk and anchor.line else "",
        created_at=now,
        updated_at=now,
        position=file.position(anchor.line, anchor.side) if file and anchor.line else None,
        subject_type=draft.subject_type,
        reply_to=reply_to,
    )
    if anchor.commit_id != pull.head_sha:
        comment = followed(state, pull, comment)
    state.review_comments[comment.id] = comment
    return comment


def follow_head(state: State, pull: Pull) -> None:
    """Move every comment to the new head; reviews of commits that were forced away as well.

    GitHub re-points `commit_id` of such a review (max-sixty/tend#884).
    """
    git = state.git(pull.repository_id)
    for review in state.reviews_of(pull):
        if not git.is_ancestor(review.commit_id, pull.head_sha):
            state.reviews[review.id] = replace(review, commit_id=pull.head_sha)
    for comment in list(state.review_comments.values()):
        if (comment.repository_id, comment.number) == (pull.repository_id, pull.number):
            state.review_comments[comment.id] = followed(state, pull, comment)


def followed(state: State, pull: Pull, comment: ReviewComment) -> ReviewComment:
    """Move one comment to the head; an outdated one, and one on a file, stays where it is."""
    if comment.current.line is None:
        return comment
    git = state.git(pull.repository_id)
    current = moved(git, comment.current, base=pull.base_sha, head=pull.head_sha)
    return replace(comment, current=current)


def _draft(comment: DraftCommentBody, files: dict[str, FileDiff], commit_id: str) -> Draft:
    refuse_long("PullRequestReviewComment", comment.body)
    line = comment.line or None
    if line is None and comment.position:
        line = _line_at(files.get(comment.path), comment.position)
    start_side = comment.start_side if comment.sent("start_side") else None
    anchor = Anchor(
        commit_id, comment.path, line, comment.side, comment.start_line or None, start_side
    )
    error = anchor_error(anchor, files)
    if error:
        raise unprocessable(error)
    return Draft(comment.body, anchor)


def _line_at(file: FileDiff | None, position: int) -> int | None:
    """Turn the old way of naming a line, counted from the first `@@`, into a line on RIGHT."""
    if file is None:
        return None
    shown = (line.new for hunk in file.hunks for line in hunk.lines if line.new is not None)
    found = next((line for line in shown if file.position(line, "RIGHT") == position), None)
    if found is None:
        raise unprocessable(NO_HUNK)
    return found
