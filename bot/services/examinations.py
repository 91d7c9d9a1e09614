"""Examinations kept in memory: what was examined does not change within a day."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from cachetools import LRUCache

from bot.services.standing import today_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.ports import Analyse, Examination
    from bot.domain.pull import PullRequest
    from checks.config import Config

KEPT_EXAMINATIONS = 32


class KeptExaminations:
    """The `Analyse` port with a memory; `clock` tells Unix time."""

    def __init__(self, analyse: Analyse, clock: Callable[[], float]) -> None:
        self._analyse = analyse
        self._clock = clock
        self._kept: LRUCache[tuple[object, ...], Examination] = LRUCache(KEPT_EXAMINATIONS)

    async def __call__(
        self, pull: PullRequest, *, merge_base: str | None, config: Config
    ) -> Examination:
        """Judge the change, or tell what it was found to be."""
        text = sha256(pull.config.text.encode("utf-8", "surrogateescape")).digest()
        at, day = pull.position, today_of(self._clock)
        key = (pull.repository.id, at.head_sha, merge_base or at.base_sha, text, day)
        known = self._kept.get(key)
        if known is not None:
            return known
        made = await self._analyse(pull, merge_base=merge_base, config=config)
        if not made.analysis.is_our_fault:
            self._kept[key] = made
        return made
