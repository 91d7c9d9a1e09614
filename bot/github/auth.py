"""Who we are to GitHub: the App by a signed assertion, an installation by a short-lived token."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import jwt
from cachetools import TLRUCache

from bot.domain.errors import GoneError
from bot.domain.meter import Cache
from bot.github.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from typing import TypeVar

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from bot.domain.jobs import Place
    from bot.github.transport import Transport

    Result = TypeVar("Result")

# https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/
# generating-a-json-web-token-jwt-for-a-github-app: 60 s back for clock drift, at most 10 min ahead.
BACKDATED_SECONDS = 60
LIFETIME_SECONDS = 9 * 60
# What GitHub says with 401 when the two clocks differ too much (octokit/auth-app#698).
CLOCK_CLAIMS = ("'Expiration time' claim", "'Issued at' claim")
# A token is left in peace this long before it ends, so that none ends in the middle of a job.
EXPIRY_MARGIN_SECONDS = 5 * 60
# Replication of a new token takes a while: refusals in this time prove nothing (auth-app#65).
FRESH_SECONDS = 5
FRESH_WAITS_SECONDS = (1.0, 2.0, 3.0)
CACHED_TOKENS = 10_000

GONE = "The App no longer has access here: {reason}"
# 422 for a repository that was deleted, transferred or taken out of the installation.
NOT_ACCESSIBLE = "does not exist or is not accessible"

Permissions = tuple[tuple[str, str], ...]

REVIEW: Permissions = (
    ("checks", "write"),
    ("contents", "read"),
    ("metadata", "read"),
    ("pull_requests", "write"),
)
# An App resolves a thread only with write access to the contents (github/gh-aw#35726).
RESOLVE: Permissions = (
    ("contents", "write"),
    ("metadata", "read"),
    ("pull_requests", "write"),
)
REPLY: Permissions = (("issues", "write"), ("metadata", "read"), ("pull_requests", "write"))
MEASURE: Permissions = (
    ("contents", "read"),
    ("issues", "read"),
    ("metadata", "read"),
    ("pull_requests", "read"),
)
TRACK: Permissions = (("issues", "write"), ("metadata", "read"), ("pull_requests", "read"))
COMMIT: Permissions = (("contents", "write"), ("metadata", "read"))
READ_CONTENTS: Permissions = (("contents", "read"), ("metadata", "read"))
# The one token that is good for all repositories of an installation: it can do nothing but list.
LIST: Permissions = (("metadata", "read"),)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token is for: exactly one repository, by id or by name, and the least it needs.

    Without a repository it is good for all of the installation: only to list them.
    """

    installation_id: int
    repository: int | str | None
    permissions: Permissions


@dataclass(frozen=True, slots=True)
class Token:
    """An installation token; times are Unix time. Its text never shows in a representation."""

    text: str
    minted_at: float
    expires_at: float

    def __repr__(self) -> str:
        return f"Token(expires_at={self.expires_at})"

    def is_fresh(self, now: float) -> bool:
        """Tell whether GitHub may not know the token everywhere yet."""
        return now - self.minted_at < FRESH_SECONDS


def grant(place: Place, permissions: Permissions) -> Grant:
    """Ask for the repository that is meant by its id, which a rename does not change."""
    return Grant(place.installation_id, place.repository.id, permissions)


class Tokens:
    """Installation tokens, minted when needed, one mint at a time for each grant."""

    def __init__(
        self,
        transport: Transport,
        *,
        app_id: str,
        private_key: RSAPrivateKey,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._transport = transport
        self._app_id = app_id
        self._private_key = private_key
        self._clock = clock
        self._skew_seconds = 0.0
        self._minting: WeakValueDictionary[Grant, asyncio.Lock] = WeakValueDictionary()
        self._tokens: TLRUCache[Grant, Token] = TLRUCache(
            CACHED_TOKENS,
            ttu=lambda _, token, __: token.expires_at - EXPIRY_MARGIN_SECONDS,
            timer=clock,
        )

    async def token(self, wanted: Grant) -> Token:
        """Return a token that lives for at least the margin; `RefusedError` where there is none."""
        lock = self._minting.setdefault(wanted, asyncio.Lock())
        async with lock:
            token = self._tokens.get(wanted)
            is_known = token is not None
            self._transport.meter.lookups(Cache.TOKENS, hits=is_known, misses=not is_known)
            if token is None:
                token = self._tokens[wanted] = await self._mint(wanted)
            return token

    async def ask_patiently(
        self,
        ask: Callable[[Token], Awaitable[Result]],
        token: Token,
        *,
        is_refusal: Callable[[Exception], bool],
        pause: Callable[[float], Awaitable[None]],
    ) -> Result:
        """Ask with a token of ours, and again while it is so new that a refusal proves nothing."""
        for wait in FRESH_WAITS_SECONDS:
            try:
                return await ask(token)
            except Exception as error:
                if not is_refusal(error) or not token.is_fresh(self._clock()):
                    raise
            await pause(wait)
        return await ask(token)

    def forget(self, wanted: Grant, token: Token) -> None:
        """Drop a token that GitHub revoked, unless another one took its place already."""
        if self._tokens.get(wanted) == token:
            del self._tokens[wanted]

    async def as_app(self, method: str, url: str, *, data: object = b"") -> object:
        """Send a request as the App; a clock that is wrong is corrected by GitHub's once."""
        try:
            return await self._send_as_app(method, url, data)
        except RefusedError as refusal:
            if not self._correct_clock(refusal):
                raise
        return await self._send_as_app(method, url, data)

    async def _mint(self, wanted: Grant) -> Token:
        asked: dict[str, object] = {"permissions": dict(wanted.permissions)}
        if wanted.repository is not None:
            key = "repository_ids" if isinstance(wanted.repository, int) else "repositories"
            asked[key] = [wanted.repository]
        url = f"/app/installations/{wanted.installation_id}/access_tokens"
        try:
            answer = await self.as_app("POST", url, data=asked)
        except RefusedError as refusal:
            if _is_gone(refusal, wanted):
                raise GoneError(GONE.format(reason=refusal.message)) from refusal
            raise
        assert isinstance(answer, dict)
        expires = datetime.fromisoformat(answer["expires_at"]).timestamp()
        return Token(answer["token"], self._clock(), expires - self._skew_seconds)

    async def _send_as_app(self, method: str, url: str, data: object) -> object:
        return await self._transport.send_as_app(method, url, data=data, jwt=self._assertion())

    def _assertion(self) -> str:
        now = int(self._clock() + self._skew_seconds)
        claims = {
            "iat": now - BACKDATED_SECONDS,
            "exp": now + LIFETIME_SECONDS,
            "iss": self._app_id,
        }
        return jwt.encode(claims, self._private_key, algorithm="RS256")

    async def get_as_app(self, url: str, variables: Mapping[str, str]) -> Any:
        """Read one thing as the App; `url` is a URI template."""
        answer, _ = await self.page_as_app(url, variables)
        return answer

    async def page_as_app(self, url: str, variables: Mapping[str, str]) -> tuple[Any, str]:
        """Read one page as the App, and the cursor of the next one, `""` after the last."""
        try:
            return await self._page_as_app(url, variables)
        except RefusedError as refusal:
            if not self._correct_clock(refusal):
                raise
        return await self._page_as_app(url, variables)

    async def _page_as_app(self, url: str, variables: Mapping[str, str]) -> tuple[Any, str]:
        return await self._transport.page_as_app(url, variables=variables, jwt=self._assertion())

    def _correct_clock(self, refusal: RefusedError) -> bool:
        """Learn from the `date` header how far our clock is off; False when that is not it."""
        if refusal.status != 401 or not any(refusal.says(text) for text in CLOCK_CLAIMS):
            return False
        try:
            theirs = parsedate_to_datetime(refusal.date).timestamp()
        except ValueError:
            return False
        self._skew_seconds = theirs - self._clock()
        return True


def _is_gone(refusal: RefusedError, wanted: Grant) -> bool:
    """Tell an installation, or a repository known by its id, that is gone from a wrong guess."""
    if refusal.status == 404:
        return True
    known = isinstance(wanted.repository, int)
    return known and refusal.status == 422 and refusal.says(NOT_ACCESSIBLE)
