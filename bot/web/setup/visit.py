"""Who may set the service up: whoever opens the address that it printed, once."""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web

    from bot.web.setup.proposal import Proposal

COOKIE = "ssot_setup"
PATH = "/setup"
# Browsers leave them out.
USUAL_PORTS = {"http": ":80", "https": ":443"}
# Proposals that somebody went to GitHub with: one in each tab, and some that were given up.
MAX_PROPOSALS = 10


class Visit:
    """The one visitor of the set-up pages: a token opens them once, a cookie keeps them open.

    It ends with the process, and nothing of it is ever written.
    """

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(32)
        self._used = False
        self._cookie = secrets.token_urlsafe(32)
        self._proposals: dict[str, Proposal] = {}

    def enter(self, token: str) -> bool:
        """Take the token: True for the right one, the first time."""
        fits = _is(token, self.token) and not self._used
        self._used = self._used or fits
        return fits

    def welcome(self, request: web.Request, response: web.Response) -> None:
        """Give the visitor the cookie; `Secure` where the browser speaks https."""
        response.set_cookie(
            COOKIE,
            self._cookie,
            path=PATH,
            httponly=True,
            samesite="Lax",
            secure=origin(request).startswith("https:"),
        )

    def knows(self, request: web.Request) -> bool:
        """Tell whether a request comes from the visitor."""
        return self._used and _is(request.cookies.get(COOKIE, ""), self._cookie)

    def send_away(self, proposal: Proposal) -> str:
        """Note what the visitor takes to GitHub; return the `state` that comes back with it."""
        state = secrets.token_urlsafe(24)
        self._proposals[state] = proposal
        for old in list(self._proposals)[:-MAX_PROPOSALS]:
            del self._proposals[old]
        return state

    def keep_waiting(self, state: str, proposal: Proposal) -> None:
        """Let the visitor come back with the same `state` once more: GitHub was not asked yet."""
        self._proposals[state] = proposal

    def come_back(self, state: str) -> Proposal | None:
        """Return what the visitor left with, once; None for a `state` that is not ours."""
        return self._proposals.pop(state, None)


def origin(request: web.Request) -> str:
    """Tell which address the browser uses, as the first proxy in front of us says it.

    Believed only for what goes back to this very browser, and written as that writes it.
    """
    said = _first(request.headers.get("X-Forwarded-Proto", request.scheme))
    scheme = "https" if said == "https" else "http"
    host = _first(request.headers.get("X-Forwarded-Host", request.host))
    return f"{scheme}://{host.removesuffix(USUAL_PORTS[scheme])}"


def _first(header: str) -> str:
    return header.partition(",")[0].strip().lower()


def _is(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), expected.encode())
