"""Read a pull request: what it is, its config, what stands of ours, and whether it moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain.errors import TransientError
from bot.domain.jobs import RepositoryRef
from bot.domain.markdown import parse
from bot.domain.pull import (
    CONFIG_PATH,
    NO_CONFIG,
    CheckRun,
    Comment,
    ConfigFile,
    ConfigSource,
    HeadRepository,
    Position,
    PullRequest,
    PullState,
)
from bot.domain.report import CHECK_NAME
from bot.github import auth, queries
from bot.github.conversations import read_remark

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.domain.jobs import Job
    from bot.github.client import Client, GitHub, QueryAnswer
    from bot.github.configs import OwnerConfigs

    Node = Mapping[str, Any]

COMPARE = "/repos/{owner}/{repo}/compare/{basehead}{?per_page,page}"
# Reads may lag some seconds behind the delivery that announced the head (octobot#315).
LAG_WAITS_SECONDS = (1.0, 2.0, 4.0)
MAX_PAGES = 10
NOT_FOUND = "NOT_FOUND"
HIDDEN = frozenset({"author", "editor", "headRepository"})


class Pulls:
    """The reads of a review, over GraphQL where one request brings it all."""

    def __init__(self, github: GitHub, configs: OwnerConfigs, *, app_id: int) -> None:
        self._github = github
        self._configs = configs
        self._app_id = app_id

    async def read(self, job: Job) -> PullRequest | None:
        """Read everything that decides; wait a little for a head that GitHub does not show yet.

        A head that stays another one is newer: what GitHub shows now is what must become true.
        """
        for wait in LAG_WAITS_SECONDS:
            pull = await self._read(job)
            if pull and job.head_sha in {"", pull.position.head_sha}:
                return pull
            await self._github.sleep(wait)
        return await self._read(job)

    async def position(self, pull: PullRequest) -> Position:
        """Read head and base again: the same fields as before, so that like meets like."""
        found = await self._query(pull, queries.POSITION, {})
        return _position(_part(found, "pullRequest"))

    async def merge_base(self, pull: PullRequest) -> str:
        """Ask GitHub where the change starts; page 2 holds no files, so the answer is small."""
        at = pull.position
        variables = {
            "owner": pull.repository.owner,
            "repo": pull.repository.name,
            "basehead": f"{at.base_sha}...{at.head_sha}",
            "per_page": "1",
            "page": "2",
        }
        client = self._client(pull.installation_id, pull.repository)
        answer = await client.get(COMPARE, variables)
        return str(answer["merge_base_commit"]["sha"])

    async def _read(self, job: Job) -> PullRequest | None:
        client = self._client(job.installation_id, job.repository)
        variables = {
            **_names(job.repository, job.number),
            "config": CONFIG_PATH,
            "app": self._app_id,
            "check": CHECK_NAME,
        }
        answer = await client.query(queries.PULL, variables)
        _refuse_gaps(answer)
        repository = answer.data.get("repository")
        # A renamed repository's old name may belong to another one by now.
        if not repository or repository.get("databaseId") != job.repository.id:
            return None
        if not repository.get("pullRequest"):
            return None
        return await self._pull(job, repository)

    async def _pull(self, job: Job, repository: Node) -> PullRequest:
        owner, _, name = str(repository["nameWithOwner"]).partition("/")
        ref = RepositoryRef(job.repository.id, owner, name)
        found = _part(repository, "pullRequest")
        head = await self._head(job, found)
        reviews = await self._all(job, found, "reviews", more=queries.MORE_REVIEWS)
        threads = await self._all(job, found, "reviewThreads", more=queries.MORE_THREADS)
        said = await self._said(job, found)
        position = _position(found)
        return PullRequest(
            installation_id=job.installation_id,
            repository=ref,
            number=job.number,
            title=str(found["title"]),
            author=str((found.get("author") or {}).get("login", "")),
            state=PullState(found["state"]),
            draft=bool(found["isDraft"]),
            position=position,
            base_ref=str(found["baseRefName"]),
            default_branch=str((repository.get("defaultBranchRef") or {}).get("name", "")),
            head_repository=_head_repository(found),
            config=await self._config(job.installation_id, ref.owner, repository, head=head),
            runs=self._runs(head, prefix=f"v1:{ref.id}:{job.number}:"),
            comments=tuple(_comments(threads)),
            listed=frozenset(_listed(reviews)),
            author_id=int((found.get("author") or {}).get("databaseId") or 0),
            head_ref=str(found["headRefName"]),
            conversation=tuple(map(read_remark, said)),
        )

    async def _head(self, job: Job, found: Node) -> Node:
        """Return the head commit: usually the last of the list, which GitHub orders by date."""
        commits = [node["commit"] for node in _part(found, "commits")["nodes"] if node]
        if commits and commits[-1]["oid"] == found["headRefOid"]:
            return dict(commits[-1])
        variables = {
            "oid": found["headRefOid"],
            "config": CONFIG_PATH,
            "app": self._app_id,
            "check": CHECK_NAME,
        }
        return _part(await self._query(job, queries.HEAD, variables), "object")

    async def _config(
        self, installation_id: int, owner: str, repository: Node, *, head: Node
    ) -> ConfigFile:
        base = (_part(repository, "pullRequest").get("baseRef") or {}).get("target") or {}
        if base.get("config"):
            return _file(base["config"], ConfigSource.BASE)
        if shared := await self._configs.read(installation_id, owner):
            return shared
        if head.get("config"):
            return _file(head["config"], ConfigSource.HEAD)
        default = (repository.get("defaultBranchRef") or {}).get("target") or {}
        return ConfigFile(ConfigSource.DEFAULT) if default.get("config") else NO_CONFIG

    def _runs(self, head: Node, *, prefix: str) -> tuple[CheckRun, ...]:
        """List our runs for this pull request; another one may share the head."""
        suites = [suite for suite in _part(head, "checkSuites")["nodes"] if suite]
        runs = [
            _run(run, prefix)
            for suite in suites
            if (suite.get("app") or {}).get("databaseId") == self._app_id
            for run in _part(suite, "checkRuns")["nodes"]
            if run and str(run.get("externalId")).startswith(prefix)
        ]
        return tuple(sorted(runs, key=lambda run: run.id))

    async def _all(self, job: Job, found: Node, name: str, *, more: str) -> list[Node]:
        """List the nodes of a connection, the first page of which is read already."""
        page = _part(found, name)
        nodes = list(page["nodes"])
        for _ in range(MAX_PAGES - 1):
            if not page["pageInfo"]["hasNextPage"]:
                break
            answer = await self._query(job, more, {"after": page["pageInfo"]["endCursor"]})
            page = _part(_part(answer, "pullRequest"), name)
            nodes += page["nodes"]
        return [node for node in nodes if node]

    async def _said(self, job: Job, found: Node) -> list[Node]:
        """List the comments of the conversation, oldest first; of very many the newest."""
        page = _part(found, "comments")
        nodes = list(page["nodes"])
        for _ in range(MAX_PAGES - 1):
            if not page["pageInfo"]["hasPreviousPage"]:
                break
            before = {"before": page["pageInfo"]["startCursor"]}
            answer = await self._query(job, queries.MORE_COMMENTS, before)
            page = _part(_part(answer, "pullRequest"), "comments")
            nodes = [*page["nodes"], *nodes]
        return [node for node in nodes if node]

    async def _query(self, where: Job | PullRequest, text: str, variables: Node) -> Node:
        client = self._client(where.installation_id, where.repository)
        names = _names(where.repository, where.number)
        answer = await client.query(text, {**names, **variables})
        _refuse_gaps(answer)
        return _part(answer.data, "repository")

    def _client(self, installation_id: int, repository: RepositoryRef) -> Client:
        return self._github.client(auth.grant(installation_id, repository, auth.REVIEW))


def _names(repository: RepositoryRef, number: int) -> dict[str, Any]:
    return {"owner": repository.owner, "name": repository.name, "number": number}


def _refuse_gaps(answer: QueryAnswer) -> None:
    """Tell "there is none" from "GitHub could not say"; a hidden fork or author is no failure.

    A config that is left out would pass for none, a comment for one that was never made.
    """
    for error in answer.errors:
        if error.type != NOT_FOUND and error.field not in HIDDEN:
            raise TransientError(f"GitHub could not read the pull request: {error.message}")


def _part(whole: Node, name: str) -> Node:
    """Return what nothing may be decided without: a busy GitHub answers in part."""
    part = whole.get(name)
    if not part:
        raise TransientError(f"GitHub answered in part: {name} is missing")
    return dict(part)


def _position(found: Node) -> Position:
    """Take the live tip of the base branch, or the last one known when the branch is gone."""
    target = (found.get("baseRef") or {}).get("target") or {}
    return Position(str(found["headRefOid"]), str(target.get("oid") or found["baseRefOid"]))


def _head_repository(found: Node) -> HeadRepository:
    if found.get("headRepository") is None:
        return HeadRepository.GONE
    return HeadRepository.FORK if found["isCrossRepository"] else HeadRepository.SAME


def _file(entry: Node, source: ConfigSource) -> ConfigFile:
    """Read a config's blob; what GitHub takes as binary has no text, and is invalid as such."""
    blob = entry.get("object") or {}
    return ConfigFile(source, str(blob.get("text") or ""), str(blob.get("oid") or ""))


def _run(node: Node, prefix: str) -> CheckRun:
    return CheckRun(
        id=int(node["databaseId"]),
        completed=node["status"] == "COMPLETED",
        digest=str(node["externalId"]).removeprefix(prefix),
        annotations_count=int((node.get("annotations") or {}).get("totalCount", 0)),
    )


def _comments(threads: Iterable[Node]) -> Iterable[Comment]:
    for thread in threads:
        for node in filter(None, (thread.get("comments") or {}).get("nodes") or []):
            markers = parse(str(node["body"]))
            if node["viewerDidAuthor"] and markers.fingerprints:
                yield Comment(
                    # `databaseId` is a 32-bit number, which newer comments have outgrown.
                    id=int(node.get("fullDatabaseId") or node["databaseId"]),
                    node_id=str(node["id"]),
                    thread_id=str(thread["id"]),
                    path=str(node["path"]),
                    line=int(node.get("line") or node.get("originalLine") or 0),
                    body=str(node["body"]),
                    markers=markers,
                    minimized=bool(node["isMinimized"]),
                )


def _listed(reviews: Iterable[Node]) -> Iterable[str]:
    for review in reviews:
        if review["viewerDidAuthor"]:
            yield from parse(str(review["body"])).fingerprints
