"""The owner's config: `ssot.yml` in its `.github` repository, for repositories without one."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from cachetools import TTLCache

from bot.domain.meter import Cache
from bot.domain.pull import OWNER_CONFIG_PATH, OWNER_REPOSITORY, ConfigFile, ConfigSource
from bot.github.auth import READ_CONTENTS, Grant
from bot.github.refusals import RefusedError

if TYPE_CHECKING:
    from bot.github.client import GitHub

CONTENTS = "/repos/{owner}/{repo}/contents/{path}"
# No repository, no file, not readable for us: all the same, there is none.
NONE_THERE = frozenset({403, 404, 422})
CACHE_SECONDS = 300
CACHED_OWNERS = 10_000


class OwnerConfigs:
    """What owners share among their repositories, read with a token for `.github` alone."""

    def __init__(self, github: GitHub) -> None:
        self._github = github
        self._cache: TTLCache[tuple[int, str], ConfigFile | None] = TTLCache(
            CACHED_OWNERS, CACHE_SECONDS, timer=github.clock
        )

    async def read(self, installation_id: int, owner: str) -> ConfigFile | None:
        """Read the owner's config, at most five minutes old; None when there is none for us."""
        key = installation_id, owner.lower()
        is_known = key in self._cache
        self._github.transport.meter.lookups(Cache.CONFIGS, hits=is_known, misses=not is_known)
        if not is_known:
            self._cache[key] = await self._fetch(installation_id, owner)
        return self._cache.get(key)

    def forget(self, installation_id: int, owner: str) -> None:
        """Read the owner's config anew: it changed. Other processes find out in five minutes."""
        self._cache.pop((installation_id, owner.lower()), None)

    async def _fetch(self, installation_id: int, owner: str) -> ConfigFile | None:
        client = self._github.client(Grant(installation_id, OWNER_REPOSITORY, READ_CONTENTS))
        names = {"owner": owner, "repo": OWNER_REPOSITORY, "path": OWNER_CONFIG_PATH}
        try:
            answer = await client.get(CONTENTS, names)
        except RefusedError as refusal:
            if refusal.status not in NONE_THERE:
                raise
            return None
        if not isinstance(answer, dict) or answer.get("type") != "file":
            return None
        text = base64.b64decode(answer.get("content") or "").decode(errors="replace")
        return ConfigFile(ConfigSource.OWNER, text, str(answer["sha"]))
