"""Read the default branch: its tip, the config that holds there, what was merged last."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.domain.census_ports import Tip
from bot.domain.issue import Merged
from bot.domain.pull import NO_CONFIG, ConfigSource
from bot.github import auth, branch_queries
from bot.github.client import FORBIDDEN
from bot.github.linking import links
from bot.github.names import in_query, read_ref
from bot.github.pulls import config_file
from checks.config import CONFIG_PATH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.jobs import Job, RepositoryRef
    from bot.github.client import GitHub
    from bot.github.configs import OwnerConfigs

    Node = Mapping[str, Any]


class Branches:
    """Fulfils `bot.domain.census_ports.Branches`."""

    def __init__(self, github: GitHub, configs: OwnerConfigs) -> None:
        self._github = github
        self._configs = configs

    async def tip(self, job: Job) -> Tip | None:
        """Read the tip of the job's repository; None when there is no commit, or no repository."""
        place = job.repository
        client = self._github.client(auth.grant(job, auth.MEASURE))
        names = {**in_query(place), "config": CONFIG_PATH}
        answer = await client.query(branch_queries.TIP, names)
        answer.demand_whole(allowing=FORBIDDEN)  # an issue elsewhere that we may not know of
        found = answer.data.get("repository")
        if not found or found.get("databaseId") != place.id or not found["defaultBranchRef"]:
            return None
        ref = read_ref(found)
        branch, commit = found["defaultBranchRef"], found["defaultBranchRef"]["target"]
        if commit.get("config"):
            config = config_file(commit["config"], ConfigSource.BASE)
        else:
            config = await self._configs.read(job.installation_id, ref.owner) or NO_CONFIG
        return Tip(
            installation_id=job.installation_id,
            repository=ref,
            branch=str(branch["name"]),
            sha=str(commit["oid"]),
            config=config,
            merged=await asyncio.to_thread(_merged, found, ref),
        )


def _merged(found: Node, ref: RepositoryRef) -> tuple[Merged, ...]:
    """Read what was merged; a description can be made to take a second, and there are 50."""
    return tuple(_merge(node, ref) for node in found["pullRequests"]["nodes"] if node)


def _merge(node: Node, ref: RepositoryRef) -> Merged:
    return Merged(
        int(node["number"]),
        datetime.fromisoformat(node["mergedAt"]).timestamp(),
        links(node, ref),
    )
