"""`GET /{owner}/{repo}/pull/{n}`: why a pull request has its verdict, for who can read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.jobs import Job, JobKind
from bot.web.addresses import PULL
from bot.web.admission import failures_told
from bot.web.explain_view import explain_page
from bot.web.explanations import NotYetError
from bot.web.pages import AnsweredError, error_page, render

if TYPE_CHECKING:
    from aiohttp import web

    from bot.services.explain import Explanation
    from bot.web.admission import Admission, Guest
    from bot.web.explanations import Explanations

# GitHub's numbers are of GraphQL's type Int: it refuses larger ones as it fails.
MOST_NUMBER = 2**31 - 1
FAILED = "This pull request could not be examined just now. Try again in a minute."


class ExplainPages:
    """The pages that explain verdicts; `server_url` is where the source stands."""

    def __init__(
        self, admission: Admission, explanations: Explanations, *, server_url: str
    ) -> None:
        self._admission = admission
        self._explanations = explanations
        self._server_url = server_url

    def add_routes(self, app: web.Application) -> None:
        """Add the route."""
        app.router.add_get(PULL, self.show)

    async def show(self, request: web.Request) -> web.Response:
        """Answer who can read the repository right now; all others get 404, whatever is there."""
        guest = await self._admission.reader(request)
        explanation = await self._explanation(guest, int(request.match_info["number"]))
        page = explain_page(explanation, server_url=self._server_url)
        return render("explain.html", {"page": page, "login": guest.login})

    async def _explanation(self, guest: Guest, number: int) -> Explanation:
        if number > MOST_NUMBER:
            raise AnsweredError(error_page(404))
        job = Job(JobKind.REVIEW, guest.installation_id, guest.repository, number)
        try:
            with failures_told(FAILED):
                found = await self._explanations.of(job)
        except NotYetError:
            values = {"repository": guest.repository.full_name, "number": number}
            raise AnsweredError(render("examining.html", values, status=202)) from None
        if found is None:
            raise AnsweredError(error_page(404))
        return found
