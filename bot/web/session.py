"""What a visitor's browser keeps for us: encrypted, and out of reach of scripts and other sites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp_session.cookie_storage import EncryptedCookieStorage
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web
    from aiohttp_session import Session

COOKIE = "ssot"
# User tokens end after so long; then one logs in again.
SESSION_SECONDS = 8 * 3600
# As long as GitHub's code works.
LOGIN_SECONDS = 600
# Tabs in which a login has begun.
LOGINS = 5
KEY_BYTES = 32
KEY_PURPOSE = b"ssot session cookie v1"

_VISITOR = "visitor"
_LOGINS = "logins"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who logged in at a moment in Unix time; `token` is theirs and never shown."""

    login: str
    token: str
    since: int

    def __repr__(self) -> str:
        return f"Visitor({self.login})"


@dataclass(frozen=True, slots=True)
class PendingLogin:
    """A login that began: the secret half of its challenge, and the page it leads to."""

    verifier: str
    to: str

    def __repr__(self) -> str:
        return f"PendingLogin({self.to})"


class Kept:
    """What one browser keeps at a moment in Unix time; changes last when they are saved."""

    def __init__(self, session: Session, now: float) -> None:
        self.session = session
        self.now = now

    @property
    def visitor(self) -> Visitor | None:
        """Return who logged in, None for strangers."""
        found = self.session.get(_VISITOR)
        return Visitor(*found) if found else None

    def begin(self, state: str, pending: PendingLogin) -> None:
        """Remember that a login began."""
        logins = {**self._logins, state: (pending.verifier, pending.to, int(self.now))}
        self.session[_LOGINS] = dict(list(logins.items())[-LOGINS:])

    def take(self, state: str) -> PendingLogin | None:
        """Return a login that began in this browser ten minutes ago at most, and forget it."""
        logins = self._logins
        if state not in logins:
            return None
        verifier, to, began = logins.pop(state)
        self.session[_LOGINS] = logins
        return PendingLogin(verifier, to) if self.now - began <= LOGIN_SECONDS else None

    def enter(self, login: str, token: str) -> None:
        """Remember who logged in."""
        self.session[_VISITOR] = [login, token, int(self.now)]

    def leave(self) -> None:
        """Forget who logged in, and all that began.

        The cookie stays, empty: the library deletes one without `Secure`, and it may survive that.
        """
        self.session.invalidate()
        self.session[_LOGINS] = {}

    @property
    def _logins(self) -> dict[str, tuple[str, str, int]]:
        return dict(self.session.get(_LOGINS) or {})


class Sessions:
    """Sessions in cookies; all processes of a service make the same key of its secret.

    The library's middleware is left out: it puts plain names into requests, and aiohttp warns.
    """

    def __init__(self, client_secret: str, clock: Callable[[], float]) -> None:
        self._clock = clock
        key = HKDF(SHA256(), KEY_BYTES, salt=None, info=KEY_PURPOSE).derive(client_secret.encode())
        self._storage = EncryptedCookieStorage(
            key,
            cookie_name=COOKIE,
            max_age=SESSION_SECONDS,
            path="/",
            secure=True,
            httponly=True,
            samesite="Lax",  # the way back from GitHub is a link to us, and must bring it along
        )

    async def load(self, request: web.Request) -> Kept:
        """Return what the browser keeps: nothing, where the cookie is missing, old or not ours."""
        return Kept(await self._storage.load_session(request), self._clock())

    async def save(self, request: web.Request, response: web.Response, kept: Kept) -> web.Response:
        """Have the browser keep the changes, and return the answer."""
        await self._storage.save_session(request, response, kept.session)
        return response
