"""The `Analyse` port of reviews: git brings the change, workers read it, the engine judges."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from bot.domain.ports import Examination
from bot.git.analysis import Terms, capture, examine, today
from bot.git.fetch import RefusedError
from bot.git.leash import in_thread
from bot.git.mirror import Mirror
from bot.git.shelf import drop_idle
from bot.git.snapshot import read
from bot.github.auth import READ_CONTENTS, grant
from bot.readers import PooledReader
from checks.model import EntryStatus

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bot.domain.pull import PullRequest
    from bot.git.pull import Pull
    from bot.github.client import GitHub
    from bot.pool import AnalysisPool
    from bot.settings import Settings
    from checks.config import Config
    from checks.model import Snapshot


class Examiner:
    """Examines pull requests in threads, so that neither git nor the engine hold up the loop."""

    def __init__(self, settings: Settings, github: GitHub, pool: AnalysisPool) -> None:
        self._settings = settings
        self._github = github
        self._pool = pool
        self._folder = settings.make_data_dir() / "mirrors"

    async def __call__(
        self, pull: PullRequest, *, merge_base: str | None, config: Config
    ) -> Examination:
        """Judge the change from the merge base, found by git when it is None, to the head.

        A token that git is refused with was revoked: another one is minted, once.
        """
        client = self._github.client(grant(pull, READ_CONTENTS))
        token = await client.token()
        try:
            return await self._examine(pull, merge_base, config=config, token=token.text)
        except RefusedError:
            client.forget(token)
        token = await client.token()
        return await self._examine(pull, merge_base, config=config, token=token.text)

    async def texts(
        self, pull: PullRequest, paths: Collection[str], *, merge_base: str | None
    ) -> Mapping[str, bytes]:
        """Read files at the head of `pull`; what is missing or too large is left out."""
        client = self._github.client(grant(pull, READ_CONTENTS))
        token = await client.token()

        def run() -> Mapping[str, bytes]:
            mirror, number, head = self._mirror(pull), pull.number, pull.position.head_sha
            base = merge_base or mirror.merge_base(
                base=pull.position.base_sha, head=head, number=number, token=token.text
            )
            change = mirror.fetch_commits(base=base, head=head, number=number, token=token.text)
            return _texts(change, head, paths)

        return await in_thread(run)

    async def forget(self, pull: PullRequest) -> None:
        """Drop the refs of a closed pull request: later fetches need not tell of it."""
        await in_thread(self._mirror(pull).forget, pull.number)

    async def purge(self, repository_id: int) -> None:
        """Delete all that was ever fetched of a repository."""
        mirror = Mirror(self._folder, repository_id, remote_url="")
        await asyncio.to_thread(mirror.purge)

    async def drop_idle(self) -> None:
        """Delete the mirrors that no job has used for two weeks."""
        await asyncio.to_thread(drop_idle, self._folder, now=time.time())

    async def _examine(
        self, pull: PullRequest, merge_base: str | None, *, config: Config, token: str
    ) -> Examination:
        loop = asyncio.get_running_loop()
        reader = PooledReader(
            self._pool, lambda work: asyncio.run_coroutine_threadsafe(work, loop).result()
        )

        def run() -> Examination:
            mirror, number, head = self._mirror(pull), pull.number, pull.position.head_sha
            base = merge_base or mirror.merge_base(
                base=pull.position.base_sha, head=head, number=number, token=token
            )
            change = mirror.fetch_commits(base=base, head=head, number=number, token=token)
            snapshot = capture(change, base, head, config=config)
            terms = Terms(today())
            analysis = examine(change, snapshot, config=config, reader=reader, terms=terms)
            return Examination(analysis, _renamed(snapshot))

        return await in_thread(run)

    def _mirror(self, pull: PullRequest) -> Mirror:
        repository = pull.repository
        url = self._settings.remote_url(repository.owner, repository.name)
        return Mirror(self._folder, repository.id, remote_url=url)


def _renamed(snapshot: Snapshot) -> Mapping[str, str]:
    return {
        entry.base.path: entry.path
        for entry in snapshot.entries
        if entry.base and entry.status is EntryStatus.RENAMED
    }


def _texts(change: Pull, head_sha: str, paths: Collection[str]) -> Mapping[str, bytes]:
    tree = change.ask(lambda objects: objects.tree(head_sha))
    oids = {version.path: version.oid for version in tree if version.path in paths}
    contents = read(change, list(oids.values()))
    found = {path: contents[oid] for path, oid in oids.items()}
    return {path: content for path, content in found.items() if isinstance(content, bytes)}
