"""`GET /{owner}/{repo}/pull/{n}`: why a pull request has its verdict, for who can read it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from aiohttp import web
from cachetools import TTLCache

from bot.domain.errors import (
    GoneError,
    MalformedError,
    NotBeforeError,
    TransientError,
    UserError,
)
from bot.domain.jobs import Job, JobKind, RepositoryRef
from bot.github.refusals import LimitedError, RefusedError
from bot.github.visitors import LoginEndedError
from bot.web.explain_view import explain_page
from bot.web.explanations import NotYetError
from bot.web.login import UNWELL
from bot.web.pages import error_page, render

if TYPE_CHECKING:
    from bot.github.visitors import Visitors
    from bot.services.explain import Explanation
    from bot.web.explanations import Explanations
    from bot.web.login import Login
    from bot.web.session import Kept, Sessions, Visitor

PAGE = r"/{owner:[A-Za-z0-9_-]{1,100}}/{repo:[A-Za-z0-9._-]{1,100}}/pull/{number:[1-9][0-9]{0,9}}"
LIMITED = "GitHub asks us to wait. Try again in a few minutes."
FAILED = "We could not examine this pull request just now. Try again in a minute."
NOT_TAKEN = "GitHub does not know the new login yet. Load the page again in a moment."
# A token this young that GitHub refuses: logging in once more would go round in circles.
FRESH_LOGIN_SECONDS = 30
# How long we believe that we are still installed in a repository.
INSTALLED_SECONDS = 60
INSTALLATIONS = 10_000
_LIMITS = (LimitedError, NotBeforeError)
_UNWELL = (TransientError, MalformedError, RefusedError)

logger = logging.getLogger(__name__)


class _AnsweredError(Exception):
    """The request is answered by another page."""

    def __init__(self, response: web.Response) -> None:
        super().__init__()
        self.response = response


class ExplainPages:
    """The pages that explain verdicts; `server_url` is where the source stands."""

    def __init__(
        self,
        sessions: Sessions,
        visitors: Visitors,
        *,
        login: Login,
        explanations: Explanations,
        server_url: str,
    ) -> None:
        self._sessions = sessions
        self._visitors = visitors
        self._login = login
        self._explanations = explanations
        self._server_url = server_url
        self._installations: TTLCache[int, int] = TTLCache(INSTALLATIONS, INSTALLED_SECONDS)

    def add_routes(self, app: web.Application) -> None:
        """Add the route."""
        app.router.add_get(PAGE, self.show)

    async def show(self, request: web.Request) -> web.Response:
        """Answer who can read the repository right now; all others get 404, whatever is there."""
        kept = await self._sessions.load(request)
        who = kept.visitor
        if who is None:
            return await self._login.redirect(request, kept, to=request.path)
        try:
            repository = await self._readable(request, kept, who=who)
            explanation = await self._explanation(repository, int(request.match_info["number"]))
        except _AnsweredError as answered:
            return answered.response
        page = explain_page(explanation, server_url=self._server_url)
        return render("explain.html", {"page": page, "login": who.login})

    async def _readable(self, request: web.Request, kept: Kept, *, who: Visitor) -> RepositoryRef:
        """Ask GitHub, with the visitor's own token, which repository this is."""
        owner, name = request.match_info["owner"], request.match_info["repo"]
        try:
            found = await self._visitors.repository(who.token, owner, name)
        except LoginEndedError:
            raise _AnsweredError(await self._again(request, kept, who=who)) from None
        except _LIMITS as error:
            raise _AnsweredError(error_page(503, LIMITED)) from error
        except _UNWELL as error:
            raise _AnsweredError(error_page(503, UNWELL)) from error
        if found is None:
            raise _AnsweredError(error_page(404))
        if found.full_name != f"{owner}/{name}":
            path = f"/{found.full_name}/pull/{request.match_info['number']}"
            raise _AnsweredError(web.Response(status=302, headers={"Location": path}))
        return found

    async def _again(self, request: web.Request, kept: Kept, *, who: Visitor) -> web.Response:
        """Have somebody log in again whose login has ended."""
        if kept.now - who.since < FRESH_LOGIN_SECONDS:
            return error_page(503, NOT_TAKEN)
        kept.leave()
        return await self._login.redirect(request, kept, to=request.path)

    async def _explanation(self, repository: RepositoryRef, number: int) -> Explanation:
        try:
            installation_id = await self._installation(repository)
            job = Job(JobKind.REVIEW, installation_id, repository, number)
            found = await self._explanations.of(job)
        except NotYetError:
            values = {"repository": repository.full_name, "number": number}
            raise _AnsweredError(render("examining.html", values, status=202)) from None
        except GoneError as error:
            raise _AnsweredError(error_page(404)) from error
        except _LIMITS as error:
            raise _AnsweredError(error_page(503, LIMITED)) from error
        except (*_UNWELL, UserError, TimeoutError) as error:
            raise _AnsweredError(error_page(503, FAILED)) from error
        if found is None:
            raise _AnsweredError(error_page(404))
        return found

    async def _installation(self, repository: RepositoryRef) -> int:
        known = self._installations.get(repository.id)
        if known is None:
            known = await self._visitors.installation(repository)
            if known is None:
                raise GoneError
            self._installations[repository.id] = known
        return known
