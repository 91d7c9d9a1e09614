"""Serves the pages and takes their forms: server-rendered, nothing from elsewhere, no script."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.sandbox.page.actions import Actions
from bot.sandbox.page.view import edit_page, issue_entries, issue_page, pull_entries, pull_page

if TYPE_CHECKING:
    from bot.sandbox.github.people import People
    from bot.sandbox.github.records import Issue, Pull
    from bot.sandbox.github.state import State

STYLE_PATH = "/-/style.css"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: browsers then send `Origin: null` with the page's own forms.
    "Referrer-Policy": "same-origin",
}
FOREIGN = "only the pages of this sandbox may send this"
# How long a page looks again by itself after its visitor did something: the App's answer follows.
ANSWER_SECONDS = 10


class Pages:
    """The pages of one local GitHub."""

    def __init__(self, state: State, people: People) -> None:
        self._state = state
        self._actions = Actions(state, people)
        self._templates = Environment(
            loader=PackageLoader("bot.sandbox.page"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def routes(self) -> list[web.RouteDef]:
        """List the routes, which are GitHub's own where it has such a page."""
        pull = r"/{owner}/{repo}/pull/{number:\d+}"
        issue = r"/{owner}/{repo}/issues/{number:\d+}"
        return [
            web.get("/", self._index),
            web.get(STYLE_PATH, self._style),
            web.get(pull, self._show_pull),
            web.get(f"{pull}/edit", self._show_edit),
            web.post(f"{pull}/{{action}}", self._act_on_pull),
            web.get(issue, self._show_issue),
            web.post(f"{issue}/comment", self._comment_on_issue),
        ]

    async def _index(self, _request: web.Request) -> web.Response:
        pulls = pull_entries(self._state)
        issues = {name: issue_entries(self._state, name) for name in pulls}
        return self._page("index.html", {"repositories": pulls, "issues": issues})

    async def _show_pull(self, request: web.Request) -> web.Response:
        page = pull_page(self._state, self._pull(request))
        return self._page("pull.html", {"page": page, **self._acted(request)})

    async def _show_issue(self, request: web.Request) -> web.Response:
        page = issue_page(self._state, self._issue(request))
        return self._page("issue.html", {"page": page, **self._acted(request)})

    async def _show_edit(self, request: web.Request) -> web.Response:
        page = edit_page(self._state, self._pull(request), request.query.get("path", ""))
        return self._page("edit.html", {"page": page})

    async def _act_on_pull(self, request: web.Request) -> web.Response:
        pull, act = self._pull(request), self._actions.of_pull(request.match_info["action"])
        if act is None:
            raise web.HTTPNotFound
        await act(pull, await self._form(request))
        return self._back(request)

    async def _comment_on_issue(self, request: web.Request) -> web.Response:
        issue = self._issue(request)
        await self._actions.comment(issue, await self._form(request))
        return self._back(request)

    async def _style(self, _request: web.Request) -> web.Response:
        text = (files(__package__) / "style.css").read_text(encoding="utf-8")
        return web.Response(text=text, content_type="text/css", headers=HEADERS)

    async def _form(self, request: web.Request) -> dict[str, str]:
        """Read a form; refuse one that another site sends, which browsers tell by the origin."""
        local = {self._state.url, self._state.url.replace("127.0.0.1", "localhost")}
        if request.headers.get("Origin", self._state.url) not in local:
            raise web.HTTPForbidden(text=FOREIGN)
        return {key: value for key, value in (await request.post()).items() if type(value) is str}

    def _back(self, request: web.Request) -> web.Response:
        """Show the page again. No fragment: browsers do not load such an address again."""
        page, _, action = request.path.rpartition("/")
        location = f"{page}?since={int(self._state.now())}&after={action}"
        return web.Response(status=303, headers={"Location": location})

    def _acted(self, request: web.Request) -> dict[str, bool]:
        """Tell whether the visitor just did something, and whether that was to comment."""
        since = request.query.get("since", "")
        known = since.isascii() and since.isdigit()
        acted = known and self._state.now() < int(since) + ANSWER_SECONDS
        return {"acted": acted, "talks": acted and request.query.get("after") == "comment"}

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

    def _key(self, request: web.Request) -> tuple[int, int]:
        match = request.match_info
        repository = self._state.repository_named(f"{match['owner']}/{match['repo']}")
        return (repository.id if repository else 0, int(match["number"]))

    def _page(self, name: str, values: dict[str, object]) -> web.Response:
        text = self._templates.get_template(name).render(style=STYLE_PATH, **values)
        return web.Response(text=text, content_type="text/html", headers=HEADERS)
