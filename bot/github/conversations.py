"""What is said on issues and pull requests at no line: read, answered, reacted to."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from bot.domain.conversation import Remark
from bot.domain.errors import TransientError
from bot.github import auth, names, queries
from bot.github.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.jobs import Job
    from bot.domain.reply_ports import Reaction
    from bot.github.client import Client, GitHub

    Node = Mapping[str, Any]

COMMENT = "/repos/{owner}/{repo}/issues/comments/{id}"
COMMENTS = "/repos/{owner}/{repo}/issues/{number}/comments"
REACTIONS = "/repos/{owner}/{repo}/issues/comments/{id}/reactions"
GONE = frozenset({404, 410})
PERSON = "User"
NO_ISSUE = "GitHub could not read issue {number}"


class Conversations:
    """Comments as an App reads and writes them; bots are known by the type of their account."""

    def __init__(self, github: GitHub) -> None:
        self._github = github

    async def remark(self, job: Job) -> Remark | None:
        """Read the comment that a job answers, as it stands now; None when it is gone."""
        try:
            found = await self._client(job).get(COMMENT, _names(job))
        except RefusedError as refusal:
            if refusal.status not in GONE:
                raise
            return None
        user = found.get("user") or {}
        is_person = user.get("type") == PERSON and not found.get("performed_via_github_app")
        return Remark(
            id=int(found["id"]),
            author=str(user.get("login", "")),
            author_id=int(user["id"]) if is_person else 0,
            body=str(found.get("body") or ""),
        )

    async def remarks(self, job: Job) -> Sequence[Remark]:
        """List what is said on an issue: the newest 100 comments, oldest first."""
        variables = {**names.in_query(job.repository), "number": job.number}
        answer = await self._client(job).query(queries.ISSUE, variables)
        issue = (answer.data.get("repository") or {}).get("issue")
        if not issue:
            raise TransientError(NO_ISSUE.format(number=job.number))
        return [read_remark(node) for node in issue["comments"]["nodes"] if node]

    async def react(self, job: Job, reaction: Reaction) -> None:
        """React to the comment that a job answers: a courtesy that GitHub may refuse.

        It did so with every permission granted (linuxarena#507).
        """
        with suppress(RefusedError, TransientError):
            data = {"content": str(reaction)}
            await self._client(job).create(REACTIONS, _names(job), data=data)

    async def say(self, job: Job, body: str) -> None:
        """Comment."""
        await self._client(job).create(COMMENTS, _names(job), data={"body": body})

    def _client(self, job: Job) -> Client:
        return self._github.client(auth.grant(job, auth.REPLY))


def read_remark(node: Node) -> Remark:
    """Read a comment as GraphQL tells it; only a person has an id, and an edit has an editor."""
    author, editor = node.get("author") or {}, node.get("editor") or {}
    return Remark(
        # `databaseId` is a 32-bit number, which newer comments have outgrown.
        id=int(node.get("fullDatabaseId") or node["databaseId"]),
        author=str(author.get("login", "")),
        author_id=int(author.get("databaseId") or 0),
        body=str(node["body"]),
        ours=bool(node["viewerDidAuthor"]),
        editor=str(editor.get("login", "")),
    )


def _names(job: Job) -> dict[str, str]:
    return names.in_path(job.repository, number=job.number, id=job.comment_id)
