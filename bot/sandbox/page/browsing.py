"""What links lead to: commits, files at a commit, check runs, and the deliveries to the App."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.page.changes import blob_page, commit_page
from bot.sandbox.page.deliveries import deliveries, delivery_page
from bot.sandbox.page.serving import Serving, to

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.sandbox.github.records import Delivery, Repository
    from bot.sandbox.github.state import State
    from bot.sandbox.github.webhooks import Webhooks

    Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]

DELIVERIES = "/-/deliveries"


class Browsing:
    """The pages around pull requests and issues."""

    def __init__(self, state: State, webhooks: Webhooks, serving: Serving) -> None:
        self._state = state
        self._webhooks = webhooks
        self._serving = serving

    def pages(self) -> dict[str, Handle]:
        """List the pages by path."""
        return {
            "/{owner}/{repo}/commit/{revision}": self._commit,
            "/{owner}/{repo}/blob/{revision}/{path:.+}": self._blob,
            r"/{owner}/{repo}/runs/{run:\d+}": self._run,
            DELIVERIES: self._deliveries,
            rf"{DELIVERIES}/{{id:\d+}}": self._delivery,
        }

    def forms(self) -> dict[str, Handle]:
        """List what takes a form."""
        return {rf"{DELIVERIES}/{{id:\d+}}": self._redeliver}

    def repository(self, request: web.Request) -> Repository:
        """Return the repository of an address."""
        match = request.match_info
        repository = self._state.repository_named(f"{match['owner']}/{match['repo']}")
        if repository is None:
            raise web.HTTPNotFound
        return repository

    async def _commit(self, request: web.Request) -> web.Response:
        page = commit_page(self._state, self.repository(request), request.match_info["revision"])
        if page is None:
            raise web.HTTPNotFound
        return self._serving.page(request, "commit.html", page=page)

    async def _blob(self, request: web.Request) -> web.Response:
        match = request.match_info
        page = blob_page(
            self._state, self.repository(request), match["revision"], path=match["path"]
        )
        if page is None:
            raise web.HTTPNotFound
        return self._serving.page(request, "blob.html", page=page)

    async def _run(self, request: web.Request) -> web.Response:
        """Lead from a check run to the checks of the pull request whose head it judged."""
        repository = self.repository(request)
        run = self._state.check_runs.get(int(request.match_info["run"]))
        for pull in self._state.pulls_of(repository.id):
            if run is not None and pull.head_sha == run.head_sha:
                return to(f"/{repository.full_name}/pull/{pull.number}/checks#run-{run.id}")
        raise web.HTTPNotFound

    async def _deliveries(self, request: web.Request) -> web.Response:
        page = deliveries(self._state)
        return self._serving.page(request, "deliveries.html", deliveries=page)

    async def _delivery(self, request: web.Request) -> web.Response:
        page = delivery_page(self._known(request))
        return self._serving.page(request, "delivery.html", delivery=page)

    async def _redeliver(self, request: web.Request) -> web.Response:
        await self._serving.form(request)
        again = await self._webhooks.redeliver(self._known(request))
        return to(f"{DELIVERIES}/{again.id}")

    def _known(self, request: web.Request) -> Delivery:
        delivery = self._state.deliveries.get(int(request.match_info["id"]))
        if delivery is None:
            raise web.HTTPNotFound
        return delivery
