"""Pages and endpoint by which people log in to a site with an account of the local GitHub."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from bot.sandbox.github.oauth import S256, OauthError, app_of, authorize, exchange
from bot.sandbox.github.records import UserType

if TYPE_CHECKING:
    from bot.sandbox.github.records import App
    from bot.sandbox.github.state import State
    from bot.sandbox.page.serving import Serving

AUTHORIZE = "/login/oauth/authorize"
ACCESS_TOKEN = "/login/oauth/access_token"  # noqa: S105 - a path
# As GitHub words it, on a page of its own: nobody is sent to an address that nobody registered.
NOT_ASSOCIATED = (
    "The redirect_uri is not associated with this application. The application might be "
    "misconfigured or could be trying to redirect you to a website you weren't expecting."
)
ONLY_S256 = "code_challenge_method must be S256"
DENIED = "The user has denied your application access."


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a site asks for, as its address says it and the form hands on."""

    client_id: str
    redirect_uri: str
    state: str
    code_challenge: str
    code_challenge_method: str


class LoginPages:
    """The web flow of the Apps of one local GitHub."""

    def __init__(self, state: State, serving: Serving) -> None:
        self._state = state
        self._serving = serving

    def routes(self) -> list[web.RouteDef]:
        """List the routes."""
        return [
            web.get(AUTHORIZE, self._ask),
            web.post(AUTHORIZE, self._answer),
            web.post(ACCESS_TOKEN, self._exchange),
        ]

    async def _ask(self, request: web.Request) -> web.Response:
        asked = _Asked(**{name: request.query.get(name, "") for name in _Asked.__slots__})
        app, target = self._checked(asked)
        return self._serving.page(
            request,
            "authorize.html",
            # A browser holds `form-action` against redirects, too.
            form_targets=[_origin(target)],
            app=app.slug,
            target=target,
            asked=asdict(asked),
            logins=sorted(u.login for u in self._state.users.values() if u.type is UserType.USER),
        )

    async def _answer(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        asked = _Asked(**{name: form.get(name, "") for name in _Asked.__slots__})
        app, target = self._checked(asked)
        user = self._state.user_named(form.get("login", ""))
        if form.get("agree") != "yes" or user is None:
            said = {"error": "access_denied", "error_description": DENIED}
        else:
            code = authorize(
                *(self._state, app),
                user_id=user.id,
                redirect_uri=target,
                challenge=asked.code_challenge,
            )
            said = {"code": code}
        if asked.state:
            said["state"] = asked.state
        raise web.HTTPFound(f"{target}?{urlencode(said)}")

    async def _exchange(self, request: web.Request) -> web.Response:
        asked = dict(request.query)
        if request.content_type == "application/json":
            asked |= {key: str(value) for key, value in (await request.json()).items()}
        else:
            asked |= {key: str(value) for key, value in (await request.post()).items()}
        app = app_of(self._state, asked.get("client_id", ""))
        if app is None:
            return web.json_response({"error": "Not Found"}, status=404)
        try:
            said = dict(exchange(self._state, app, asked))
        except OauthError as error:
            said = {"error": error.name, "error_description": str(error)}
        if "json" in request.headers.get("Accept", ""):
            return web.json_response(said)
        return web.Response(text=urlencode(said), content_type="application/x-www-form-urlencoded")

    def _checked(self, asked: _Asked) -> tuple[App, str]:
        """Return the App and where the person is sent afterwards."""
        app = app_of(self._state, asked.client_id)
        client = self._state.oauth.clients.get(app.id) if app else None
        if app is None or client is None:
            raise web.HTTPNotFound
        registered = client.callback_urls
        target = asked.redirect_uri or next(iter(registered), "")
        if target not in registered:
            raise web.HTTPBadRequest(text=NOT_ASSOCIATED)
        if asked.code_challenge and asked.code_challenge_method != S256:
            raise web.HTTPBadRequest(text=ONLY_S256)
        return app, target


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
