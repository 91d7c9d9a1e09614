"""Where the service is to be reached from outside: the App's own webhook address says it."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from bot.github.refusals import FAILURES

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.pull import PullRequest
    from bot.github.auth import Tokens

HOOK_CONFIG = "/app/hook/config"
WEBHOOK_PATH = "/webhook"
RETRY_SECONDS = 60.0

logger = logging.getLogger(__name__)


class PublicAddress:
    """The service's public address, read when it is first wanted."""

    def __init__(self, tokens: Tokens, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._tokens = tokens
        self._clock = clock
        self._known = ""
        self._asked_at: float | None = None
        self._asking = asyncio.Lock()

    async def url(self) -> str:
        """Return `https://HOST`, or `""` while nobody can tell: then it is asked again later.

        An App whose deliveries go through somebody else's address (a relay) has none.
        """
        async with self._asking:
            if not self._known and self._may_ask():
                self._asked_at = self._clock()
                self._known = await self._read()
            return self._known

    async def page(self, pull: PullRequest) -> str:
        """Return the address of the explain page, `""` where there is none: a queue's group."""
        known = "" if pull.group_base else await self.url()
        owner, name = quote(pull.repository.owner), quote(pull.repository.name)
        return f"{known}/{owner}/{name}/pull/{pull.number}" if known else ""

    def _may_ask(self) -> bool:
        return self._asked_at is None or self._clock() - self._asked_at >= RETRY_SECONDS

    async def _read(self) -> str:
        try:
            answer = await self._tokens.as_app("GET", HOOK_CONFIG)
        except FAILURES as error:  # a page that cannot be linked holds up no verdict
            logger.warning("address.unknown", extra={"fields": {"reason": str(error)}})
            return ""
        return _root(str(answer.get("url") or "")) if isinstance(answer, dict) else ""


def _root(hook_url: str) -> str:
    parts = urlsplit(hook_url)
    is_ours = parts.scheme in {"http", "https"} and parts.path == WEBHOOK_PATH and not parts.query
    return f"{parts.scheme}://{parts.netloc}" if is_ours else ""
