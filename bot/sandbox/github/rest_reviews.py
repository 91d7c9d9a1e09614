"""Operations on reviews and on the comments that stand in the diff."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.sandbox.github.anchors import PATH_INVALID, files_at
from bot.sandbox.github.answers import Answer, not_found, unprocessable
from bot.sandbox.github.bodies import (
    CreateReviewBody,
    CreateReviewCommentBody,
    DraftCommentBody,
    SubmitReviewBody,
    TextBody,
    parse,
)
from bot.sandbox.github.paging import listing
from bot.sandbox.github.records import Anchor
from bot.sandbox.github.render_comments import review_comment_json, review_json
from bot.sandbox.github.reviews import (
    EMPTY_REVIEW,
    Draft,
    add_comment,
    add_review,
    drafts_of,
    refuse_long,
    refuse_second_pending,
    refuse_verdict,
    reviewed_commit,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.github.operations import Call, Handler
    from bot.sandbox.github.records import Pull, Review, ReviewComment

NOT_PENDING = "Can not delete a non-pending pull request review"
ALREADY_SUBMITTED = "Could not submit review: it was submitted before"


def create_review(call: Call) -> Answer:
    """POST …/pulls/{pull_number}/reviews: 200, all comments or none."""
    body = parse(CreateReviewBody, call.json if call.json is not None else {})
    pull, author_id = call.pull(), call.viewer.app.bot_id
    refuse_second_pending(call.state, pull, author_id)
    refuse_verdict(call.state, pull, author_id, event=body.event)
    if body.event == "REQUEST_CHANGES" and not body.body:
        raise unprocessable(EMPTY_REVIEW)
    if body.event == "COMMENT" and not body.body and not body.comments:
        raise unprocessable(EMPTY_REVIEW)
    if body.body:
        refuse_long("PullRequestReview", body.body)
    commit_id = reviewed_commit(call.state, pull, body.commit_id)
    drafts = drafts_of(call.state, pull, body.comments, commit_id=commit_id)
    review = add_review(call.state, pull, author_id=author_id, body=body, drafts=drafts)
    return Answer(200, review_json(call.state, review))


def list_reviews(call: Call) -> Answer:
    """GET …/pulls/{pull_number}/reviews: oldest first, foreign pending ones left out."""
    pull = call.pull()
    visible = [review for review in call.state.reviews_of(pull) if _is_visible(call, review)]
    url = f"{_api(call)}/pulls/{pull.number}/reviews"
    return listing(call, url, visible, lambda review: review_json(call.state, review))


def get_review(call: Call) -> Answer:
    """GET …/reviews/{review_id}."""
    return Answer(200, review_json(call.state, _review(call)))


def list_comments_of_review(call: Call) -> Answer:
    """GET …/reviews/{review_id}/comments."""
    review = _review(call)
    found = [c for c in call.state.review_comments.values() if c.review_id == review.id]
    url = f"{_api(call)}/pulls/{review.number}/reviews/{review.id}/comments"
    return listing(call, url, found, lambda comment: review_comment_json(call.state, comment))


def edit_review(call: Call) -> Answer:
    """PUT …/reviews/{review_id}: the body of an own review."""
    body = parse(TextBody, call.json)
    refuse_long("PullRequestReview", body.body)
    review = replace(_own(call, _review(call)), body=body.body)
    call.state.reviews[review.id] = review
    return Answer(200, review_json(call.state, review))


def submit_review(call: Call) -> Answer:
    """POST …/reviews/{review_id}/events: submits a pending review."""
    body = parse(SubmitReviewBody, call.json)
    review = _own(call, _review(call))
    if review.state != "PENDING":
        raise unprocessable(ALREADY_SUBMITTED)
    refuse_verdict(call.state, call.pull(), review.author_id, event=body.event)
    states = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED"}
    review = replace(
        review,
        state=states.get(body.event, "COMMENTED"),
        body=body.body or review.body,
        submitted_at=call.state.now(),
    )
    call.state.reviews[review.id] = review
    return Answer(200, review_json(call.state, review))


def delete_review(call: Call) -> Answer:
    """DELETE …/reviews/{review_id}: only a pending one can go."""
    review = _own(call, _review(call))
    if review.state != "PENDING":
        raise unprocessable(NOT_PENDING)
    del call.state.reviews[review.id]
    for comment in list(call.state.review_comments.values()):
        if comment.review_id == review.id:
            del call.state.review_comments[comment.id]
    return Answer(200, review_json(call.state, review))


def create_review_comment(call: Call) -> Answer:
    """POST …/pulls/{pull_number}/comments: one comment, on a line or on a file."""
    body = parse(CreateReviewCommentBody, call.json)
    pull = call.pull()
    refuse_second_pending(call.state, pull, call.viewer.app.bot_id)
    if body.in_reply_to:
        return _reply(call, pull, body.in_reply_to, text=body.body)
    # The schema requires them; only `in_reply_to` makes them idle.
    parse(_RequiredFields, {name: getattr(body, name) for name in body.model_fields_set})
    refuse_long("PullRequestReviewComment", body.body)
    commit_id = reviewed_commit(call.state, pull, body.commit_id)
    draft = _file_draft if body.subject_type == "file" else _line_draft
    return _single(call, pull, draft(call, pull, body, commit_id=commit_id))


def reply_to_review_comment(call: Call) -> Answer:
    """POST …/pulls/{pull_number}/comments/{comment_id}/replies: only to a thread's first."""
    body = parse(TextBody, call.json)
    return _reply(call, call.pull(), call.number("comment_id"), text=body.body)


def list_review_comments(call: Call) -> Answer:
    """GET …/pulls/{pull_number}/comments."""
    pull = call.pull()
    url = f"{_api(call)}/pulls/{pull.number}/comments"
    found = call.state.review_comments_of(pull)
    return listing(call, url, found, lambda comment: review_comment_json(call.state, comment))


def get_review_comment(call: Call) -> Answer:
    """GET …/pulls/comments/{comment_id}."""
    return Answer(200, review_comment_json(call.state, _comment(call)))


def edit_review_comment(call: Call) -> Answer:
    """PATCH …/pulls/comments/{comment_id}."""
    body = parse(TextBody, call.json)
    refuse_long("PullRequestReviewComment", body.body)
    now = call.state.now()
    comment = replace(
        _comment(call),
        body=body.body,
        updated_at=now,
        last_edited_at=now,
        editor_id=call.viewer.app.bot_id,
    )
    call.state.review_comments[comment.id] = comment
    return Answer(200, review_comment_json(call.state, comment))


def delete_review_comment(call: Call) -> Answer:
    """DELETE …/pulls/comments/{comment_id}."""
    del call.state.review_comments[_comment(call).id]
    return Answer(204)


class _RequiredFields(CreateReviewCommentBody):
    commit_id: str
    path: str


def _line_draft(call: Call, pull: Pull, body: CreateReviewCommentBody, *, commit_id: str) -> Draft:
    names = body.model_fields_set & set(DraftCommentBody.model_fields)
    fields = parse(DraftCommentBody, {name: getattr(body, name) for name in names})
    return drafts_of(call.state, pull, [fields], commit_id=commit_id)[0]


def _file_draft(call: Call, pull: Pull, body: CreateReviewCommentBody, *, commit_id: str) -> Draft:
    files = files_at(call.state.git(pull.repository_id), pull.base_sha, commit_id)
    if body.path not in files:
        raise unprocessable(PATH_INVALID)
    return Draft(body.body, Anchor(commit_id, body.path, None), "file")


def _reply(call: Call, pull: Pull, first_id: int, *, text: str) -> Answer:
    first = call.state.review_comments.get(first_id)
    if first is None or first.reply_to is not None or not _belongs(first, pull):
        raise not_found()
    refuse_long("PullRequestReviewComment", text)
    draft = Draft(text, replace(first.current, commit_id=pull.head_sha), first.subject_type)
    if first.current.line is None:
        draft = replace(draft, anchor=first.current)
    return _single(call, pull, draft, reply_to=first.id)


def _single(call: Call, pull: Pull, draft: Draft, *, reply_to: int | None = None) -> Answer:
    body = CreateReviewBody(event="COMMENT", commit_id="")
    author_id = call.viewer.app.bot_id
    review = add_review(call.state, pull, author_id=author_id, body=body, drafts=[])
    comment = add_comment(call.state, pull, review, draft=draft, reply_to=reply_to)
    return Answer(201, review_comment_json(call.state, comment))


def _is_visible(call: Call, review: Review) -> bool:
    return review.state != "PENDING" or review.author_id == call.viewer.app.bot_id


def _belongs(record: ReviewComment | Review, pull: Pull) -> bool:
    return (record.repository_id, record.number) == (pull.repository_id, pull.number)


def _review(call: Call) -> Review:
    review = call.state.reviews.get(call.number("review_id"))
    if review is None or not _belongs(review, call.pull()) or not _is_visible(call, review):
        raise not_found()
    return review


def _own(call: Call, review: Review) -> Review:
    if review.author_id != call.viewer.app.bot_id:
        raise not_found()
    return review


def _comment(call: Call) -> ReviewComment:
    comment = call.state.review_comments.get(call.number("comment_id"))
    if comment is None or comment.repository_id != call.repository.id:
        raise not_found()
    return comment


def _api(call: Call) -> str:
    return f"{call.state.api_url}/repos/{call.repository.full_name}"


_PULL = "/repos/{owner}/{repo}/pulls/{pull_number}"
_COMMENT = "/repos/{owner}/{repo}/pulls/comments/{comment_id}"
OPERATIONS: Mapping[str, Handler] = {
    f"POST {_PULL}/reviews": create_review,
    f"GET {_PULL}/reviews": list_reviews,
    f"GET {_PULL}/reviews/{{review_id}}": get_review,
    f"PUT {_PULL}/reviews/{{review_id}}": edit_review,
    f"DELETE {_PULL}/reviews/{{review_id}}": delete_review,
    f"POST {_PULL}/reviews/{{review_id}}/events": submit_review,
    f"GET {_PULL}/reviews/{{review_id}}/comments": list_comments_of_review,
    f"POST {_PULL}/comments": create_review_comment,
    f"GET {_PULL}/comments": list_review_comments,
    f"POST {_PULL}/comments/{{comment_id}}/replies": reply_to_review_comment,
    f"GET {_COMMENT}": get_review_comment,
    f"PATCH {_COMMENT}": edit_review_comment,
    f"DELETE {_COMMENT}": delete_review_comment,
}
