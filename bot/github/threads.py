"""Folding and unfolding of comments: courtesies that GitHub may refuse, the text says it too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cachetools import TTLCache

from bot.domain.errors import TransientError
from bot.github import auth, comment_queries
from bot.github.refusals import RefusedError

if TYPE_CHECKING:
    from bot.domain.pull import PullRequest
    from bot.domain.reconcile import CommentEdit
    from bot.github.client import Client, GitHub, QueryAnswer

# Refusals come with status 200, in the errors of the answer; every other error may pass.
REFUSALS = frozenset({"FORBIDDEN", "NOT_FOUND", "UNPROCESSABLE"})
UNSAID = "GitHub refused: {message}"
# 422 for a token that may do more than the installation was given.
NOT_GRANTED = "permissions requested are not granted"
# How long an installation without write access is not asked for it again.
REMEMBERED_SECONDS = 3600.0
REMEMBERED_INSTALLATIONS = 10_000


class Threads:
    """Brings comments and their threads to where an edit wants them."""

    def __init__(self, github: GitHub) -> None:
        self._github = github
        self._readonly: TTLCache[int, bool] = TTLCache(
            REMEMBERED_INSTALLATIONS, ttl=REMEMBERED_SECONDS, timer=github.clock
        )

    async def settle(self, pull: PullRequest, edit: CommentEdit) -> bool:
        """Fold or unfold; False when GitHub failed and should be asked again, a refusal is final.

        The thread comes first: GitHub shows a folded comment in an open one.
        """
        try:
            if edit.resolved != edit.comment.resolved:
                await self._resolve(pull, edit)
            if edit.minimized != edit.comment.minimized:
                text = comment_queries.MINIMIZE if edit.minimized else comment_queries.UNMINIMIZE
                client = self._github.client(auth.grant(pull, auth.REVIEW))
                await _mutate(client, text, edit.comment.node_id)
        except TransientError:
            return False
        return True

    async def _resolve(self, pull: PullRequest, edit: CommentEdit) -> None:
        """Resolve or open a thread where the installation lets us, and GitHub says that we may."""
        if pull.installation_id in self._readonly:
            return
        client = self._github.client(auth.grant(pull, auth.RESOLVE))
        try:
            answer = await client.query(comment_queries.THREAD, {"id": edit.comment.thread_id})
        except RefusedError as refusal:
            if refusal.says(NOT_GRANTED):
                self._readonly[pull.installation_id] = True
            return
        _refuse_passing(answer)
        thread = answer.data.get("node") or {}
        allowed = "viewerCanResolve" if edit.resolved else "viewerCanUnresolve"
        if thread.get(allowed) and thread.get("isResolved") != edit.resolved:
            text = comment_queries.RESOLVE if edit.resolved else comment_queries.UNRESOLVE
            await _mutate(client, text, edit.comment.thread_id)


async def _mutate(client: Client, text: str, node_id: str) -> None:
    """Change one thing; raise `TransientError` for whatever is no refusal."""
    try:
        answer = await client.mutate(text, {"id": node_id})
    except RefusedError:
        return
    _refuse_passing(answer)


def _refuse_passing(answer: QueryAnswer) -> None:
    for error in answer.errors:
        if error.type not in REFUSALS:
            raise TransientError(UNSAID.format(message=error.message))
