"""The live check list of a service that was just connected."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot import credentials
from bot.domain.errors import GoneError, NotBeforeError, TransientError
from bot.github.auth import CLOCK_CLAIMS
from bot.github.refusals import LimitedError, RefusedError
from bot.web.pages import error_page, render
from bot.web.setup import checklist, proposal
from bot.web.setup.checklist import Asked, Check, CheckState
from bot.web.setup.visit import PATH

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from bot.github.connection import Connection, Delivered, InstalledOn
    from bot.settings import Settings
    from bot.web.setup.visit import Visit

CONNECTED = (
    "This service is connected to GitHub already, so its set-up is closed. To connect it to "
    "another App, delete {path}, or remove the settings that name the App, and start it again."
)
GOING = "Almost there"
READY = "Everything works"
# However many tabs ask: GitHub answers 5,000 requests an hour, and a look takes four.
LOOK_SECONDS = 1.0
CONFIG_SECONDS = 15.0


class Checks:
    """Asks GitHub how it sees us, not more often than every few seconds; `local` is our address."""

    def __init__(self, connection: Connection, settings: Settings, *, local: str = "") -> None:
        self.local = local
        self._connection = connection
        self.kept = str(credentials.path(settings.data_dir))
        self._lock = asyncio.Lock()
        self._seen: tuple[Check, ...] = ()
        self._looked_at = 0.0
        self._repository = ""
        self._searched: dict[int, float] = {}
        self._retried: set[int] = set()

    async def look(self) -> tuple[Check, ...]:
        """Return all points in their order."""
        async with self._lock:
            if not self._seen or time.monotonic() > self._looked_at + LOOK_SECONDS:
                self._seen = await self._look()
                self._looked_at = time.monotonic()
            return self._seen

    async def _look(self) -> tuple[Check, ...]:
        try:
            app = await self._connection.app()
        except RefusedError as refusal:
            is_clock = any(map(refusal.says, CLOCK_CLAIMS))
            reason, path = refusal.why, self.kept
            return (checklist.refused(refusal.status, reason, is_clock=is_clock, path=path),)
        except (TransientError, LimitedError) as error:
            return (checklist.silent(checklist.KNOWN, str(error)),)
        asked = Asked(proposal.permissions(), proposal.events())
        installations = await _or_none(self._connection.installations()) or ()
        able = [one for one in installations if not one.suspended]
        return (
            checklist.known(app, asked),
            await self._arrival(),
            checklist.installed(app, installations),
            checklist.configured(await self._config(able), is_installed=bool(able)),
        )

    async def _arrival(self) -> Check:
        try:
            hook, delivered = await self._connection.hook(), await self._connection.delivered()
        except (RefusedError, TransientError, LimitedError) as error:
            return checklist.silent(checklist.ARRIVES, str(error))
        await self._retry(delivered)
        return checklist.arrives(hook, delivered, local=self.local)

    async def _retry(self, delivered: tuple[Delivered, ...]) -> None:
        """Have the greeting that came too early repeated: it tells whether GitHub reaches us."""
        for delivery in delivered[:1]:
            if checklist.is_too_early(delivery) and delivery.id not in self._retried:
                self._retried.add(delivery.id)
                await _or_none(self._connection.deliver_again(delivery))

    async def _config(self, installations: list[InstalledOn]) -> str:
        for installation in installations:
            due = time.monotonic() > self._searched.get(installation.id, -CONFIG_SECONDS)
            if not self._repository and due:
                found = await _or_none(self._connection.configured(installation))
                self._repository = found or ""
                self._searched[installation.id] = time.monotonic() + CONFIG_SECONDS
        return self._repository


def add_checks(app: web.Application, visit: Visit, checks: Checks) -> None:
    """Add the check list for the visitor who set the service up; nobody else finds anything."""
    closed = CONNECTED.format(path=checks.kept)

    async def show(request: web.Request) -> web.Response:
        if not visit.knows(request):
            return error_page(web.HTTPGone.status_code, closed)
        return _page(await checks.look())

    async def refuse(request: web.Request) -> web.Response:
        if visit.knows(request):
            raise web.HTTPSeeOther(proposal.CHECKS)
        return error_page(web.HTTPGone.status_code, closed)

    app.router.add_get(proposal.CHECKS, show)
    app.router.add_get(proposal.CALLBACK, refuse)
    app.router.add_route("*", PATH, refuse)


def _page(checks: tuple[Check, ...]) -> web.Response:
    done = all(check.state is CheckState.DONE for check in checks)
    title = READY if done else GOING
    return render("setup/checks.html", {"checks": checks, "done": done, "title": title})


async def _or_none(reading: Awaitable[Any]) -> Any:
    """Wait for an answer; what GitHub does not say now, it says in a few seconds."""
    try:
        return await reading
    except (RefusedError, TransientError, LimitedError, NotBeforeError, GoneError):
        return None
