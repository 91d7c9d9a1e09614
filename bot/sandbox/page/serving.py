"""How every page goes out and every form comes in: headers, layout, who sits before the screen."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from aiohttp import web
from jinja2 import PackageLoader
from multidict import MultiDict

from bot.sandbox.page.conversation import people
from bot.sandbox.page.shapes import Person
from bot.web.pages import environment, page_headers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.sandbox.github.state import State
    from bot.sandbox.page.forms import Form

COOKIE = "person"
FOREIGN = "only the pages of this sandbox may send this"
NOT_THERE = "there is no such page in this sandbox"
# How long a page looks again without a script after its visitor did something.
ANSWER_SECONDS = 10


class Serving:
    """Renders pages for who is chosen in a cookie, and reads what they send."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._templates = environment(PackageLoader("bot.sandbox.page"))

    def page(
        self,
        request: web.Request,
        name: str,
        /,
        *,
        status: int = 200,
        form_targets: Sequence[str] = (),
        **values: object,
    ) -> web.Response:
        """Render a template; its forms may lead here and to `form_targets`."""
        known = self._people(request)
        chosen = request.cookies.get(COOKIE)
        me = next((each for each in known if each.login == chosen), known[0])
        since = request.query.get("since", "")
        is_number = since.isascii() and since.isdigit()
        acted = is_number and self._state.now() < int(since) + ANSWER_SECONDS
        text = self._templates.get_template(name).render(
            version=self._state.version,
            people=known,
            me=me,
            here=request.path_qs,
            acted=acted,
            talks=acted and request.query.get("after") == "comment",
            **values,
        )
        return web.Response(
            text=text, content_type="text/html", headers=page_headers(form_targets), status=status
        )

    def asset(self, name: str, content_type: str) -> web.Response:
        """Serve a file of the pages' own."""
        text = (files(__package__) / name).read_text(encoding="utf-8")
        return web.Response(text=text, content_type=content_type, headers=page_headers())

    async def form(self, request: web.Request) -> Form:
        """Read a form; refuse one that another site sends, which browsers tell by the origin."""
        local = {self._state.url, self._state.url.replace("127.0.0.1", "localhost")}
        if request.headers.get("Origin", self._state.url) not in local:
            raise web.HTTPForbidden(text=FOREIGN)
        sent = (await request.post()).items()
        form = MultiDict((key, value) for key, value in sent if type(value) is str)
        form.setdefault("by", request.cookies.get(COOKIE, self._people(request)[0].login))
        return form

    def _people(self, request: web.Request) -> tuple[Person, ...]:
        """List whom a visitor may be, by their roles in the repository that is looked at."""
        match = request.match_info
        named = f"{match.get('owner', '')}/{match.get('repo', '')}"
        first = next(iter(self._state.repositories), 0)
        repository = self._state.repository_named(named)
        found = people(self._state, repository.id if repository else first) if first else ()
        return found or (Person("ada", "none"),)


def to(location: str) -> web.Response:
    """Send the visitor on with a GET, so that a page that is loaded again sends nothing twice."""
    return web.Response(status=303, headers={"Location": location})
