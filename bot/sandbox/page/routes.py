"""Serves the pages and takes their forms: server-rendered, nothing from elsewhere, no script."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.sandbox.page.actions import Actions
from bot.sandbox.page.view import (
    compare_page,
    edit_page,
    issue_entries,
    issue_page,
    new_issue_page,
    pull_entries,
    pull_page,
)
from bot.sandbox.page.writing import Writing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.sandbox.github.people import People
    from bot.sandbox.github.records import Issue, Pull, Repository
    from bot.sandbox.github.state import State
    from bot.sandbox.github.trackers import Trackers
    from bot.sandbox.page.apps import AppPages

STYLE_PATH = "/-/style.css"
POLICY = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action {targets}; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: browsers then send `Origin: null` with the page's own forms.
    "Referrer-Policy": "same-origin",
}
FOREIGN = "only the pages of this sandbox may send this"
# How long a page looks again by itself after its visitor did something: the App's answer follows.
ANSWER_SECONDS = 10


class Pages:
    """The pages of one local GitHub."""

    def __init__(self, state: State, people: People, trackers: Trackers, *, apps: AppPages) -> None:
        self._state = state
        self._apps = apps
        self._actions = Actions(state, people)
        self._writing = Writing(state, people, trackers)
        self._templates = Environment(
            loader=PackageLoader("bot.sandbox.page"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def routes(self) -> list[web.RouteDef]:
        """List the routes, which are GitHub's own where it has such a page."""
        repository = "/{owner}/{repo}"
        pull, issue = rf"{repository}/pull/{{number:\d+}}", rf"{repository}/issues/{{number:\d+}}"
        return [
            web.get("/", self._index),
            web.get(STYLE_PATH, self._style),
            web.get(pull, self._show_pull),
            web.get(f"{pull}/edit", self._show_edit),
            web.post(f"{pull}/{{action}}", self._act_on_pull),
            web.get(issue, self._show_issue),
            web.get(f"{issue}/edit", self._show_edit_issue),
            web.post(f"{issue}/{{action}}", self._act_on_issue),
            web.get(f"{repository}/issues/new", self._show_new_issue),
            web.post(f"{repository}/issues/new", self._open_issue),
            web.get(f"{repository}/compare", self._show_compare),
            web.post(f"{repository}/compare", self._propose),
            *self._apps.routes(self._page, self._form),
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

    async def _show_edit_issue(self, request: web.Request) -> web.Response:
        page = issue_page(self._state, self._issue(request))
        return self._page("edit_issue.html", {"page": page})

    async def _show_edit(self, request: web.Request) -> web.Response:
        page = edit_page(self._state, self._pull(request), request.query.get("path", ""))
        return self._page("edit.html", {"page": page})

    async def _act_on_pull(self, request: web.Request) -> web.Response:
        pull, act = self._pull(request), self._actions.of_pull(request.match_info["action"])
        if act is None:
            raise web.HTTPNotFound
        await act(pull, await self._form(request))
        return self._back(request)

    async def _act_on_issue(self, request: web.Request) -> web.Response:
        issue, name = self._issue(request), request.match_info["action"]
        act = self._actions.comment if name == "comment" else self._writing.of_issue(name)
        if act is None:
            raise web.HTTPNotFound
        await act(issue, await self._form(request))
        return self._back(request)

    async def _show_new_issue(self, request: web.Request) -> web.Response:
        page = new_issue_page(self._state, self._repository(request))
        return self._page("new_issue.html", {"page": page})

    async def _open_issue(self, request: web.Request) -> web.Response:
        repository = self._repository(request)
        issue = await self._writing.open_issue(repository, await self._form(request))
        return _to(f"/{repository.full_name}/issues/{issue.number}")

    async def _show_compare(self, request: web.Request) -> web.Response:
        path = request.query.get("path", "")
        page = compare_page(self._state, self._repository(request), path)
        return self._page("compare.html", {"page": page})

    async def _propose(self, request: web.Request) -> web.Response:
        repository = self._repository(request)
        pull = await self._writing.propose(repository, await self._form(request))
        return _to(f"/{repository.full_name}/pull/{pull.number}")

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
        return _to(f"{page}?since={int(self._state.now())}&after={action}")

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

    def _repository(self, request: web.Request) -> Repository:
        match = request.match_info
        repository = self._state.repository_named(f"{match['owner']}/{match['repo']}")
        if repository is None:
            raise web.HTTPNotFound
        return repository

    def _key(self, request: web.Request) -> tuple[int, int]:
        return self._repository(request).id, int(request.match_info["number"])

    def _page(
        self,
        name: str,
        values: dict[str, object],
        *,
        status: int = 200,
        form_targets: Sequence[str] = (),
    ) -> web.Response:
        text = self._templates.get_template(name).render(style=STYLE_PATH, **values)
        policy = POLICY.format(targets=" ".join(["'self'", *form_targets]))
        headers = {**HEADERS, "Content-Security-Policy": policy}
        return web.Response(status=status, text=text, content_type="text/html", headers=headers)


def _to(location: str) -> web.Response:
    """Send the visitor on with a GET, so that a page that is loaded again sends nothing twice."""
    return web.Response(status=303, headers={"Location": location})
