"""Commits on the head branch, by the one mutation that takes the head it expects."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from cachetools import TTLCache

from bot.domain.errors import TransientError, UserError
from bot.github import auth, pull_queries
from bot.github.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.pull import PullRequest
    from bot.github.client import Client, GitHub

# "The permissions requested are not granted to this installation" (cc-audit#368).
NOT_GRANTED = 422
# Somebody may grant it any time, and nobody wants to wait for long then.
REFUSAL_SECONDS = 300
CACHED_INSTALLATIONS = 10_000
# "Expected branch to point to … but it did not": the head moved since it was read.
STALE = "STALE_DATA"
MOVED = "the head branch moved while the commit was made"


class Commits:
    """Commits with a token of its own: only what commits may write to the contents."""

    def __init__(self, github: GitHub) -> None:
        self._github = github
        self._refused: TTLCache[int, bool] = TTLCache(
            CACHED_INSTALLATIONS, REFUSAL_SECONDS, timer=github.clock
        )

    async def is_granted(self, pull: PullRequest) -> bool:
        """Tell whether the installation grants `contents: write`: a token is minted, or refused."""
        if pull.installation_id in self._refused:
            return False
        try:
            await self._client(pull).token()
        except RefusedError as refusal:
            if refusal.status != NOT_GRANTED:
                raise
            self._refused[pull.installation_id] = True
            return False
        return True

    async def commit(
        self, pull: PullRequest, files: Mapping[str, bytes], *, message: tuple[str, str]
    ) -> None:
        """Make one commit with these contents on top of the head that was read.

        Sent again after a hiccup it changes nothing: the head is not the expected one any more.
        """
        headline, body = message
        additions = [
            {"path": path, "contents": b64encode(content).decode()}
            for path, content in files.items()
        ]
        variables = {
            "input": {
                "branch": {
                    "repositoryNameWithOwner": pull.repository.full_name,
                    "branchName": pull.head_ref,
                },
                "message": {"headline": headline, "body": body},
                "expectedHeadOid": pull.position.head_sha,
                "fileChanges": {"additions": additions},
            }
        }
        answer = await self._client(pull).mutate(pull_queries.COMMIT, variables)
        for error in answer.errors:
            if error.type == STALE:
                raise TransientError(MOVED)
            raise UserError(error.message)

    def _client(self, pull: PullRequest) -> Client:
        return self._github.client(auth.grant(pull, auth.COMMIT))
