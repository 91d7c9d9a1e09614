"""The pages on which Apps are registered from a manifest and installed on repositories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from bot.sandbox.github import registering
from bot.sandbox.github.records import UserType
from bot.sandbox.page.forms import numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.sandbox.github.owners import Owners
    from bot.sandbox.github.records import App, Installation, Repository, User
    from bot.sandbox.github.state import State
    from bot.sandbox.github.webhooks import Webhooks
    from bot.sandbox.page.serving import Serving

    Install = Callable[[Repository, App], Installation]

# Whose Apps are those that no organisation is named for: of the person who is looking.
VISITOR = "ada"
NOTHING_CHOSEN = "choose a repository"


class AppPages:
    """What an owner sees of Apps."""

    def __init__(
        self, state: State, webhooks: Webhooks, owners: Owners, *, install: Install
    ) -> None:
        self._state = state
        self._webhooks = webhooks
        self._owners = owners
        self._install = install

    def routes(self, serving: Serving) -> list[web.RouteDef]:
        """List the routes, which are GitHub's own."""
        self._serving = serving
        organization = "/organizations/{owner}"
        return [
            web.post("/settings/apps/new", self._propose),
            web.post(f"{organization}/settings/apps/new", self._propose),
            web.post("/settings/apps", self._create),
            web.post(f"{organization}/settings/apps", self._create),
            web.get("/apps/{slug}", self._choose),
            web.get("/apps/{slug}/installations/new", self._choose),
            web.post("/apps/{slug}/installations/new", self._add),
        ]

    async def _propose(self, request: web.Request) -> web.Response:
        """Show what a manifest asks for: it may come from anywhere, nothing is made yet."""
        form = await request.post()
        text = str(form.get("manifest", ""))
        state = request.query.get("state", "")
        return self._proposal(request, {"manifest": text, "state": state})

    async def _create(self, request: web.Request) -> web.Response:
        form = await self._serving.form(request)
        try:
            manifest = registering.read(form.get("manifest", ""))
            owner = self._owner(request)
            app = registering.register(
                self._state, manifest, name=form.get("name", ""), owner=owner
            )
        except registering.InvalidManifestError as error:
            return self._proposal(request, form, error.errors)
        self._webhooks.ping(app)
        back = {"code": registering.hand_out(self._state, app)}
        if form.get("state"):
            back["state"] = form["state"]
        joint = "&" if urlsplit(manifest.redirect_url).query else "?"
        raise web.HTTPSeeOther(f"{manifest.redirect_url}{joint}{urlencode(back)}")

    def _proposal(
        self, request: web.Request, form: Mapping[str, str], errors: tuple[str, ...] = ()
    ) -> web.Response:
        manifest = None
        try:
            manifest = registering.read(form["manifest"])
        except registering.InvalidManifestError as error:
            errors = error.errors
        values: dict[str, Any] = {
            "manifest": manifest,
            "errors": errors,
            "owner": self._owner(request),
            "name": form.get("name", manifest.name if manifest else ""),
            "action": request.path.removesuffix("/new"),
            "text": form["manifest"],
            "state": form.get("state", ""),
        }
        targets = _targets(manifest.redirect_url if manifest else "")
        status = 422 if errors else 200
        return self._serving.page(
            request, "new_app.html", status=status, form_targets=targets, **values
        )

    async def _choose(self, request: web.Request) -> web.Response:
        app = self._app(request)
        known = sorted(self._state.repositories.values(), key=lambda one: one.full_name)
        installed = {
            one
            for installation in self._state.installations.values()
            if installation.app_id == app.id
            for one in installation.repository_ids
        }
        values: dict[str, Any] = {"app": app, "repositories": known, "installed": installed}
        targets = _targets(app.setup_url)
        return self._serving.page(request, "install.html", form_targets=targets, **values)

    async def _add(self, request: web.Request) -> web.Response:
        app = self._app(request)
        chosen = numbers(await self._serving.form(request), "repository")
        repositories = [one for one in self._state.repositories.values() if one.id in chosen]
        if not repositories:
            raise web.HTTPUnprocessableEntity(text=NOTHING_CHOSEN)
        made = {one.owner: self._install(one, app) for one in repositories}
        for installation in made.values():
            await self._owners.announce(installation)
        installation = next(iter(made.values()))
        query = urlencode({"installation_id": installation.id, "setup_action": "install"})
        raise web.HTTPSeeOther(f"{app.setup_url}?{query}" if app.setup_url else request.path)

    def _owner(self, request: web.Request) -> User:
        login = request.match_info.get("owner", VISITOR)
        owner = self._state.user_named(login)
        if owner is None and login == VISITOR:
            return self._state.add_user(login, UserType.USER)
        if owner is None or (login != VISITOR and owner.type is not UserType.ORGANIZATION):
            raise web.HTTPNotFound
        return owner

    def _app(self, request: web.Request) -> App:
        slug = request.match_info["slug"]
        for app in self._state.apps.values():
            if app.slug == slug:
                return app
        raise web.HTTPNotFound


def _targets(url: str) -> list[str]:
    """Name where a form may lead: a browser holds `form-action` against redirects, too."""
    parts = urlsplit(url)
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []
