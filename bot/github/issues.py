"""Read and write tracked issues, and ask what became of those that they refer to."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.domain.checklist import PROGRESS_MARK, ReferenceState
from bot.domain.errors import GoneError, TransientError
from bot.domain.issue import BodyEdit, Issue
from bot.github import auth, issue_queries
from bot.github.client import FORBIDDEN, NOT_FOUND
from bot.github.conversations import COMMENT, COMMENTS, PERSON, read_remark
from bot.github.heads import part
from bot.github.names import in_path, in_query, read_ref
from bot.github.pulls import MAX_PAGES
from bot.github.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.checklist import Reference
    from bot.domain.conversation import Remark
    from bot.domain.jobs import Job, RepositoryRef
    from bot.github.client import Client, GitHub

    Node = Mapping[str, Any]

ISSUE = "/repos/{owner}/{repo}/issues/{number}"
# A person who is kept from us is no reason to leave an issue alone.
UNTOLD = frozenset({"author", "editor"})
# 422 for a token with more than the installation grants.
UNGRANTED = frozenset({403, 422})
NOT_GRANTED = "issues are not granted to us: {reason}"
UNREADABLE = "GitHub could not read issue {number}: {message}"
STATE = """{alias}: repository(owner: ${owner}, name: ${name}) {{
    issueOrPullRequest(number: ${number}) {{
      ... on Issue {{ closed: state stateReason }}
      ... on PullRequest {{ state }}
    }}
  }}"""
# Of a closed issue; "not planned" and "duplicate" are no work that was done.
DONE = "COMPLETED"


class Issues:
    """Fulfils `bot.domain.issue_ports.Issues`."""

    def __init__(self, github: GitHub) -> None:
        self._github = github

    async def read(self, job: Job) -> Issue | None:
        """Read the job's issue; None when it is gone, was transferred, or is a pull request.

        `GoneError` where GitHub does not let us see any: nobody granted that.
        """
        try:
            repository = await self._page(job, None)
        except RefusedError as refusal:
            if refusal.status not in UNGRANTED:
                raise
            raise GoneError(NOT_GRANTED.format(reason=refusal.why)) from refusal
        found = repository.get("issue")
        if not found or repository["databaseId"] != job.repository.id:
            return None
        progress = await self._progress(job, found)
        return replace(
            read_issue(found, job.installation_id, read_ref(repository)),
            progress_id=progress.id if progress else 0,
            progress=progress.body if progress else "",
        )

    async def _progress(self, job: Job, found: Node) -> Remark | None:
        """Find our comment that shows the progress; what others copied of it is none.

        One that stands before the newest 1,000 comments is not found: another one takes its place.
        """
        for _ in range(MAX_PAGES):
            comments = found["comments"]
            remarks = [read_remark(node) for node in comments["nodes"] if node]
            ours = [one for one in remarks if one.ours and one.body.startswith(PROGRESS_MARK)]
            if ours or not comments["pageInfo"]["hasPreviousPage"]:
                return ours[0] if ours else None
            older = await self._page(job, comments["pageInfo"]["startCursor"])
            found = part(older, "issue")
        return None

    async def _page(self, job: Job, before: str | None) -> Node:
        """Read the repository with the issue and its newest comments, or those before a cursor."""
        variables = {**in_query(job.repository), "number": job.number, "before": before}
        answer = await self._client(job).query(issue_queries.TRACKED, variables)
        for error in answer.errors:
            if error.type != NOT_FOUND and error.field not in UNTOLD:
                raise TransientError(UNREADABLE.format(number=job.number, message=error.message))
        return answer.data.get("repository") or {}

    async def edits(self, issue: Issue) -> Sequence[BodyEdit]:
        """Read the newest entries of the body's history, the newest first."""
        names = {**in_query(issue.repository), "number": issue.number}
        answer = await self._client(issue).query(issue_queries.EDITS, names)
        found = (answer.data.get("repository") or {}).get("issue")
        return _edits(found) if found else ()

    async def write(self, issue: Issue, body: str) -> str:
        """Write the whole body, once: a second try could undo what somebody wrote since."""
        answer = await self._client(issue).append(ISSUE, _names(issue), data={"body": body})
        return str(answer.get("body") or "")

    async def comment(self, issue: Issue, body: str) -> None:
        """Write our comment about the progress: the one that stands, or a new one."""
        if issue.progress_id:
            names = in_path(issue.repository, id=issue.progress_id)
            await self._client(issue).update(COMMENT, names, data={"body": body})
        else:
            await self.say(issue, body)

    async def say(self, issue: Issue, body: str) -> None:
        """Write a new comment below the issue."""
        await self._client(issue).create(COMMENTS, _names(issue), data={"body": body})

    async def states(
        self, issue: Issue, references: Sequence[Reference]
    ) -> Mapping[Reference, ReferenceState]:
        """Tell what became of these; what our token cannot read is `UNREADABLE`."""
        if not references:
            return {}
        text, variables = _question(references)
        answer = await self._client(issue).query(text, variables)
        for error in answer.errors:
            if error.type not in {NOT_FOUND, FORBIDDEN}:
                raise TransientError(UNREADABLE.format(number=issue.number, message=error.message))
        return {one: _state(answer.data.get(f"r{i}")) for i, one in enumerate(references)}

    def _client(self, place: Job | Issue) -> Client:
        return self._github.client(auth.grant(place, auth.TRACK))


def read_issue(found: Node, installation_id: int, repository: RepositoryRef) -> Issue:
    """Read the `Tracker` fragment."""
    return Issue(
        installation_id=installation_id,
        repository=repository,
        number=int(found["number"]),
        body=str(found["body"]),
        is_open=found["state"] == "OPEN",
        is_locked=bool(found["locked"]),
        author=_person(found["author"]),
        editor=_editor(found),
        edits=_edits(found),
        title=str(found["title"]),
    )


def _question(references: Sequence[Reference]) -> tuple[str, dict[str, Any]]:
    """Ask about all of them at once."""
    parts, declared, variables = [], [], dict[str, Any]()
    for index, reference in enumerate(references):
        owner, _, name = reference.repository.partition("/")
        parts.append(
            STATE.format(alias=f"r{index}", owner=f"o{index}", name=f"n{index}", number=f"i{index}")
        )
        declared.append(f"$o{index}: String!, $n{index}: String!, $i{index}: Int!")
        variables |= {f"o{index}": owner, f"n{index}": name, f"i{index}": reference.number}
    lines = "\n  ".join(parts)
    return f"query States({', '.join(declared)}) {{\n  {lines}\n}}", variables


def _state(repository: Node | None) -> ReferenceState:
    found = (repository or {}).get("issueOrPullRequest")
    if not found:
        return ReferenceState.UNREADABLE
    if found.get("state") == "MERGED":
        return ReferenceState.MERGED
    if "OPEN" in (found.get("state"), found.get("closed")):
        return ReferenceState.OPEN
    is_done = found.get("stateReason") == DONE
    return ReferenceState.COMPLETED if is_done else ReferenceState.DROPPED


def _edits(found: Node) -> tuple[BodyEdit, ...]:
    """Read the history with its texts."""
    nodes = _newest_first(found.get("userContentEdits"))
    return tuple(BodyEdit(node["id"], _person(node["editor"]), node["diff"]) for node in nodes)


def _editor(found: Node) -> str:
    """Tell which person edited last: nobody whom GitHub does not name any more."""
    for node in _newest_first(found.get("editors")):
        if node["editor"] is None:
            return ""
        if person := _person(node["editor"]):
            return person
    return ""


def _newest_first(history: Node | None) -> Sequence[Node]:
    """List the entries of a history; GitHub does not promise its order."""
    nodes = [node for node in (history or {}).get("nodes") or [] if node]
    times = [datetime.fromisoformat(node["editedAt"]) for node in nodes]
    return nodes[::-1] if times and times[0] < times[-1] else nodes


def _person(actor: Node | None) -> str:
    return str(actor["login"]) if actor and actor["__typename"] == PERSON else ""


def _names(issue: Issue) -> dict[str, str]:
    return in_path(issue.repository, number=issue.number)
