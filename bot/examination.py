"""The `Analyse` port of reviews: git brings the change, workers read it, the engine judges."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.domain.ports import Examination
from bot.git.analysis import capture, examine
from bot.git.fetch import RefusedError
from bot.git.mirror import Mirror
from bot.git.snapshot import read
from bot.github.auth import READ_CONTENTS, grant
from bot.readers import PooledReader

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bot.domain.pull import PullRequest
    from bot.git.pull import Pull
    from bot.github.client import GitHub
    from bot.pool import AnalysisPool
    from bot.settings import Settings
    from checks.config import Config


class Examiner:
    """Examines pull requests in threads, so that neither git nor the engine hold up the loop."""

    def __init__(self, settings: Settings, github: GitHub, pool: AnalysisPool) -> None:
        self._settings = settings
        self._github = github
        self._pool = pool
        self._folder = settings.make_data_dir() / "mirrors"

    async def __call__(self, pull: PullRequest, *, merge_base: str, config: Config) -> Examination:
        """Judge the change from the merge base to the head of `pull`.

        A token that git is refused with was revoked: another one is minted, once.
        """
        client = self._github.client(grant(pull.installation_id, pull.repository, READ_CONTENTS))
        token = await client.token()
        try:
            return await self._examine(pull, merge_base, config=config, token=token.text)
        except RefusedError:
            client.forget(token)
        token = await client.token()
        return await self._examine(pull, merge_base, config=config, token=token.text)

    async def texts(
        self, pull: PullRequest, paths: Collection[str], *, merge_base: str
    ) -> Mapping[str, bytes]:
        """Read files at the head of `pull`; what is missing or too large is left out."""
        client = self._github.client(grant(pull.installation_id, pull.repository, READ_CONTENTS))
        token = await client.token()

        def run() -> Mapping[str, bytes]:
            change = self._mirror(pull).fetch_commits(
                base=merge_base,
                head=pull.position.head_sha,
                number=pull.number,
                token=token.text,
            )
            return _texts(change, pull.position.head_sha, paths)

        return await asyncio.to_thread(run)

    async def _examine(
        self, pull: PullRequest, merge_base: str, *, config: Config, token: str
    ) -> Examination:
        loop = asyncio.get_running_loop()
        reader = PooledReader(
            self._pool, lambda work: asyncio.run_coroutine_threadsafe(work, loop).result()
        )

        def run() -> Examination:
            mirror = self._mirror(pull)
            change = mirror.fetch_commits(
                base=merge_base, head=pull.position.head_sha, number=pull.number, token=token
            )
            snapshot = capture(change, merge_base, pull.position.head_sha, config=config)
            analysis = examine(change, snapshot, config=config, reader=reader)
            return Examination(analysis, snapshot.tree.keys())

        return await asyncio.to_thread(run)

    def _mirror(self, pull: PullRequest) -> Mirror:
        repository = pull.repository
        url = self._settings.remote_url(repository.owner, repository.name)
        return Mirror(self._folder, repository.id, remote_url=url)


def _texts(change: Pull, head_sha: str, paths: Collection[str]) -> Mapping[str, bytes]:
    tree = change.ask(lambda objects: objects.tree(head_sha))
    oids = {version.path: version.oid for version in tree if version.path in paths}
    contents = read(change, list(oids.values()))
    found = {path: contents[oid] for path, oid in oids.items()}
    return {path: content for path, content in found.items() if isinstance(content, bytes)}
