"""What every API request passes: faults, quota, hooks, the log, GitHub's headers."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.github.answers import Answer, RefusedError
from bot.sandbox.github.faults import DROPPED, PRIMARY_LIMIT, Script, faulty, taken

if TYPE_CHECKING:
    from bot.sandbox.github.records import Permissions
    from bot.sandbox.github.state import State
    from bot.sandbox.github.viewer import Viewer

WINDOW_SECONDS = 3600
GRAPHQL_PATH = "/graphql"
QUERY = "query"
_MINTING = re.compile(r"/app/installations/(\d+)/access_tokens")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as it came, its path below the API root and still percent-encoded."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Served:
    """An answer, and what is known of the request: its operation and who asked."""

    answer: Answer
    operation: str = ""
    viewer: Viewer | None = None


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One API request of the log; status 0 means that the connection was dropped.

    `operation` is `METHOD /path/{template}`, for GraphQL `query Name` or `mutation Name`. `at` is
    Unix time, `installation_id` whose token was sent or asked for, 0 for none.
    """

    method: str
    path: str
    operation: str
    status: int
    permissions: Permissions = field(default_factory=dict)
    body: bytes = b""
    installation_id: int = 0
    at: float = 0.0

    @property
    def is_write(self) -> bool:
        """Tell whether the request changes something: a GraphQL query does not."""
        return self.method != "GET" and not self.operation.startswith(QUERY)


Respond = Callable[[Incoming], Served]
Hook = Callable[[RequestRecord], Awaitable[None]]


class ConnectionDroppedError(Exception):
    """Raised by a hook: the client gets no answer, although the work was done."""


async def _nothing(_record: RequestRecord) -> None:
    return


class Front:
    """Stands before REST and GraphQL; tests read its log, script faults and set its hooks.

    `after_write` runs when a write was done and its answer is not sent yet; `before_response`
    when any answer is about to be sent.
    """

    def __init__(self, state: State, happened: Callable[[], None]) -> None:
        self.requests: list[RequestRecord] = []
        self.scripts: list[Script] = []
        self.before_response: Hook = _nothing
        self.after_write: Hook = _nothing
        self.quota = 5000
        self._state = state
        self._happened = happened
        self._used: dict[tuple[int, str, int], int] = {}

    async def serve(self, request: web.Request, prefix: str, respond: Respond) -> web.Response:
        """Answer one request through `respond`, unless a fault stands in its way."""
        incoming = Incoming(
            request.method,
            request.rel_url.raw_path.removeprefix(prefix),
            request.query,
            request.headers,
            await request.read(),
        )
        fault = taken(self.scripts, incoming.method, incoming.path)
        if fault is not None:
            self._log(incoming, Served(Answer(fault.status)))
            return await faulty(request, fault)
        key = self._quota_key(incoming)
        served = self._served(incoming, respond, used=self._used.get(key, 0))
        record = self._log(incoming, served)
        self._happened()
        try:
            await self._run_hooks(record)
        except ConnectionDroppedError:
            return await faulty(request, DROPPED)
        return _response(served.answer, self._quota_headers(served, key))

    def _served(self, incoming: Incoming, respond: Respond, *, used: int) -> Served:
        if used >= self.quota:
            return Served(_exhausted(incoming))
        if not incoming.headers.get("User-Agent"):
            refused = RefusedError(403, "Request forbidden by administrative rules.")
            return Served(refused.answer())
        served = respond(incoming)
        return _conditional(incoming, served) if incoming.method == "GET" else served

    async def _run_hooks(self, record: RequestRecord) -> None:
        if record.is_write and record.status < 300:
            await self.after_write(record)
        await self.before_response(record)

    def _log(self, incoming: Incoming, served: Served) -> RequestRecord:
        record = RequestRecord(
            incoming.method,
            incoming.path,
            served.operation,
            served.answer.status,
            served.viewer.permissions if served.viewer else {},
            incoming.body,
            self._installation_id(incoming),
            self._state.clock(),
        )
        self.requests.append(record)
        return record

    def _installation_id(self, incoming: Incoming) -> int:
        if minted := _MINTING.fullmatch(incoming.path):
            return int(minted[1])
        credentials = incoming.headers.get("Authorization", "").partition(" ")[2]
        token = self._state.tokens.get(credentials)
        return token.installation_id if token else 0

    def _quota_key(self, incoming: Incoming) -> tuple[int, str, int]:
        resource = "graphql" if incoming.path == GRAPHQL_PATH else "core"
        window = int(self._state.clock()) // WINDOW_SECONDS
        minting = _MINTING.fullmatch(incoming.path)
        return 0 if minting else self._installation_id(incoming), resource, window

    def _quota_headers(self, served: Served, key: tuple[int, str, int]) -> dict[str, str]:
        """Count the request, 304 and refused credentials are free, and tell what is left."""
        free = served.answer.status in (304, 401)
        used = self._used[key] = self._used.get(key, 0) + (not free)
        _, resource, window = key
        return {
            "X-RateLimit-Limit": str(self.quota),
            "X-RateLimit-Remaining": str(max(0, self.quota - used)),
            "X-RateLimit-Used": str(used),
            "X-RateLimit-Reset": str((window + 1) * WINDOW_SECONDS),
            "X-RateLimit-Resource": resource,
            "X-GitHub-Request-Id": f"{len(self.requests):04X}",
        }


def _exhausted(incoming: Incoming) -> Answer:
    if incoming.path == GRAPHQL_PATH:
        return Answer(200, {"errors": [{"type": "RATE_LIMITED", "message": PRIMARY_LIMIT}]})
    return RefusedError(403, PRIMARY_LIMIT).answer()


def _conditional(incoming: Incoming, served: Served) -> Served:
    answer = served.answer
    if answer.status != 200:
        return served
    digest = hashlib.sha256(json.dumps(answer.body, sort_keys=True).encode()).hexdigest()
    etag = f'W/"{digest}"'
    headers = {**answer.headers, "ETag": etag}
    if incoming.headers.get("If-None-Match") == etag:
        return Served(Answer(304, None, headers), served.operation, served.viewer)
    return Served(Answer(200, answer.body, headers), served.operation, served.viewer)


def _response(answer: Answer, headers: Mapping[str, str]) -> web.Response:
    text = None if answer.body is None else json.dumps(answer.body)
    return web.Response(
        status=answer.status,
        text=text,
        headers={**headers, **answer.headers},
        content_type="application/json" if text is not None else None,
    )
