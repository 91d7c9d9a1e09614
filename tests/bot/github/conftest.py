"""A GitHub that says what a test told it to, over real HTTP, and a clock that only tests move."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.github.auth import Tokens
from bot.github.client import GitHub
from bot.github.configs import OwnerConfigs
from bot.github.pulls import Pulls
from bot.github.transport import Transport

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

APP_ID = 99
MINT = "POST /app/installations/7/access_tokens"
TOKEN = "ghs_" + "x" * 40


@dataclass(slots=True)
class Clock:
    """Unix time that passes only by sleeping; `slept` lists how long."""

    now: float = 1_800_000_000.0
    slept: list[float] = field(default_factory=list)

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self.slept.append(seconds)
        self.now += seconds


@dataclass(frozen=True, slots=True)
class Request:
    """What arrived: `path` without query, `body` as JSON."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass(slots=True)
class ScriptedGitHub:
    """Answers `METHOD /path` with what was queued for it, the last one again and again."""

    clock: Clock
    answers: dict[str, deque[web.Response | Exception]] = field(
        default_factory=lambda: defaultdict(deque)
    )
    requests: list[Request] = field(default_factory=list)
    url: str = ""

    def on(
        self,
        request: str,
        body: object = None,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        text: str | None = None,
    ) -> None:
        made = web.Response(
            status=status,
            headers=headers,
            text=json.dumps(body) if text is None else text,
            content_type="application/json" if text is None else "text/html",
        )
        self.answers[request].append(made)

    def cut(self, request: str) -> None:
        """Close the connection instead of an answer."""
        self.answers[request].append(ConnectionResetError())

    def token(self, text: str = TOKEN, *, lives_seconds: float = 3600) -> None:
        expires = datetime.fromtimestamp(self.clock.now + lives_seconds, UTC)
        self.on(MINT, {"token": text, "expires_at": expires.isoformat()}, status=201)

    def sent(self, request: str) -> list[Request]:
        return [one for one in self.requests if f"{one.method} {one.path}" == request]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        body = json.loads(raw) if raw else None
        headers = {name.lower(): value for name, value in request.headers.items()}
        made = Request(request.method, request.path, dict(request.query), headers, body)
        self.requests.append(made)
        queue = self.answers[f"{made.method} {made.path}"]
        if not queue:
            return web.json_response({"message": "Not Found"}, status=404)
        answer = queue.popleft() if len(queue) > 1 else queue[0]
        if isinstance(answer, Exception):
            assert request.transport is not None
            request.transport.abort()
            raise answer
        return _copy(answer)


def _copy(answer: web.Response) -> web.Response:
    """aiohttp sends a response object once."""
    return web.Response(status=answer.status, headers=answer.headers, body=answer.body)


@pytest.fixture(scope="session")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def script(clock: Clock) -> AsyncIterator[ScriptedGitHub]:
    scripted = ScriptedGitHub(clock)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", scripted.handle)
    async with TestServer(app) as server:
        scripted.url = str(server.make_url("/")).rstrip("/")
        yield scripted


@pytest.fixture
async def transport(script: ScriptedGitHub) -> AsyncIterator[Transport]:
    async with ClientSession() as session:
        yield Transport(
            session,
            api_url=script.url,
            graphql_url=f"{script.url}/graphql",
            clock=script.clock.time,
        )


@pytest.fixture
def tokens(transport: Transport, script: ScriptedGitHub, private_key: rsa.RSAPrivateKey) -> Tokens:
    return Tokens(transport, app_id=str(APP_ID), private_key=private_key, clock=script.clock.time)


@pytest.fixture
def github(transport: Transport, tokens: Tokens, script: ScriptedGitHub) -> GitHub:
    """All of it, past the first seconds of its token, when refusals are believed at once."""
    return GitHub(
        transport,
        tokens,
        write_interval_seconds=0.0,
        sleep=script.clock.sleep,
    )


@pytest.fixture
def pulls(script: ScriptedGitHub, github: GitHub) -> Pulls:
    script.token()
    return Pulls(github, OwnerConfigs(github), app_id=APP_ID)
