"""Comments at lines: one review for what is new, edits for what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain.comments import unsettled
from bot.domain.errors import UserError
from bot.github import auth, names
from bot.github.refusals import RefusedError
from bot.github.threads import Threads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.comments import Inline
    from bot.domain.pull import PullRequest
    from bot.domain.reconcile import CommentEdit, Plan, Review
    from bot.github.client import Client, GitHub

REVIEWS = "/repos/{owner}/{repo}/pulls/{number}/reviews"
REVIEWS_PAGE = "/repos/{owner}/{repo}/pulls/{number}/reviews{?per_page,page}"
REVIEW = "/repos/{owner}/{repo}/pulls/{number}/reviews/{id}"
COMMENT = "/repos/{owner}/{repo}/pulls/comments/{id}"
PER_PAGE = 100
MAX_PAGES = 10

# A locked conversation: 422 "lock prevents review", or 403 (marcusquinn/aidevops#30280); a right
# that the owner has not granted yet: 403.
FINAL = frozenset({403, 422})
# 422 while an unfinished review of ours blocks every other one (max-sixty/tend#1171).
ONE_PENDING = "one pending review per pull request"


class Reviews:
    """Makes the writes of a plan, each of them once."""

    def __init__(self, github: GitHub) -> None:
        self._github = github
        self._threads = Threads(github)

    async def publish(self, pull: PullRequest, plan: Plan) -> None:
        """Post the review, then edit comments; the findings are what somebody waits for.

        A review that is refused with and without lines keeps no comment from being edited.
        """
        refused = await self._refused(pull, plan.review) if plan.review else None
        for edit in plan.edits:
            await self._edit(pull, edit)
        if refused:
            raise UserError(refused.why) from refused

    async def _refused(self, pull: PullRequest, review: Review) -> RefusedError | None:
        """Post the review; return what GitHub says where it takes none at all."""
        try:
            await self._post(pull, review)
        except RefusedError as refusal:
            if refusal.status not in FINAL:
                raise
            return refusal
        return None

    async def _post(self, pull: PullRequest, review: Review) -> None:
        """Post, also when an unfinished review of an interrupted job stands in the way."""
        try:
            await self._place(pull, review)
        except RefusedError as refusal:
            if not refusal.says(ONE_PENDING):
                raise
            await self._delete_pending(pull)
            await self._place(pull, review)

    async def _place(self, pull: PullRequest, review: Review) -> None:
        """Post with comments; when GitHub refuses a line (it never says which), without any."""
        try:
            await self._create(pull, review.body, review.inlines)
        except RefusedError as refusal:
            if refusal.status != 422 or refusal.says(ONE_PENDING):
                raise
            await self._create(pull, review.refused, ())

    async def _create(self, pull: PullRequest, body: str, inlines: Sequence[Inline]) -> None:
        """Always name the commit: by default GitHub takes the head at the time of the request."""
        data = {
            "commit_id": pull.position.head_sha,
            "event": "COMMENT",
            "body": body,
            "comments": [_fields(inline) for inline in inlines],
        }
        await self._client(pull).create(REVIEWS, _names(pull), data=data)

    async def _delete_pending(self, pull: PullRequest) -> None:
        """Delete a review that was left unfinished; nobody but its author is shown one."""
        client = self._client(pull)
        for page in range(1, MAX_PAGES + 1):
            paging = _names(pull, per_page=PER_PAGE, page=page)
            reviews = await client.get(REVIEWS_PAGE, paging)
            for review in reviews:
                if review["state"] == "PENDING":
                    await client.delete(REVIEW, _names(pull, id=review["id"]))
            if len(reviews) < PER_PAGE:
                return

    async def _edit(self, pull: PullRequest, edit: CommentEdit) -> None:
        """Fold or unfold first: the text then says, to us alone, when that is to be tried again."""
        variables = _names(pull, id=edit.comment.id)
        settled = await self._threads.settle(pull, edit)
        body = edit.body if settled else unsettled(edit.body)
        try:
            await self._client(pull).update(COMMENT, variables, data={"body": body})
        except RefusedError as refusal:
            if refusal.status != 404:
                raise
            # Somebody deleted it since it was read: there is nothing left to correct.

    def _client(self, pull: PullRequest) -> Client:
        return self._github.client(auth.grant(pull, auth.REVIEW))


def _names(pull: PullRequest, **more: int) -> dict[str, str]:
    return names.in_path(pull.repository, number=pull.number, **more)


def _fields(inline: Inline) -> dict[str, Any]:
    fields = {"path": inline.path, "line": inline.line, "side": "RIGHT", "body": inline.body}
    if inline.start_line is not None:
        fields |= {"start_line": inline.start_line, "start_side": "RIGHT"}
    return fields
