"""Scripted trouble: what GitHub also answers on a bad day."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDARY_LIMIT = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)
PRIMARY_LIMIT = "API rate limit exceeded for installation."
UNICORN = "<!DOCTYPE html><html><body><p>502 Bad Gateway</p></body></html>"


@dataclass(frozen=True, slots=True)
class Fault:
    """An answer instead of the real one; status 0 drops the connection without any."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


DROPPED = Fault(0)
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
    error = {"type": "RATE_LIMITED", "message": "API rate limit exceeded"}
    return replace(primary_limit(reset, status=200), body=json.dumps({"errors": [error]}))


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
