"""The set-up itself, while no App is configured: choose, go to GitHub, come back with a code."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from bot import credentials
from bot.domain.errors import MalformedError, TransientError
from bot.github.address import WEBHOOK_PATH
from bot.github.refusals import LimitedError, RefusedError
from bot.github.registration import convert
from bot.github.transport import Transport
from bot.settings import GITHUB, SettingsError, api_url_of
from bot.web.pages import render
from bot.web.setup import proposal as proposals
from bot.web.setup.visit import PATH, Visit, origin

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.github.registration import Registration
    from bot.settings import Settings
    from bot.web.setup.proposal import Proposal

CLOSED = (
    "Open the address that `ssot serve` printed in its terminal: it opens this page once. If it "
    "was used already, perhaps in another browser, start the service again: each start prints a "
    "new address."
)
STRANGE = (
    "This does not belong to a set-up that began here, or it was completed already. Begin again."
)
EXPIRED = (
    "GitHub does not accept this code: it works once, and for an hour. Begin again. If the App "
    "was created already, delete it on GitHub first, because its name is taken."
)
UNREACHED = (
    "GitHub cannot be reached from here: {reason}. Check the proxy or firewall between this "
    "machine and {url}, then reload this page: the code works for an hour."
)
REFUSED = "GitHub refuses the code: {reason}"
NOT_KEPT = (
    "The credentials cannot be written to {path}: {reason}. Correct that, delete the App on "
    "GitHub ({app}), and begin again."
)
NOT_WRITABLE = (
    "This service cannot write to the data folder {path}: give its user write access, or choose "
    "another folder with SSOT_DATA_DIR, and start again."
)
ENVIRONMENT_WINS = (
    "The environment names another App or another GitHub, and takes precedence: unset "
    "GITHUB_APP_ID, GITHUB_SERVER_URL and the settings beside them, and start again."
)
MEANWHILE = (
    "Another App took this place while you were at GitHub, and the service starts with that one: "
    "delete this one on GitHub ({app})."
)
NOT_READY = "The App is registered, and its credentials are in {path}. One thing is left to do."
REASONS = {
    "checks": "the check run with its annotations",
    "contents": "to read the files that a change touches; none of them is run",
    "issues": "answers on issues, and their checklists",
    "merge_queues": "a verdict for the merge queue",
    "metadata": "every App has it",
    "pull_requests": "the review with its comments",
}

logger = logging.getLogger(__name__)


class Setup:
    """The set-up of a process. `configured` is set once `read` finds the App's credentials.

    `pause` keeps new connections waiting from then on, until the service has started.
    """

    def __init__(self, read: Callable[[], Settings], pause: Callable[[], Awaitable[None]]) -> None:
        self.visit = Visit()
        self.configured = asyncio.Event()
        self._read = read
        self._pause = pause

    def address(self, url: str) -> str:
        """Return what opens the set-up of the service at `url`, once."""
        return f"{url}{PATH}?token={self.visit.token}"

    async def keep(self, registration: Registration, proposal: Proposal, old: Settings) -> None:
        """Keep the credentials; `CredentialsError`, or `SettingsError` when they do not do."""
        values = _settings(registration, proposal)
        credentials.write(old.make_data_dir(), values)
        found = self._read()
        ours = (registration.app_id, proposal.server_url)
        if found.app is None or (found.app.app_id, found.server_url) != ours:
            raise SettingsError((ENVIRONMENT_WINS,))
        await self._pause()
        self.configured.set()


def add_setup(app: web.Application, setup: Setup, settings: Settings) -> None:
    """Add `/setup` to a service without credentials."""
    pages = _Pages(setup, settings)
    app.router.add_get("/", pages.lead_in)
    app.router.add_get(PATH, pages.start)
    app.router.add_post(PATH, pages.propose)
    app.router.add_get(proposals.CALLBACK, pages.come_back)
    app.router.add_get(proposals.CHECKS, pages.wait)


class _Pages:
    def __init__(self, setup: Setup, settings: Settings) -> None:
        self._setup = setup
        self._settings = settings

    async def lead_in(self, _request: web.Request) -> web.Response:
        raise web.HTTPSeeOther(PATH)

    async def start(self, request: web.Request) -> web.Response:
        """Let the visitor in, once; then show what there is to choose."""
        token = request.query.get("token", "")
        if token and not self._setup.visit.knows(request) and self._setup.visit.enter(token):
            response = web.Response(status=303, headers={"Location": PATH})
            self._setup.visit.welcome(request, response)
            return response
        self._check(request)
        if token:  # once more in the same browser: away with it from the address
            raise web.HTTPSeeOther(PATH)
        folder = _folder_problem(self._settings)
        if folder:
            return _stopped("The data folder cannot be used", folder, status=503)
        address, hint = proposals.first_address(
            origin(request), server_url=self._settings.server_url
        )
        found = {"github": self._settings.server_url, "address": address, **request.query}
        return self._form(found, hint=hint)

    async def propose(self, request: web.Request) -> web.Response:
        """Show what will be asked of GitHub, with the form that goes there."""
        self._check(request)
        form = {name: str(value) for name, value in (await request.post()).items()}
        proposal = proposals.read(form, origin=origin(request))
        problems = proposals.problems(proposal, server_url=self._settings.server_url)
        if problems:
            return self._form(form, problems)
        state = self._setup.visit.send_away(proposal)
        values = {
            "proposal": proposal,
            "action": proposals.registration_url(proposal, state),
            "change": f"{PATH}?{urlencode(proposal.form)}",
            "manifest": json.dumps(proposals.manifest(proposal)),
            "webhook": f"{proposal.public_url}{WEBHOOK_PATH}",
            "permissions": [
                (name, level, REASONS[name]) for name, level in proposals.permissions().items()
            ],
        }
        return render("setup/register.html", values, form_targets=[proposal.server_url])

    async def come_back(self, request: web.Request) -> web.Response:
        """Take the code to GitHub, keep what it brings, and go on to the check list."""
        self._check(request)
        state = request.query.get("state", "")
        proposal = self._setup.visit.come_back(state)
        if proposal is None:
            return _stopped("Not from here", STRANGE, status=403)
        try:
            registration = await self._convert(proposal, request.query.get("code", ""))
        except RefusedError as refusal:
            told = EXPIRED if refusal.status == 404 else REFUSED.format(reason=refusal.why)
            return _stopped("GitHub did not hand out the credentials", told, status=409)
        except (TransientError, LimitedError, MalformedError) as error:
            self._setup.visit.keep_waiting(state, proposal)
            told = UNREACHED.format(reason=error, url=proposal.server_url)
            return _stopped("GitHub could not be asked", told, status=502)
        return await self._keep(registration, proposal)

    async def wait(self, request: web.Request) -> web.Response:
        """Say that the service starts: the check list takes this place as soon as it does."""
        self._check(request)
        if not self._setup.configured.is_set():
            raise web.HTTPSeeOther(PATH)
        return render("setup/starting.html", {})

    async def _convert(self, proposal: Proposal, code: str) -> Registration:
        known = proposal.server_url == self._settings.server_url
        api_url = self._settings.api_url if known else api_url_of(proposal.server_url)
        async with aiohttp.ClientSession() as session:
            return await convert(Transport(session, api_url=api_url), code)

    async def _keep(self, registration: Registration, proposal: Proposal) -> web.Response:
        if self._setup.configured.is_set():
            told = MEANWHILE.format(app=registration.html_url)
            return _stopped("The service is set up already", told, status=409)
        path = credentials.path(self._settings.data_dir)
        try:
            await self._setup.keep(registration, proposal, self._settings)
        except credentials.CredentialsError as error:
            told = NOT_KEPT.format(path=path, reason=error, app=registration.html_url)
            return _stopped("The credentials could not be kept", told, status=500)
        except SettingsError as error:
            left = NOT_READY.format(path=path)
            return _stopped("Almost there", left, *error.problems, status=409)
        logger.info("setup.configured", extra={"fields": {"app": registration.app_id}})
        response = web.Response(status=303, headers={"Location": proposals.CHECKS})
        response.force_close()  # the next request is for the service that starts now
        return response

    def _form(
        self,
        values: Mapping[str, str],
        problems: Mapping[str, str] | None = None,
        *,
        hint: str = "",
    ) -> web.Response:
        fields = {"github": "", "organization": "", "address": "", "name": "", **values}
        fixed = self._settings.server_url != GITHUB
        shown = {"fields": fields, "problems": problems or {}, "hint": hint, "fixed": fixed}
        return render("setup/start.html", shown, status=422 if problems else 200)

    def _check(self, request: web.Request) -> None:
        """Refuse everybody but the visitor, and what another site sends in their name."""
        if not self._setup.visit.knows(request):
            raise web.HTTPForbidden(text=CLOSED)
        sent_by = request.headers.get("Origin")
        if request.method == "POST" and sent_by not in (None, origin(request)):
            raise web.HTTPForbidden(text=CLOSED)


def _stopped(title: str, *sentences: str, status: int) -> web.Response:
    values = {"title": title, "sentences": sentences, "again": PATH}
    return render("setup/stopped.html", values, status=status)


def _folder_problem(settings: Settings) -> str:
    """Say why nothing could be kept, before GitHub shows credentials that it shows once."""
    try:
        folder = settings.make_data_dir()
    except SettingsError as error:
        return str(error)
    fine = os.access(folder, os.W_OK | os.X_OK)
    return "" if fine else NOT_WRITABLE.format(path=folder)


def _settings(registration: Registration, proposal: Proposal) -> dict[str, str]:
    return {
        "GITHUB_APP_ID": str(registration.app_id),
        "GITHUB_APP_PRIVATE_KEY": registration.private_key,
        "GITHUB_WEBHOOK_SECRET": registration.webhook_secret,
        "GITHUB_CLIENT_ID": registration.client_id,
        "GITHUB_CLIENT_SECRET": registration.client_secret,
        "GITHUB_SERVER_URL": proposal.server_url,
    }
