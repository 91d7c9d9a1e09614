"""What is said on issues and pull requests at no line: read, answered, reacted to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain.conversation import Remark
from bot.domain.errors import TransientError
from bot.github import auth, comment_queries, names
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
CLOSED = GONE | {403}
ENDINGS = ("done", "confused")
PERSON = "User"
NO_ISSUE = "GitHub could not read issue {number}"


class Conversations:
    """Comments as an App reads and writes them; bots are known by the type of their account."""

    def __init__(self, github: GitHub) -> None:
        self._github = github

    async def remark(self, job: Job) -> Remark | None:
        """Read the comment that a job answers; None when it is gone, or answered by now."""
        try:
            found = await self._client(job).get(COMMENT, _names(job))
        except RefusedError as refusal:
            if refusal.status not in GONE:
                raise
            return None
        if await self._is_answered(job, found):
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
        answer = await self._client(job).query(comment_queries.ISSUE, variables)
        issue = (answer.data.get("repository") or {}).get("issue")
        if not issue:
            raise TransientError(NO_ISSUE.format(number=job.number))
        return [read_remark(node) for node in issue["comments"]["nodes"] if node]

    async def react(self, job: Job, reaction: Reaction) -> bool:
        """React to the comment that a job answers: a courtesy that GitHub may refuse.

        It did so with every permission granted (linuxarena#507).
        """
        data = {"content": str(reaction)}
        try:
            await self._client(job).create(REACTIONS, _names(job), data=data)
        except RefusedError as refusal:
            return refusal.status in GONE
        except TransientError:
            return False
        return True

    async def say(self, job: Job, body: str) -> bool:
        """Comment; a locked conversation takes nothing from an App (renovatebot/renovate#6215)."""
        try:
            await self._client(job).create(COMMENTS, _names(job), data={"body": body})
        except RefusedError as refusal:
            if refusal.status not in CLOSED:
                raise
            return False
        return True

    async def _is_answered(self, job: Job, found: Node) -> bool:
        """Look whether one of the reactions is ours; where there are none, nobody is asked."""
        shown = found.get("reactions") or {}
        if not shown.get("+1") and not shown.get("confused"):
            return False
        answer = await self._client(job).query(comment_queries.ENDINGS, {"id": found["node_id"]})
        answer.demand_whole()
        node = answer.data.get("node") or {}
        return any((node.get(name) or {}).get("viewerHasReacted") for name in ENDINGS)

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
        # A bot may bear a person's login, and nobody asked what it may do.
        editor=str(editor.get("login", "")) if editor.get("databaseId") else "",
        edited=node["lastEditedAt"] is not None,
    )


def _names(job: Job) -> dict[str, str]:
    return names.in_path(job.repository, number=job.number, id=job.comment_id)
