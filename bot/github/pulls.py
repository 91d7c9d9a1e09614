"""Read a pull request: what it is, its config, what stands of ours, and whether it moved."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.domain.errors import TransientError
from bot.domain.jobs import RepositoryRef
from bot.domain.pull import (
    NO_CONFIG,
    ConfigFile,
    ConfigSource,
    HeadRepository,
    Moment,
    Position,
    PullRequest,
    PullState,
)
from bot.domain.report import CHECK_NAME
from bot.github import auth, comments, heads, names, pull_queries
from bot.github.conversations import read_remark
from bot.github.heads import part
from bot.github.linking import links
from bot.github.refusals import RefusedError
from checks.config import CONFIG_PATH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.jobs import Job
    from bot.github.client import Client, GitHub, QueryAnswer
    from bot.github.configs import OwnerConfigs

    Node = Mapping[str, Any]

REPOSITORY = "/repositories/{id}"
COMPARE = "/repos/{owner}/{repo}/compare/{basehead}{?per_page,page}"
# Reads may lag some seconds behind the delivery that announced the head (octobot#315).
LAG_WAITS_SECONDS = (1.0, 2.0, 4.0)
MAX_PAGES = 10
UNREAD = "GitHub could not read the pull request: {message}"
LATE = "GitHub does not show the pushed commit yet"
NOT_FOUND = "NOT_FOUND"
HIDDEN = frozenset(
    {
        "associatedPullRequests",
        "author",
        "baseRepository",
        "closingIssuesReferences",  # the token of a review reads no issues of a private repository
        "editor",
        "headRef",
        "headRepository",
    }
)


class Pulls:
    """The reads of a review, over GraphQL where one request brings it all."""

    def __init__(self, github: GitHub, configs: OwnerConfigs, *, app_id: int) -> None:
        self._github = github
        self._configs = configs
        self._app_id = app_id

    async def read(self, job: Job) -> PullRequest | None:
        """Read everything that decides; wait a little for a head that GitHub does not show yet.

        A head that stays another one is newer, and what GitHub shows now must become true, unless
        GitHub itself knows better: then it lags for longer, and `TransientError` is raised.
        """
        for wait in LAG_WAITS_SECONDS:
            pull = await self._read(job)
            if pull and job.head_sha in {"", pull.position.head_sha}:
                return pull
            await self._github.pause(wait)
        if pull is None:
            job = await self._renamed(job) or job
        pull = await self._read(job)
        if job.head_sha and await self._is_late(job, pull):
            raise TransientError(LATE)
        return pull

    async def look(self, job: Job) -> PullRequest | None:
        """Read a pull request as it is shown right now; None when there is none."""
        return await self._read(job)

    async def _is_late(self, job: Job, pull: PullRequest | None) -> bool:
        """Tell whether the named head is newer than the one that is shown, or not known yet.

        Heads that have diverged were forced: which is newer cannot be told, the sweep looks again.
        """
        if pull is None:
            return await self._repository(job) is not None
        if job.head_sha == pull.position.head_sha:
            return False
        compared = await self._compare(pull, job.head_sha, pull.position.head_sha)
        return compared is None or compared["status"] == "behind"

    async def moment(self, pull: PullRequest) -> Moment:
        """Read again what may have moved: the same fields as before, so that like meets like."""
        repository = await self._query(pull, pull_queries.MOMENT, {})
        found = part(repository, "pullRequest")
        siblings = heads.siblings(found, pull.repository.id)
        state = PullState(found["state"])
        return Moment(_position(found), state, bool(found["isDraft"]), siblings)

    async def merge_base(self, pull: PullRequest) -> str | None:
        """Ask GitHub where the change starts; page 2 holds no files, so the answer is small.

        None when it finds no common ancestor, or not the commits: 404 for both.
        """
        at = pull.position
        compared = await self._compare(pull, at.base_sha, at.head_sha)
        return str(compared["merge_base_commit"]["sha"]) if compared else None

    async def _compare(self, pull: PullRequest, base: str, head: str) -> Node | None:
        ends = f"{base}...{head}"
        variables = names.in_path(pull.repository, basehead=ends, per_page=1, page=2)
        try:
            return dict(await self._client(pull).get(COMPARE, variables))
        except RefusedError as refusal:
            if refusal.status != 404:
                raise
            return None

    async def _read(self, job: Job) -> PullRequest | None:
        repository = await self._repository(job)
        if repository is None or not repository.get("pullRequest"):
            return None
        job = replace(job, repository=names.read_ref(repository))
        return await self._pull(job, repository)

    async def _renamed(self, job: Job) -> Job | None:
        """Ask for the present name of a repository by its id; None where it has no other."""
        try:
            answer = await self._client(job).get(REPOSITORY, {"id": str(job.repository.id)})
        except RefusedError:
            return None
        ref = RepositoryRef(job.repository.id, str(answer["owner"]["login"]), str(answer["name"]))
        return None if ref == job.repository else replace(job, repository=ref)

    async def _repository(self, job: Job) -> Node | None:
        variables = {
            **_names(job),
            **self._wanted(),
            "left": job.left_sha or None,
            "moved": bool(job.left_sha),
        }
        answer = await self._client(job).query(pull_queries.PULL, variables)
        _refuse_gaps(answer)
        repository = answer.data.get("repository")
        # A renamed repository's old name may belong to another one by now.
        if not repository or repository.get("databaseId") != job.repository.id:
            return None
        return dict(repository)

    async def _pull(self, job: Job, repository: Node) -> PullRequest:
        ref = job.repository
        found = part(repository, "pullRequest")
        head = await self._head(job, found)
        reviews = await self._all(job, found, "reviews", more=pull_queries.MORE_REVIEWS)
        threads = await self._all(job, found, "reviewThreads", more=pull_queries.MORE_THREADS)
        said, is_cut = await self._said(job, found)
        ours = heads.Ours(self._app_id, ref.id)
        # A description can be made to take a second to read.
        linked = await asyncio.to_thread(links, found, ref)
        return PullRequest(
            installation_id=job.installation_id,
            repository=ref,
            number=job.number,
            title=str(found["title"]),
            author=str((found.get("author") or {}).get("login", "")),
            state=PullState(found["state"]),
            draft=bool(found["isDraft"]),
            position=_position(found),
            base_ref=str(found["baseRefName"]),
            default_branch=str((repository.get("defaultBranchRef") or {}).get("name", "")),
            head_repository=_head_repository(found),
            config=await self._config(job.installation_id, ref.owner, repository, head=head),
            runs=heads.runs(head, ours),
            comments=tuple(comments.inline(threads)),
            listed=frozenset(comments.listed(reviews)),
            siblings=heads.siblings(found, ref.id),
            left_runs=heads.left_runs(found, ours),
            left_behind=heads.left_behind(repository, found, left_sha=job.left_sha),
            author_id=int((found.get("author") or {}).get("databaseId") or 0),
            head_ref=str(found["headRefName"]),
            head_message=str(head.get("message") or ""),
            conversation=tuple(map(read_remark, said)),
            conversation_cut=is_cut,
            links=linked,
        )

    async def _head(self, job: Job, found: Node) -> Node:
        """Return the head commit: usually the last of the list, which GitHub orders by date."""
        commits = [node["commit"] for node in part(found, "commits")["nodes"] if node]
        if commits and commits[-1]["oid"] == found["headRefOid"]:
            return dict(commits[-1])
        variables = {"oid": found["headRefOid"], **self._wanted()}
        return part(await self._query(job, pull_queries.HEAD, variables), "object")

    async def _config(
        self, installation_id: int, owner: str, repository: Node, *, head: Node
    ) -> ConfigFile:
        base = (part(repository, "pullRequest").get("baseRef") or {}).get("target") or {}
        if base.get("config"):
            return config_file(base["config"], ConfigSource.BASE)
        if shared := await self._configs.read(installation_id, owner):
            return shared
        if head.get("config"):
            return config_file(head["config"], ConfigSource.HEAD)
        default = (repository.get("defaultBranchRef") or {}).get("target") or {}
        return ConfigFile(ConfigSource.DEFAULT) if default.get("config") else NO_CONFIG

    async def _all(self, job: Job, found: Node, name: str, *, more: str) -> list[Node]:
        """List the nodes of a connection, the first page of which is read already."""
        page = part(found, name)
        nodes = list(page["nodes"])
        for _ in range(MAX_PAGES - 1):
            if not page["pageInfo"]["hasNextPage"]:
                break
            answer = await self._query(job, more, {"after": page["pageInfo"]["endCursor"]})
            page = part(part(answer, "pullRequest"), name)
            nodes += page["nodes"]
        return [node for node in nodes if node]

    async def _said(self, job: Job, found: Node) -> tuple[list[Node], bool]:
        """List the comments of the conversation, oldest first; tell whether older ones are left."""
        page = part(found, "comments")
        nodes = list(page["nodes"])
        for _ in range(MAX_PAGES - 1):
            if not page["pageInfo"]["hasPreviousPage"]:
                break
            before = {"before": page["pageInfo"]["startCursor"]}
            answer = await self._query(job, pull_queries.MORE_COMMENTS, before)
            page = part(part(answer, "pullRequest"), "comments")
            nodes = [*page["nodes"], *nodes]
        return [node for node in nodes if node], bool(page["pageInfo"]["hasPreviousPage"])

    async def _query(self, place: Job | PullRequest, text: str, variables: Node) -> Node:
        answer = await self._client(place).query(text, {**_names(place), **variables})
        _refuse_gaps(answer)
        return part(answer.data, "repository")

    def _wanted(self) -> dict[str, Any]:
        """Say which of all configs and check runs are read."""
        return {"config": CONFIG_PATH, "app": self._app_id, "check": CHECK_NAME}

    def _client(self, place: Job | PullRequest) -> Client:
        return self._github.client(auth.grant(place, auth.REVIEW))


def _names(place: Job | PullRequest) -> dict[str, Any]:
    return {**names.in_query(place.repository), "number": place.number}


def _refuse_gaps(answer: QueryAnswer) -> None:
    """Tell "there is none" from "GitHub could not say"; a hidden fork or author is no failure.

    A config that is left out would pass for none, a comment for one that was never made.
    """
    for error in answer.errors:
        if error.type != NOT_FOUND and error.field not in HIDDEN:
            raise TransientError(UNREAD.format(message=error.message))


def _position(found: Node) -> Position:
    """Take the live tip of the base branch, or the last one known when the branch is gone.

    Of what was merged that tip holds the change itself: what it was merged into is meant.
    """
    live = found.get("baseRef") if found["state"] != PullState.MERGED else None
    target = (live or {}).get("target") or {}
    return Position(str(found["headRefOid"]), str(target.get("oid") or found["baseRefOid"]))


def _head_repository(found: Node) -> HeadRepository:
    if found.get("headRepository") is None:
        return HeadRepository.GONE
    return HeadRepository.FORK if found["isCrossRepository"] else HeadRepository.SAME


def config_file(entry: Node, source: ConfigSource) -> ConfigFile:
    """Read a config's blob; what GitHub takes as binary has no text, and is invalid as such."""
    blob = entry.get("object") or {}
    return ConfigFile(source, str(blob.get("text") or ""), str(blob.get("oid") or ""))
