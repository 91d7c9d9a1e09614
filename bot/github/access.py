"""Who may write, asked of the repository itself: `author_association` hides private members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.github import auth, names
from bot.github.refusals import RefusedError

if TYPE_CHECKING:
    from bot.domain.jobs import Place
    from bot.github.client import GitHub

PERMISSION = "/repos/{owner}/{repo}/collaborators/{login}/permission"
# `maintain` shows as `write`, and a custom role as the one that it is built on; in a public
# repository everybody has `read` (aws-ia/cloudformation-github-resource-providers#14).
WRITES = frozenset({"admin", "write"})
# 404 for whoever is no user (claude-code-action#1030): doubt is no.
UNKNOWN = frozenset({403, 404, 422})


class Access:
    """Reads the permission of people, anew each time."""

    def __init__(self, github: GitHub) -> None:
        self._github = github

    async def may_write(self, place: Place, login: str) -> bool:
        """Tell whether a person has write access to the repository."""
        client = self._github.client(auth.grant(place, auth.REVIEW))
        try:
            answer = await client.get(PERMISSION, names.in_path(place.repository, login=login))
        except RefusedError as refusal:
            if refusal.status not in UNKNOWN:
                raise
            return False
        return isinstance(answer, dict) and answer.get("permission") in WRITES
