"""A local GitHub for each test, with a clock that only the test moves, and a client."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp
import jwt
import pytest
from aiohttp import web

from bot.sandbox.github.people import Opening
from bot.sandbox.github.server import LocalGitHub

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from bot.sandbox.github.records import Pull, Repository

NOW = 1_763_600_000.0
# Lines 1 to 30, so that a change in the middle leaves lines outside its hunk.
LINES = "".join(f"line_{number} = {number}\n" for number in range(1, 31))


@dataclass
class Clock:
    now: float = NOW

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Client:
    """Speaks to the local GitHub as the App, by JWT or with a token."""

    github: LocalGitHub
    session: aiohttp.ClientSession
    token: str = ""
    person: str = ""

    async def send(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> Reply:
        sent = {"User-Agent": "tests", "Authorization": f"Bearer {self.token}", **(headers or {})}
        if self.person:
            sent["Cookie"] = f"person={self.person}"
        url = path if path.startswith("http") else self.github.api_url + path
        async with self.session.request(
            method, url, json=body, headers=sent, allow_redirects=False
        ) as response:
            return Reply(response.status, response.headers.copy(), await response.text())

    async def query(self, text: str, **variables: object) -> Any:
        body = {"query": text, "variables": variables}
        return (await self.send("POST", self.github.graphql_url, body)).json

    def jwt(self, seconds: int = 540, **claims: object) -> str:
        now = int(self.github.state.now())
        claims = {"iat": now - 60, "exp": now + seconds, "iss": self.github.app.client_id, **claims}
        return jwt.encode(claims, self.github.private_key, algorithm="RS256")

    async def mint(self, **narrowing: object) -> Reply:
        installation = next(iter(self.github.state.installations))
        headers = {"Authorization": f"Bearer {self.jwt()}"}
        path = f"/app/installations/{installation}/access_tokens"
        return await self.send("POST", path, narrowing or None, headers)

    async def as_installation(self, **narrowing: object) -> Client:
        reply = await self.mint(**narrowing)
        assert reply.status == 201, reply.text
        return Client(self.github, self.session, reply.json["token"])


@dataclass
class Receiver:
    """An endpoint for webhooks that keeps what it was sent."""

    url: str = ""
    status: int = 202
    deliveries: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        self.deliveries.append((dict(request.headers), await request.read()))
        return web.Response(status=self.status)

    def payloads(self, event: str) -> list[Any]:
        return [
            json.loads(body)
            for headers, body in self.deliveries
            if headers["X-GitHub-Event"] == event
        ]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def github(tmp_path: Path, clock: Clock) -> AsyncIterator[LocalGitHub]:
    async with LocalGitHub(tmp_path / "github", clock=clock) as running:
        yield running


@pytest.fixture
async def receiver(github: LocalGitHub) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    application = web.Application(client_max_size=30_000_000)
    application.add_routes([web.post("/webhook", receiver.handle)])
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/webhook"
    github.webhooks.url = receiver.url
    yield receiver
    await github.webhooks.settle()
    await runner.cleanup()


@pytest.fixture
def repository(github: LocalGitHub) -> Repository:
    return github.create_repository("acme/shop", {"cart.py": LINES, "old.py": LINES})


@pytest.fixture
async def pull(github: LocalGitHub, repository: Repository) -> Pull:
    """A pull request that changes line 15 of `cart.py` and adds `new.py`."""
    changed = LINES.replace("line_15 = 15\n", "line_15 = 0\nextra = 1\n")
    github.people.commit(repository, "feature", {"cart.py": changed, "new.py": "a = 1\nb = 2\n"})
    return await github.people.open_pull(repository, Opening("feature", body="Fixes #9"))


@pytest.fixture
async def client(github: LocalGitHub, repository: Repository) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as session:
        yield await Client(github, session).as_installation()
