"""Which page is where, and where a form goes: GitHub's own addresses where it has such a page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import web

from bot.sandbox.page.actions import Actions
from bot.sandbox.page.browsing import Browsing
from bot.sandbox.page.serving import (
    COOKIE,
    NOT_THERE,
    Serving,
    to,
)
from bot.sandbox.page.view import (
    compare_page,
    edit_page,
    issue_entries,
    issue_page,
    pull_entries,
    pull_page,
)
from bot.sandbox.page.writing import Writing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.sandbox.github.people import People
    from bot.sandbox.github.queues import Queues
    from bot.sandbox.github.records import Issue, Pull, Repository
    from bot.sandbox.github.state import State
    from bot.sandbox.github.trackers import Trackers
    from bot.sandbox.github.webhooks import Webhooks

    Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]

TABS = ("commits", "checks", "files")
TAB_TEMPLATES = {"": "conversation.html", **{tab: f"{tab}.html" for tab in TABS}}
# Where a form leads that is not sent from the page to be shown then.
HOME = {"edit": "files", "press": "checks", "apply": "files"}


class Pages:
    """The pages of one local GitHub."""

    def __init__(
        self,
        state: State,
        people: People,
        *,
        trackers: Trackers,
        queues: Queues,
        webhooks: Webhooks,
    ) -> None:
        self._state = state
        self._queues = queues
        self._actions = Actions(state, people, queues)
        self._writing = Writing(state, people, trackers)
        self._serving = Serving(state)
        self._browsing = Browsing(state, webhooks, self._serving)

    def routes(self) -> list[web.RouteDef]:
        """List the routes."""
        repository = "/{owner}/{repo}"
        pull, issue = rf"{repository}/pull/{{number:\d+}}", rf"{repository}/issues/{{number:\d+}}"
        tab = f"{{tab:{'|'.join(TABS)}}}"
        pages = {
            "/": self._index,
            pull: self._show_pull,
            f"{pull}/{tab}": self._show_pull,
            f"{pull}/edit": self._show_edit,
            issue: self._show_issue,
            f"{issue}/edit": self._show_edit_issue,
            f"{repository}/issues/new": self._show_new_issue,
            f"{repository}/compare": self._show_compare,
            **self._browsing.pages(),
        }
        forms = {
            f"{pull}/{{action}}": self._act_on_pull,
            f"{issue}/{{action}}": self._act_on_issue,
            f"{repository}/issues/new": self._open_issue,
            f"{repository}/compare": self._propose,
            "/-/person": self._change_person,
            **self._browsing.forms(),
        }
        return [
            web.get("/-/page.css", self._style),
            web.get("/-/page.js", self._script),
            web.get("/-/version", self._version),
            web.get("/favicon.ico", self._no_icon),
            *(web.get(path, self._explained(handle)) for path, handle in pages.items()),
            *(web.post(path, self._explained(handle)) for path, handle in forms.items()),
        ]

    def _explained(self, handle: Handle) -> Handle:
        """Let a page say why something was refused or is not there."""

        async def handled(request: web.Request) -> web.StreamResponse:
            try:
                return await handle(request)
            except web.HTTPClientError as error:
                reason = NOT_THERE if error.status == 404 else error.text
                back = "/" + urlsplit(request.headers.get("Referer", "")).path.lstrip("/")
                return self._serving.page(
                    request, "refused.html", status=error.status, reason=reason, back=back
                )

        return handled

    async def _index(self, request: web.Request) -> web.Response:
        pulls = pull_entries(self._state)
        issues = {name: issue_entries(self._state, name) for name in pulls}
        service = self._state.hook_url.removesuffix("/webhook")
        return self._serving.page(
            request, "index.html", repositories=pulls, issues=issues, service=service
        )

    async def _show_pull(self, request: web.Request) -> web.Response:
        pull, tab = self._pull(request), request.match_info.get("tab", "")
        page = pull_page(self._state, pull, place_in_queue=self._queues.place(pull))
        return self._serving.page(request, TAB_TEMPLATES[tab], page=page, tab=tab)

    async def _show_issue(self, request: web.Request) -> web.Response:
        issue = self._issue(request)
        if self._key(request) in self._state.pulls:
            return to(request.path.replace("/issues/", "/pull/"))
        page = issue_page(self._state, issue)
        return self._serving.page(request, "issue.html", page=page)

    async def _show_edit_issue(self, request: web.Request) -> web.Response:
        page = issue_page(self._state, self._issue(request))
        return self._serving.page(request, "edit_issue.html", page=page)

    async def _show_edit(self, request: web.Request) -> web.Response:
        page = edit_page(self._state, self._pull(request), request.query.get("path", ""))
        return self._serving.page(request, "edit.html", page=page)

    async def _show_new_issue(self, request: web.Request) -> web.Response:
        name = self._repository(request).full_name
        return self._serving.page(request, "new_issue.html", repository=name)

    async def _show_compare(self, request: web.Request) -> web.Response:
        path = request.query.get("path", "")
        page = compare_page(self._state, self._repository(request), path)
        return self._serving.page(request, "compare.html", page=page)

    async def _act_on_pull(self, request: web.Request) -> web.Response:
        pull, act = self._pull(request), self._actions.of_pull(request.match_info["action"])
        if act is None:
            raise web.HTTPNotFound
        return self._back(request, await act(pull, await self._serving.form(request)))

    async def _act_on_issue(self, request: web.Request) -> web.Response:
        issue, name = self._issue(request), request.match_info["action"]
        act = self._actions.comment if name == "comment" else self._writing.of_issue(name)
        if act is None:
            raise web.HTTPNotFound
        return self._back(request, await act(issue, await self._serving.form(request)))

    async def _open_issue(self, request: web.Request) -> web.Response:
        repository = self._repository(request)
        issue = await self._writing.open_issue(repository, await self._serving.form(request))
        return to(f"/{repository.full_name}/issues/{issue.number}")

    async def _propose(self, request: web.Request) -> web.Response:
        repository = self._repository(request)
        pull = await self._writing.propose(repository, await self._serving.form(request))
        return to(f"/{repository.full_name}/pull/{pull.number}")

    async def _change_person(self, request: web.Request) -> web.Response:
        form = await self._serving.form(request)
        back = urlsplit(form.get("back", "/"))
        # A path alone: a form that names another site leads nowhere.
        response = to(f"/{back.path.lstrip('/')}" + (f"?{back.query}" if back.query else ""))
        response.set_cookie(COOKIE, form["by"], httponly=True, samesite="Strict")
        return response

    async def _style(self, _request: web.Request) -> web.Response:
        return self._serving.asset("page.css", "text/css")

    async def _script(self, _request: web.Request) -> web.Response:
        return self._serving.asset("page.js", "text/javascript")

    async def _version(self, _request: web.Request) -> web.Response:
        return web.Response(text=str(self._state.version), headers={"Cache-Control": "no-store"})

    async def _no_icon(self, _request: web.Request) -> web.Response:
        return web.Response(status=204)

    def _back(self, request: web.Request, fragment: str) -> web.Response:
        """Show the page again that the form was on, at what was done where that has a place."""
        page, _, action = request.path.rpartition("/")
        shown = urlsplit(request.headers.get("Referer", "")).path
        tab = shown.removeprefix(f"{page}/")
        tab = tab if tab in TABS else HOME.get(action, "") if shown.endswith("/edit") else ""
        place = f"{page}/{tab}".rstrip("/")
        where = f"{place}?since={int(self._state.now())}&after={action}"
        return to(f"{where}#{fragment}" if fragment else where)

    def _pull(self, request: web.Request) -> Pull:
        pull = self._state.pulls.get(self._key(request))
        if pull is None:
            raise web.HTTPNotFound
        return pull

    def _issue(self, request: web.Request) -> Issue:
        issue = self._state.issues.get(self._key(request))
        if issue is None:
            raise web.HTTPNotFound
        return issue

    def _repository(self, request: web.Request) -> Repository:
        return self._browsing.repository(request)

    def _key(self, request: web.Request) -> tuple[int, int]:
        return self._repository(request).id, int(request.match_info["number"])
