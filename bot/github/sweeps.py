"""What a sweep reads: our installations and their repositories, open heads; and what it closes."""

from __future__ import annotations

import random
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.domain.heads import OpenHead, SweptRun
from bot.domain.jobs import RepositoryRef
from bot.domain.report import CHECK_NAME, lost
from bot.domain.unanswered import Said
from bot.github import auth, heads, names
from bot.github.conversations import read_remark
from bot.github.sweep_queries import OPEN_HEADS, OPEN_NUMBERS
from checks.config import CONFIG_PATH

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.domain.jobs import Job
    from bot.github.client import Client, GitHub
    from bot.github.configs import OwnerConfigs

    Node = Mapping[str, Any]

INSTALLATIONS = "/app/installations?per_page={per_page}&page={page}"
REPOSITORIES = "/installation/repositories{?per_page,page}"
RUN = "/repos/{owner}/{repo}/check-runs/{id}"
PER_PAGE = 100
GRAPHQL = "graphql"
LEFT_SHARE = 0.5
SPREAD_SECONDS = 20 * 60.0


class Sweeps:
    """Reads that find what was missed, over whole repositories."""

    def __init__(self, github: GitHub, configs: OwnerConfigs, *, app_id: int) -> None:
        self._github = github
        self._configs = configs
        self._app_id = app_id

    def not_before(self, installation_id: int) -> float:
        """Tell when a sweep may ask for so much; 0 for now.

        Half of each hour's points is left to reviews: the hourly sweep of a thousand repositories
        would take them all. What has to wait is put off by chance, or the last repositories would
        wait for ever.
        """
        quota = self._github.transport.quota(installation_id, GRAPHQL)
        if quota is None or quota.remaining >= LEFT_SHARE * quota.limit:
            return 0.0
        if quota.resets_at <= self._github.clock():
            return 0.0
        return quota.resets_at + random.uniform(0, SPREAD_SECONDS)  # noqa: S311 - no secret

    async def installations(self) -> list[int]:
        """List the installations that are not suspended."""
        found: list[int] = []
        page = 0
        while True:
            page += 1
            url = INSTALLATIONS.format(per_page=PER_PAGE, page=page)
            answer = await self._github.tokens.as_app("GET", url)
            assert isinstance(answer, list)
            found += [int(entry["id"]) for entry in answer if not entry.get("suspended_at")]
            if len(answer) < PER_PAGE:
                return found

    async def repositories(self, installation_id: int) -> list[RepositoryRef]:
        """List the repositories that an installation was given."""
        client = self._github.client(auth.Grant(installation_id, None, auth.LIST))
        found: list[RepositoryRef] = []
        page = 0
        while True:
            page += 1
            paging = {"per_page": str(PER_PAGE), "page": str(page)}
            answer = await client.get(REPOSITORIES, paging)
            entries = answer["repositories"]
            found += [_repository(entry) for entry in entries if not entry.get("archived")]
            if len(entries) < PER_PAGE:
                return found

    async def open_heads(self, job: Job) -> list[OpenHead]:
        """Read all open pull requests of a repository, with our runs and what is said.

        Of those that were closed lately as well: a command may have come before the end, and a run
        be left that nobody completed.
        """
        found: list[OpenHead] = []
        closed: list[Node] = []
        async for repository in self._pages(job, OPEN_HEADS, self._check_names()):
            shared = await self._is_configured(job, repository)
            found += [
                self._open_head(job, node, shared=shared)
                for node in repository["pullRequests"]["nodes"]
                if node
            ]
            # The same on each page.
            closed = (repository.get("closed") or {}).get("nodes") or []
        return [*found, *(self._closed_head(job, node) for node in closed if node)]

    async def numbers(self, job: Job) -> list[int]:
        """List the open pull requests to the job's branch.

        Without one: those to any branch that has no config of its own.
        """
        found: list[int] = []
        wanted = {"branch": job.branch or None, "config": CONFIG_PATH}
        async for repository in self._pages(job, OPEN_NUMBERS, wanted):
            nodes = filter(None, repository["pullRequests"]["nodes"])
            found += [int(node["number"]) for node in nodes if job.branch or not _base_config(node)]
        return found

    def forget_config(self, job: Job) -> None:
        """Have the config that the owner of the job's repository shares read anew."""
        self._configs.forget(job.installation_id, job.repository.owner)

    async def close(self, job: Job, run: SweptRun) -> None:
        """Complete a run that was left behind."""
        report = lost()
        data = {
            "status": "completed",
            "conclusion": str(report.conclusion),
            "output": {"title": report.title, "summary": report.summary},
        }
        await self._client(job).update(RUN, names.in_path(job.repository, id=run.id), data=data)

    def _check_names(self) -> dict[str, Any]:
        return {"config": CONFIG_PATH, "app": self._app_id, "check": CHECK_NAME}

    async def _is_configured(self, job: Job, repository: Node) -> bool:
        """Tell whether every pull request has a config, wherever it points."""
        default = (repository.get("defaultBranchRef") or {}).get("target") or {}
        if default.get("config"):
            return True
        owner = str(repository["nameWithOwner"]).partition("/")[0]
        return await self._configs.read(job.installation_id, owner) is not None

    def _open_head(self, job: Job, node: Node, *, shared: bool) -> OpenHead:
        head_sha = str(node["headRefOid"])
        commits = [entry["commit"] for entry in (node["earlier"] or {})["nodes"] if entry]
        configured = shared or _base_config(node) or any(c.get("config") for c in commits)
        on_head = [commit for commit in commits if commit["oid"] == head_sha]
        return OpenHead(
            number=int(node["number"]),
            head_sha=head_sha,
            configured=configured,
            runs=self._runs(job, on_head),
            earlier=self._runs(job, [c for c in heads.earlier(node) if c["oid"] != head_sha]),
            conversation=_conversation(node),
            changed_at=_changed_at(node),
        )

    def _closed_head(self, job: Job, node: Node) -> OpenHead:
        """Nothing is to be reviewed there any more."""
        return OpenHead(
            number=int(node["number"]),
            head_sha="",
            configured=False,
            earlier=self._runs(job, heads.earlier(node)),
            conversation=_conversation(node),
        )

    def _runs(self, job: Job, commits: Iterable[Node]) -> tuple[SweptRun, ...]:
        """List our runs on commits, each once: a forced push may have left a part of a history."""
        found = (
            _run(run, job.repository)
            for commit in commits
            for suite in filter(None, (commit.get("checkSuites") or {}).get("nodes") or [])
            if (suite.get("app") or {}).get("databaseId") == self._app_id
            for run in filter(None, (suite.get("checkRuns") or {}).get("nodes") or [])
        )
        return tuple({run.id: run for run in found}.values())

    async def _pages(self, job: Job, text: str, variables: Node) -> Any:
        """Yield the repository once for each page of its pull requests; nothing if it is gone."""
        after = None
        while True:
            page_of = {**names.in_query(job.repository), "after": after}
            answer = await self._client(job).query(text, {**page_of, **variables})
            answer.demand_whole()
            repository = answer.data.get("repository")
            if not repository or repository.get("databaseId") != job.repository.id:
                return
            yield repository
            page = repository["pullRequests"]["pageInfo"]
            if not page["hasNextPage"]:
                return
            after = page["endCursor"]

    def _client(self, job: Job) -> Client:
        return self._github.client(auth.grant(job, auth.REVIEW))


def _conversation(node: Node) -> tuple[Said, ...]:
    remarks = (node.get("comments") or {}).get("nodes") or []
    return tuple(_said(remark) for remark in remarks if remark)


def _changed_at(node: Node) -> float:
    """Tell when the terms changed last that a verdict goes by, beside commits and comments."""
    found = filter(None, (node.get("changed") or {}).get("nodes") or [])
    return max((_unix(one["createdAt"]) for one in found), default=0.0)


def _base_config(node: Node) -> bool:
    """Tell whether the base branch of a pull request has a config of its own."""
    base = (node.get("baseRef") or {}).get("target") or {}
    return bool(base.get("config"))


def _repository(entry: Node) -> RepositoryRef:
    return RepositoryRef(int(entry["id"]), str(entry["owner"]["login"]), str(entry["name"]))


def _run(node: Node, repository: RepositoryRef) -> SweptRun:
    started = node.get("startedAt")
    return SweptRun(
        id=int(node["databaseId"]),
        conclusion=str(node.get("conclusion") or ""),
        title=str(node.get("title") or ""),
        started_at=_unix(started) if started else 0.0,
        number=heads.number_of(node.get("externalId"), repository.id) or 0,
    )


def _said(node: Node) -> Said:
    return Said(
        remark=read_remark(node),
        said_at=_unix(node["createdAt"]),
        settled=any(node[name]["viewerHasReacted"] for name in ("done", "confused")),
    )


def _unix(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
