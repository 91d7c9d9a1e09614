"""Logging in through GitHub, and out again."""

from __future__ import annotations

import base64
import hashlib
import logging
import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import web

from bot.domain.errors import UserError
from bot.github.refusals import FAILURES
from bot.github.visitors import LoginEndedError
from bot.web.addresses import is_page
from bot.web.pages import error_page, render
from bot.web.session import PendingLogin

if TYPE_CHECKING:
    from bot.github.address import PublicAddress
    from bot.github.visitors import Visitors
    from bot.web.session import Kept, Sessions

LOGIN = "/login"
CALLBACK = "/login/callback"
LOGOUT = "/logout"
UNKNOWN = "This login began in another browser, or more than ten minutes ago. Open the page again."
DECLINED = (
    "You did not agree on GitHub, so this service cannot tell what you may see. Open the page "
    "again to log in."
)
UNWELL = "GitHub does not answer properly. Try again in a minute."
FOREIGN = "This request did not come from a page of this service. Open the page again."

logger = logging.getLogger(__name__)


class Login:
    """The pages between us and GitHub; `address` is where GitHub sends people back to."""

    def __init__(self, sessions: Sessions, visitors: Visitors, address: PublicAddress) -> None:
        self._sessions = sessions
        self._visitors = visitors
        self._address = address

    def add_routes(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get(LOGIN, self.begin, allow_head=False)
        app.router.add_get(CALLBACK, self.finish, allow_head=False)
        app.router.add_get(LOGOUT, self.show_logout)
        app.router.add_post(LOGOUT, self.leave)

    async def begin(self, request: web.Request) -> web.Response:
        """Send the visitor to GitHub; `to` is the page that they wanted."""
        kept = await self._sessions.load(request)
        return await self.redirect(request, kept, to=request.query.get("to", ""))

    async def redirect(self, request: web.Request, kept: Kept, *, to: str) -> web.Response:
        """Send the visitor to GitHub, and from there to a page of ours."""
        state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        wanted = to if is_page(to) else LOGOUT
        kept.begin(state, PendingLogin(verifier, wanted))
        callback = await self._callback()
        url = self._visitors.login_url(
            state=state, challenge=_challenge(verifier), callback=callback
        )
        return await self._sessions.save(request, _found(url), kept)

    async def finish(self, request: web.Request) -> web.Response:
        """Take the visitor back from GitHub."""
        kept = await self._sessions.load(request)
        pending = kept.take(request.query.get("state", ""))
        if pending is None:
            return error_page(400, UNKNOWN)
        response = await self._finished(kept, pending, request.query.get("code", ""))
        return await self._sessions.save(request, response, kept)

    async def _finished(self, kept: Kept, pending: PendingLogin, code: str) -> web.Response:
        if not code:
            return error_page(403, DECLINED)
        try:
            token = await self._visitors.token(
                code, verifier=pending.verifier, callback=await self._callback()
            )
            name = await self._visitors.login(token)
        except UserError as refusal:
            return error_page(400, str(refusal))
        except (LoginEndedError, *FAILURES) as error:
            logger.warning("login.failed", extra={"fields": {"reason": str(error)}})
            return error_page(503, UNWELL)
        kept.enter(name, token)
        return _found(pending.to)

    async def show_logout(self, request: web.Request) -> web.Response:
        """Say who is logged in, and offer to end that."""
        who = (await self._sessions.load(request)).visitor
        return render("login.html", {"login": who.login if who else ""})

    async def leave(self, request: web.Request) -> web.Response:
        """Log the visitor out, here and at GitHub: a copy of the cookie is then worth nothing."""
        if not is_own(request):
            raise web.HTTPForbidden(text=FOREIGN)
        kept = await self._sessions.load(request)
        response = _found(LOGOUT, status=303)
        if kept.visitor is None:
            return response
        try:
            await self._visitors.revoke(kept.visitor.token)
        except FAILURES as error:
            logger.warning("logout.not_told", extra={"fields": {"reason": str(error)}})
        kept.leave()
        return await self._sessions.save(request, response, kept)

    async def _callback(self) -> str:
        """Return where GitHub sends people; while nobody knows, the App's settings say it."""
        known = await self._address.url()
        return f"{known}{CALLBACK}" if known else ""


def is_own(request: web.Request) -> bool:
    """Tell whether a form was sent by a page of ours: browsers say so, and no page can change it.

    Older ones name the origin alone, which a proxy in front that names another host hides.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def _found(location: str, *, status: int = 302) -> web.Response:
    headers = {"Location": location, "Cache-Control": "no-store"}
    return web.Response(status=status, headers=headers)


def _challenge(verifier: str) -> str:
    """Hash a verifier (RFC 7636, S256)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
