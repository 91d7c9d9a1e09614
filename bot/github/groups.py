"""Read a merge queue's group as if it were the pull request that the queue would merge."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.domain.errors import TransientError
from bot.domain.issue import Tracked
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
from bot.github import heads, names, pull_queries
from bot.github.conversations import read_remark
from bot.github.heads import part
from bot.github.pulls import LAG_WAITS_SECONDS, Pulls

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bot.domain.conversation import Remark
    from bot.domain.jobs import Job
    from bot.domain.reconcile import Plan

    Node = Mapping[str, Any]

LATE = "GitHub does not show the group's {name} yet"


class Groups(Pulls):
    """The `Pulls` port for groups: what is judged is `base_sha..head_sha`, which never moves."""

    async def read(self, job: Job) -> PullRequest | None:
        """Read config and runs of a group; wait a little for commits that GitHub does not show yet.

        Raise TransientError while it does not: the queue waits for our run. Where we spoke on the
        pull request, the queue waits for us too, even if the config is gone from the base by now.
        """
        for wait in LAG_WAITS_SECONDS:
            with suppress(TransientError):
                return await self._group(job)
            await self._github.pause(wait)
        return await self._group(job)

    async def moment(self, pull: PullRequest) -> Moment:
        """Give back what was read: a group is made anew when anything in it moves."""
        return pull.moment

    async def merge_base(self, pull: PullRequest) -> str:
        """Start from the commit that the group stands on."""
        return pull.position.base_sha

    async def start(self, pull: PullRequest) -> str:
        """Ask where the pull request of a group left its base branch, `""` if it is not known."""
        repository = await self._query(pull, pull_queries.HEAD_OF_PULL, {})
        head_sha = str((repository.get("pullRequest") or {}).get("headRefOid") or "")
        if not head_sha:
            return ""
        position = Position(head_sha, pull.position.base_sha)
        return await super().merge_base(replace(pull, position=position)) or ""

    async def _group(self, job: Job) -> PullRequest | None:
        if not job.base_sha:
            job = replace(job, base_sha=await self._base(job))
        if not job.base_sha:
            return None
        repository = await self._commits(job)
        if repository is None:
            return None
        ref = names.read_ref(repository)
        head = _commit(repository, "head")
        # The same order of configs as for a pull request, with the group's base as its base.
        as_pull = {
            **repository,
            "pullRequest": {"baseRef": {"target": _commit(repository, "base")}},
        }
        config = await self._config(job.installation_id, ref.owner, as_pull, head=head)
        if config == NO_CONFIG and await self._has_spoken(job):
            config = ConfigFile(ConfigSource.DEFAULT)
        return PullRequest(
            installation_id=job.installation_id,
            repository=ref,
            number=job.number,
            title="",
            author="",
            state=PullState.OPEN,
            draft=True,  # nobody reads comments in a queue
            position=Position(job.head_sha, job.base_sha),
            base_ref=job.branch,
            default_branch=str((repository.get("defaultBranchRef") or {}).get("name", "")),
            head_repository=HeadRepository.SAME,
            config=config,
            runs=heads.runs(head, heads.Ours(self._app_id, ref.id)),
            conversation=await self._conversation(replace(job, repository=ref)),
            group_base=job.base_sha,
        )

    async def _base(self, job: Job) -> str:
        """Learn from our newest run what a group stands on, `""` where we never judged it."""
        variables = {"oid": job.head_sha, **self._wanted()}
        found = await self._query(job, pull_queries.HEAD, variables)
        runs = heads.runs(part(found, "object"), heads.Ours(self._app_id, job.repository.id))
        return next((run.group_base for run in reversed(runs) if run.group_base), "")

    async def _conversation(self, job: Job) -> tuple[Remark, ...]:
        """Read what was said on the pull request: a waiver there holds in the queue, too."""
        found = (await self._query(job, pull_queries.MORE_COMMENTS, {})).get("pullRequest")
        if not found:
            return ()
        said, _ = await self._said(job, found)
        return tuple(map(read_remark, said))

    async def _commits(self, job: Job) -> Node | None:
        commits = {"head": job.head_sha, "base": job.base_sha}
        variables = {**names.in_query(job.repository), **commits, **self._wanted()}
        answer = await self._client(job).query(pull_queries.GROUP, variables)
        answer.demand_whole()
        repository = answer.data.get("repository")
        if not repository or repository.get("databaseId") != job.repository.id:
            return None
        return dict(repository)

    async def _has_spoken(self, job: Job) -> bool:
        """Tell whether a run of ours stands on the pull request, and so may be required."""
        check = {"number": job.number, "app": self._app_id, "check": CHECK_NAME}
        variables = {**names.in_query(job.repository), **check}
        answer = await self._client(job).query(pull_queries.SPOKEN, variables)
        answer.demand_whole()
        pull = (answer.data.get("repository") or {}).get("pullRequest") or {}
        commits = [node["commit"] for node in (pull.get("commits") or {}).get("nodes") or []]
        return any(commit["checkSuites"]["totalCount"] for commit in commits)


def _commit(repository: Node, name: str) -> Node:
    """Return a commit without which nothing may be said: reads may lag behind the delivery."""
    found = repository.get(name)
    if not found:
        raise TransientError(LATE.format(name=name))
    return dict(found)


class NoReviews:
    """The `Reviews` port for groups: what is wrong there is said by the check run alone."""

    async def publish(self, pull: PullRequest, plan: Plan) -> None:
        """Write nothing."""


class NoTrackedIssues:
    """The `TrackedIssues` port for groups: what a merge would tick is told on the pull request."""

    async def read(self, pull: PullRequest, numbers: Collection[int]) -> Tracked:
        """Read nothing."""
        del pull, numbers
        return Tracked()
