"""The local GitHub itself: one HTTP server in front of the state, as an async context manager."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from aiohttp import web

from bot.sandbox.github import keys
from bot.sandbox.github.committing import Change
from bot.sandbox.github.faults import Fault, Script
from bot.sandbox.github.front import Front
from bot.sandbox.github.git_http import GitHttp
from bot.sandbox.github.gitrepo import GitRepository
from bot.sandbox.github.graphql_api import GraphqlApi
from bot.sandbox.github.merge_queue import MergeQueue
from bot.sandbox.github.oauth import OauthClient
from bot.sandbox.github.owners import Owners
from bot.sandbox.github.people import People
from bot.sandbox.github.queues import Queues
from bot.sandbox.github.records import App, Installation, Repository, UserType
from bot.sandbox.github.rest import RestApi
from bot.sandbox.github.state import State
from bot.sandbox.github.trackers import Trackers
from bot.sandbox.github.webhooks import Webhooks
from bot.sandbox.page.apps import AppPages
from bot.sandbox.page.login import LoginPages
from bot.sandbox.page.routes import Pages
from bot.sandbox.page.serving import Serving
from bot.web.pages import add_static

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from aiohttp.typedefs import Handler

    from bot.sandbox.github.front import RequestRecord
    from bot.sandbox.github.git_http import GitRequest
    from bot.sandbox.github.records import Permissions, User

DAY_SECONDS = 24 * 3600
HOST = "127.0.0.1"
REST_PREFIX = "/api/v3"
GRAPHQL_PREFIX = "/api/graphql"
MAX_BODY_BYTES = 64 * 1024 * 1024
SLUG = "ssot-sandbox"
PERMISSIONS: Permissions = {
    "checks": "write",
    "pull_requests": "write",
    "issues": "write",
    "contents": "read",
    "merge_queues": "read",
    "metadata": "read",
}
EVENTS = (
    "pull_request",
    "issue_comment",
    "issues",
    "check_run",
    "check_suite",
    "push",
    "merge_group",
)


class LocalGitHub:
    """A GitHub on this machine, with one App and the repositories that a test makes.

    Set `webhooks.url` to the receiver. `requests` and `git_requests` are the logs; `front` holds
    the hooks, `people` acts as users do.
    """

    def __init__(
        self, root: Path, *, port: int = 0, clock: Callable[[], float] = time.time
    ) -> None:
        self.webhook_secret = secrets.token_hex(20)
        self.private_key = keys.private_pem()
        self.state = State(root, clock)
        self.app = self._register(SLUG, keys.public_pem())
        self.webhooks = Webhooks(self.state, self.webhook_secret)
        self.people = People(self.state, self.webhooks)
        self.trackers = Trackers(self.state, self.webhooks, self.people)
        self.owners = Owners(self.people, self.webhooks, state=self.state)
        self.front = Front(self.state, self.webhooks.send_in_background)
        self._git_http = GitHttp(self.state)
        self._rest = RestApi(self.state)
        self._graphql = GraphqlApi(self.state)
        self.queues = Queues(self.state, self.people, self.webhooks)
        self._apps = AppPages(
            self.state, self.webhooks, self.owners, install=self._install_as_asked
        )
        self._pages = Pages(
            self.state,
            self.people,
            trackers=self.trackers,
            queues=self.queues,
            webhooks=self.webhooks,
        )
        self._port = port
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Return the server's root, where web pages and git repositories are."""
        return self.state.url

    @property
    def api_url(self) -> str:
        """Return the root of the REST API."""
        return self.state.api_url

    @property
    def graphql_url(self) -> str:
        """Return the GraphQL endpoint."""
        return f"{self.state.url}{GRAPHQL_PREFIX}"

    @property
    def client_secret(self) -> str:
        """Return what the App logs people in with, beside its client id."""
        return self.state.oauth.clients[self.app.id].secret

    def allow_callback(self, url: str) -> None:
        """Register where people may return to who logged in to the App."""
        known = self.state.oauth.clients[self.app.id]
        changed = replace(known, callback_urls=(*known.callback_urls, url))
        self.state.oauth.clients[self.app.id] = changed

    @property
    def requests(self) -> list[RequestRecord]:
        """Return the log of all API requests."""
        return self.front.requests

    @property
    def git_requests(self) -> list[GitRequest]:
        """Return the log of all git requests."""
        return self._git_http.requests

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[self._go_on])
        application.add_routes(self.routes())
        add_static(application)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, self._port)
        await site.start()
        _, port = self._runner.addresses[0][:2]
        self.state.url = f"http://{HOST}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.webhooks.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def routes(self) -> list[web.RouteDef]:
        """List the routes of the API, of git and of the pages."""
        serving = Serving(self.state)
        return [
            web.route("*", f"{REST_PREFIX}{{path:/.*}}", self._serve_rest),
            web.route("*", GRAPHQL_PREFIX, self._serve_graphql),
            *self._git_http.routes(),
            *self._apps.routes(serving),
            *LoginPages(self.state, serving).routes(),
            *self._pages.routes(),
        ]

    def merge_queue(self, repository: Repository) -> MergeQueue:
        """Give a repository's branch a merge queue."""
        return MergeQueue(self.people, self.webhooks, repository, state=self.state)

    @web.middleware
    async def _go_on(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let the queues go on, and open pages look again, after all that may change something."""
        try:
            return await handler(request)
        finally:
            if request.method != "GET":
                await self.queues.advance()
                self.state.version += 1

    async def _serve_rest(self, request: web.Request) -> web.Response:
        return await self.front.serve(request, REST_PREFIX, self._rest.respond)

    async def _serve_graphql(self, request: web.Request) -> web.Response:
        return await self.front.serve(request, "/api", self._graphql.respond)

    def script(
        self, fault: Fault, *, method: str = "*", path: str = "*", times: int = 1, skip: int = 0
    ) -> None:
        """Answer the next matching requests with a fault; `path` is a glob below the API root."""
        self.front.scripts.append(Script(fault, method, path, times, skip))

    def script_git(self, fault: Fault, *, path: str = "*", times: int = 1, skip: int = 0) -> None:
        """Answer the next matching git requests with a fault; `path` is a glob."""
        self._git_http.scripts.append(Script(fault, "*", path, times, skip))

    def create_repository(
        self,
        full_name: str,
        files: Mapping[str, str | bytes | None] | None = None,
        *,
        days_ago: int = 0,
    ) -> Repository:
        """Make a repository with one commit on `main` and install the App on it."""
        repository = self._add_repository(full_name)
        GitRepository.create(self.state.git(repository.id).path)
        self.commit_to_main(
            repository, files or {"README.md": "# Hello\n"}, "Start", days_ago=days_ago
        )
        self.install(repository)
        return repository

    def commit_to_main(
        self,
        repository: Repository,
        files: Mapping[str, str | bytes | None],
        message: str,
        *,
        days_ago: int,
    ) -> None:
        """Write a commit of some days ago onto `main`, newer ones last; nobody is told."""
        git = self.state.git(repository.id)
        when = int(self.state.now()) - days_ago * DAY_SECONDS
        change = Change(message, when, parent=git.branch("main"))
        git.commit("refs/heads/main", files, change)

    def fork(self, repository: Repository, owner: str) -> Repository:
        """Copy a repository to another owner; the App is not installed there."""
        fork = self._add_repository(f"{owner}/{repository.name}", UserType.USER)
        fork = replace(fork, fork_of=repository.id, default_branch=repository.default_branch)
        self.state.repositories[fork.id] = fork
        GitRepository.copy(self.state.git(repository.id).path, self.state.git(fork.id).path)
        return fork

    def delete_fork(self, fork: Repository) -> None:
        """Delete a fork: its pull requests keep their commits and lose their head repository."""
        del self.state.repositories[fork.id]
        for key, pull in list(self.state.pulls.items()):
            if pull.head_repository_id == fork.id:
                self.state.pulls[key] = replace(pull, head_repository_id=None)

    def rename(self, repository: Repository, name: str) -> Repository:
        """Rename a repository; its former name answers with a redirect."""
        self.state.former_names[repository.full_name.lower()] = repository.id
        renamed = replace(self.state.repositories[repository.id], name=name)
        self.state.repositories[repository.id] = renamed
        return renamed

    def install(
        self, repository: Repository, permissions: Permissions = PERMISSIONS, app: App | None = None
    ) -> Installation:
        """Give an App a repository; an owner has one installation of each App."""
        app = app or self.app
        account = self._account(repository.owner, UserType.ORGANIZATION)
        for known in self.state.installations.values():
            if (known.app_id, known.account_id) == (app.id, account.id):
                repositories = known.repository_ids | {repository.id}
                installation = replace(known, repository_ids=repositories, permissions=permissions)
                break
        else:
            installation = Installation(
                self.state.next_id(),
                app.id,
                account.id,
                permissions,
                frozenset({repository.id}),
                self.state.now(),
            )
        self.state.installations[installation.id] = installation
        return installation

    def _install_as_asked(self, repository: Repository, app: App) -> Installation:
        """Install an App with the permissions that it was registered with."""
        return self.install(repository, app.permissions, app)

    def grant(self, repository: Repository, login: str, role: str) -> None:
        """Give a person a role: `admin`, `maintain`, `write`, `triage` or `read`."""
        self.state.roles[repository.id, self.people.user(login).id] = role

    def add_app(self, slug: str) -> App:
        """Register another App, whose check runs ours may not touch."""
        return self._register(slug, keys.public_pem())

    def _register(self, slug: str, public_key: str) -> App:
        owner = self._account("acme", UserType.ORGANIZATION)
        bot = self.state.add_user(f"{slug}[bot]", UserType.BOT)
        app = App(
            id=self.state.next_id(),
            slug=slug,
            client_id=f"Iv23li{secrets.token_hex(7)}",
            owner_id=owner.id,
            bot_id=bot.id,
            public_key=public_key,
            permissions=PERMISSIONS,
            events=EVENTS,
            created_at=self.state.now(),
        )
        self.state.apps[app.id] = app
        self.state.oauth.clients[app.id] = OauthClient(secrets.token_hex(20))
        return app

    def _add_repository(
        self, full_name: str, owner_type: UserType = UserType.ORGANIZATION
    ) -> Repository:
        owner, _, name = full_name.partition("/")
        self._account(owner, owner_type)
        repository = Repository(self.state.next_id(), owner, name, "main", self.state.now())
        self.state.repositories[repository.id] = repository
        return repository

    def _account(self, login: str, kind: UserType) -> User:
        return self.state.user_named(login) or self.state.add_user(login, kind)
