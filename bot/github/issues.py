"""Read and write tracked issues, and ask what became of those that they refer to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.domain.checklist import ReferenceState
from bot.domain.errors import TransientError
from bot.domain.issue import PROGRESS_MARK, Edit, Issue
from bot.domain.jobs import RepositoryRef
from bot.github import auth, queries
from bot.github.conversations import COMMENT, COMMENTS, read_remark
from bot.github.names import in_path, in_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.domain.checklist import Reference
    from bot.domain.conversation import Remark
    from bot.domain.jobs import Job
    from bot.github.client import Client, GitHub

    Node = Mapping[str, Any]

ISSUE = "/repos/{owner}/{repo}/issues/{number}"
PERSON = "User"
NOT_FOUND = "NOT_FOUND"
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
        """Read the job's issue; None when it is gone, was transferred, or is a pull request."""
        names = {**in_query(job.repository), "number": job.number}
        answer = await self._client(job).query(queries.TRACKED, names)
        for error in answer.errors:
            # A history or an editor that is kept from us is no reason to leave the issue alone.
            if error.type != NOT_FOUND and error.field not in {"editor", "author"}:
                raise TransientError(UNREADABLE.format(number=job.number, message=error.message))
        repository = answer.data.get("repository") or {}
        found = repository.get("issue")
        if not found or repository["databaseId"] != job.repository.id:
            return None
        owner, _, name = str(repository["nameWithOwner"]).partition("/")
        progress = await self._progress(job, found)
        return Issue(
            installation_id=job.installation_id,
            repository=RepositoryRef(job.repository.id, owner, name),
            number=job.number,
            body=str(found["body"]),
            is_open=found["state"] == "OPEN",
            is_locked=bool(found["locked"]),
            author=_person(found["author"]),
            editor=_editor(found),
            edits=_edits(found),
            progress_id=progress.id if progress else 0,
            progress=progress.body if progress else "",
        )

    async def edits(self, issue: Issue) -> Sequence[Edit]:
        """Read the newest entries of the body's history, the newest first."""
        names = {**in_query(issue.repository), "number": issue.number}
        answer = await self._client(issue).query(queries.EDITS, names)
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
        """Comment."""
        await self._client(issue).create(COMMENTS, _names(issue), data={"body": body})

    async def states(
        self, issue: Issue, references: Sequence[Reference]
    ) -> Mapping[Reference, ReferenceState]:
        """Tell what became of issues and pull requests; what our token cannot read is so."""
        if not references:
            return {}
        text, variables = _question(references)
        answer = await self._client(issue).query(text, variables)
        for error in answer.errors:
            if error.type not in {NOT_FOUND, "FORBIDDEN"}:
                raise TransientError(UNREADABLE.format(number=issue.number, message=error.message))
        return {one: _state(answer.data.get(f"r{i}")) for i, one in enumerate(references)}

    async def _progress(self, job: Job, found: Node) -> Remark | None:
        """Find our comment that shows the progress, however much was said since."""
        names = {**in_query(job.repository), "number": job.number}
        while True:
            said = found["comments"]
            progress = _progress(read_remark(node) for node in said["nodes"] if node)
            if progress or not said["pageInfo"]["hasPreviousPage"]:
                return progress
            page = {"before": said["pageInfo"]["startCursor"]}
            answer = await self._client(job).query(queries.MORE_SAID, names | page)
            issue = (answer.data.get("repository") or {}).get("issue")
            if not issue:
                raise TransientError(UNREADABLE.format(number=job.number, message=""))
            found = issue

    def _client(self, place: Job | Issue) -> Client:
        return self._github.client(auth.grant(place, auth.TRACK))


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


def _edits(found: Node) -> tuple[Edit, ...]:
    """Read the history with its texts."""
    nodes = _newest_first(found.get("userContentEdits"))
    return tuple(Edit(node["id"], _person(node["editor"]), node["diff"]) for node in nodes)


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


def _progress(remarks: Iterable[Remark]) -> Remark | None:
    """Find our comment that shows the progress: what others copied of it is none."""
    return next((one for one in remarks if one.ours and one.body.startswith(PROGRESS_MARK)), None)


def _names(issue: Issue) -> dict[str, str]:
    return in_path(issue.repository, number=issue.number)
