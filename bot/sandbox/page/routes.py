"""Serves the pages: server-rendered, nothing from elsewhere, no script."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.sandbox.page.view import pull_entries, pull_page

if TYPE_CHECKING:
    from bot.sandbox.github.state import State

STYLE_PATH = "/-/style.css"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Pages:
    """The pages of one local GitHub."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._templates = Environment(
            loader=PackageLoader("bot.sandbox.page"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def routes(self) -> list[web.RouteDef]:
        """List the routes, which are GitHub's own."""
        return [
            web.get("/", self._index),
            web.get(STYLE_PATH, self._style),
            web.get(r"/{owner}/{repo}/pull/{number:\d+}", self._pull),
        ]

    async def _index(self, _request: web.Request) -> web.Response:
        return self._page("index.html", {"repositories": pull_entries(self._state)})

    async def _pull(self, request: web.Request) -> web.Response:
        match = request.match_info
        repository = self._state.repository_named(f"{match['owner']}/{match['repo']}")
        key = (repository.id if repository else 0, int(match["number"]))
        pull = self._state.pulls.get(key)
        if pull is None:
            raise web.HTTPNotFound
        return self._page("pull.html", {"page": pull_page(self._state, pull)})

    async def _style(self, _request: web.Request) -> web.Response:
        text = (files(__package__) / "style.css").read_text(encoding="utf-8")
        return web.Response(text=text, content_type="text/css", headers=HEADERS)

    def _page(self, name: str, values: dict[str, object]) -> web.Response:
        text = self._templates.get_template(name).render(style=STYLE_PATH, **values)
        return web.Response(text=text, content_type="text/html", headers=HEADERS)
