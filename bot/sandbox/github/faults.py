"""Scripted trouble: what GitHub also answers on a bad day."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SECONDARY_LIMIT = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)
PRIMARY_LIMIT = "API rate limit exceeded for installation."
UNICORN = "<!DOCTYPE html><html><body><p>502 Bad Gateway</p></body></html>"


@dataclass(frozen=True, slots=True)
class Fault:
    """An answer instead of the real one; status 0 is none at all."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


LIMITED_QUERY = Fault(
    200, json.dumps({"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]})
)
# Three ways to give no answer: the connection is reset, ends in the middle, or stays silent.
DROPPED = Fault(0)
TORN = Fault(0, "torn")
HUNG = Fault(0, "hung")
HANG_BEAT_SECONDS = 0.05
HALF_AN_ANSWER = (
    b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"data": {'
)
BAD_GATEWAY = Fault(502, UNICORN, content_type="text/html")


def secondary_limit(status: int = 403, retry_after_seconds: int | None = None) -> Fault:
    """Answer the secondary limit, as 403 or 429, often without `Retry-After`."""
    headers = {} if retry_after_seconds is None else {"Retry-After": str(retry_after_seconds)}
    return Fault(status, json.dumps({"message": SECONDARY_LIMIT}), headers)


def primary_limit(reset: int, status: int = 403) -> Fault:
    """Answer an exhausted quota; `reset` is Unix time in seconds."""
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)}
    return Fault(status, json.dumps({"message": PRIMARY_LIMIT}), headers)


def graphql_limit(reset: int) -> Fault:
    """Answer an exhausted quota as GraphQL does: with status 200."""
    return replace(LIMITED_QUERY, headers=primary_limit(reset).headers)


@dataclass(slots=True)
class Script:
    """A fault for the next requests that match, after `skip` that pass.

    `path` is a glob over the path below the API root, as `/repos/*/check-runs` or `/graphql`.
    """

    fault: Fault
    method: str = "*"
    path: str = "*"
    times: int = 1
    skip: int = 0

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault when this request is due, and count it."""
        if not (fnmatchcase(method, self.method) and fnmatchcase(path, self.path)):
            return None
        if self.skip:
            self.skip -= 1
            return None
        if not self.times:
            return None
        self.times -= 1
        return self.fault


def taken(scripts: Iterable[Script], method: str, path: str) -> Fault | None:
    """Return the first fault that is due for a request, and count it."""
    faults = (script.take(method, path) for script in scripts)
    return next(filter(None, faults), None)


async def faulty(request: web.Request, fault: Fault) -> web.Response:
    """Answer with a fault; one without an answer ends or leaves the connection as it says."""
    if fault is HUNG:
        while request.transport is not None:  # noqa: ASYNC110 -- until the client hangs up
            await asyncio.sleep(HANG_BEAT_SECONDS)
    elif fault is TORN and request.transport is not None:
        request.transport.write(HALF_AN_ANSWER)
        request.transport.close()
    elif fault.status == 0 and request.transport is not None:
        request.transport.abort()
    return web.Response(
        status=fault.status or 500,
        text=fault.body,
        headers=fault.headers,
        content_type=fault.content_type,
    )
