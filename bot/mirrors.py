"""The mirrors of all repositories, and the tokens with which git may fetch into them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.caches import mirror_folder
from bot.git.fetch import RefusedError
from bot.git.leash import in_thread
from bot.git.mirror import Mirror
from bot.github.auth import READ_CONTENTS, grant

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from bot.domain.jobs import Place, RepositoryRef
    from bot.domain.pull import PullRequest
    from bot.github.auth import Token
    from bot.github.client import GitHub
    from bot.settings import Settings

    Result = TypeVar("Result")


class Mirrors:
    """Works with mirrors in threads, so that git does not hold up the loop."""

    def __init__(self, settings: Settings, github: GitHub) -> None:
        self._settings = settings
        self._github = github
        self._meter = github.transport.meter
        self._folder = mirror_folder(settings)

    async def fetch(self, place: Place, work: Callable[[Mirror, str], Result]) -> Result:
        """Run `work` in a thread, with the place's mirror and the text of a token for it.

        A token that git is refused with was revoked: another one is minted. While it is so new
        that a refusal proves nothing, git asks again.
        """
        client = self._github.client(grant(place, READ_CONTENTS))
        mirror = self._of(place.repository)
        token = await client.token()
        try:
            return await self._run(work, mirror, token)
        except RefusedError:
            client.forget(token)
        return await self._run(work, mirror, await client.token())

    async def _run(
        self, work: Callable[[Mirror, str], Result], mirror: Mirror, token: Token
    ) -> Result:
        async def ask(token: Token) -> Result:
            return await in_thread(work, mirror, token.text)

        return await self._github.tokens.ask_patiently(
            ask,
            token,
            is_refusal=lambda error: isinstance(error, RefusedError),
            pause=self._github.pause,
        )

    async def forget(self, pull: PullRequest) -> None:
        """Drop the refs of a closed pull request: later fetches need not tell of it."""
        await in_thread(self._of(pull.repository).forget, pull.number)

    async def purge(self, repository_id: int) -> None:
        """Delete all that was ever fetched of a repository."""
        mirror = Mirror(self._folder, repository_id, remote_url="")
        await asyncio.to_thread(mirror.purge)

    def _of(self, repository: RepositoryRef) -> Mirror:
        url = self._settings.remote_url(repository.owner, repository.name)
        return Mirror(self._folder, repository.id, remote_url=url, meter=self._meter)
