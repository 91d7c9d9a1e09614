"""From a commit to the pull requests that it is the head of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.github import auth, names
from bot.github.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.jobs import Job
    from bot.github.client import GitHub

PULLS = "/repos/{owner}/{repo}/commits/{sha}/pulls{?per_page}"
UNKNOWN_COMMIT = frozenset({404, 422})


class Locations:
    """Reads which pull requests a commit belongs to."""

    def __init__(self, github: GitHub) -> None:
        self._github = github

    async def open_pulls(self, job: Job) -> Sequence[int]:
        """List the open pull requests whose head is the job's, by number.

        GitHub lists closed ones too, and those that merely contain the commit.
        """
        client = self._github.client(auth.grant(job, auth.REVIEW))
        variables = names.in_path(job.repository, sha=job.head_sha, per_page=100)
        try:
            found = await client.get(PULLS, variables)
        except RefusedError as refusal:
            if refusal.status not in UNKNOWN_COMMIT:
                raise
            return ()
        return sorted(
            int(pull["number"])
            for pull in found
            if pull["state"] == "open" and pull["head"]["sha"] == job.head_sha
        )
