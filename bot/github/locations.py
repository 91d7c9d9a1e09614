"""From a commit to the pull requests that it is the head of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain.report import CHECK_NAME
from bot.github import auth, heads, names
from bot.github.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.jobs import Job
    from bot.github.client import GitHub

PULLS = "/repos/{owner}/{repo}/commits/{sha}/pulls{?per_page}"
RUNS = "/repos/{owner}/{repo}/commits/{sha}/check-runs{?check_name,app_id}"
UNKNOWN_COMMIT = frozenset({404, 422})


class Locations:
    """Reads which pull requests a commit belongs to."""

    def __init__(self, github: GitHub, *, app_id: int) -> None:
        self._github = github
        self._app_id = app_id

    async def open_pulls(self, job: Job) -> Sequence[int]:
        """List the open pull requests whose head is the job's, by number.

        GitHub lists closed ones too, and those that merely contain the commit; of a fork's head it
        often lists none, but our own run there names the pull request that it was made for.
        """
        try:
            found = await self._get(PULLS, job, per_page="100")
            if not found:
                return await self._named_by_our_run(job)
        except RefusedError as refusal:
            if refusal.status not in UNKNOWN_COMMIT:
                raise
            return ()
        return sorted(
            int(pull["number"])
            for pull in found
            if pull["state"] == "open" and pull["head"]["sha"] == job.head_sha
        )

    async def _named_by_our_run(self, job: Job) -> Sequence[int]:
        answer = await self._get(RUNS, job, check_name=CHECK_NAME, app_id=str(self._app_id))
        numbers = {
            heads.number_of(run["external_id"], job.repository.id) for run in answer["check_runs"]
        }
        return sorted(number for number in numbers if number)

    async def _get(self, url: str, job: Job, **variables: str) -> Any:
        client = self._github.client(auth.grant(job, auth.REVIEW))
        return await client.get(url, names.in_path(job.repository, sha=job.head_sha, **variables))
