"""One HTTP exchange with GitHub: gidgethub's requests, our own reading of the answers.

gidgethub takes every 429 for a bad request and knows no secondary limit, so each answer is
classified here before it sees it.
"""

from __future__ import annotations

import asyncio
import json
import time
from base64 import b64encode
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import aiohttp
import gidgethub.abc
from gidgethub import sansio

from bot.domain.errors import MalformedError, TransientError
from bot.domain.meter import UNMEASURED
from bot.github.refusals import Answer, check, check_query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bot.domain.meter import Meter

USER_AGENT = "ssot-bot"
# Supported until 2028-03-10, and by GHES; no operation used here differs in 2026-03-10.
API_VERSION = "2022-11-28"
# GitHub itself gives up after 10 s.
ANSWER_SECONDS = 10.0
REDIRECTS = frozenset({301, 302, 307, 308})
MAX_REDIRECTS = 3
NO_ANSWER = 0

NO_GRAPHQL = "GitHub answered {status}, not with GraphQL"
NO_JSON = "GitHub's answer is not JSON"
CIRCLE = "GitHub redirects in a circle"
ANOTHER_HOST = "GitHub redirects to another host"
UNREACHED = "{method} failed: {error}"
NOT_BELOW = "an address below the API's root is required"


@dataclass(frozen=True, slots=True)
class Quota:
    """What GitHub answers an installation until `resets_at`, in Unix time."""

    limit: int
    remaining: int
    resets_at: float


# gidgethub hands nothing on from a request to `_request`; tasks inherit it.
_INSTALLATION: ContextVar[int] = ContextVar("installation", default=0)


@contextmanager
def speaking_for(installation_id: int) -> Iterator[None]:
    """Have the answers inside the block tell what is left of an installation's quota."""
    token = _INSTALLATION.set(installation_id)
    try:
        yield
    finally:
        _INSTALLATION.reset(token)


class Transport(gidgethub.abc.GitHubAPI):
    """Requests to one GitHub, told each time with which credential.

    `api_url` is the root of the REST API (GHES: `https://HOST/api/v3`). Raises `LimitedError`,
    `TransientError` and `RefusedError`; retries nothing.
    """

    def __init__(  # noqa: PLR0913 (each has a default; tests set them one by one)
        self,
        session: aiohttp.ClientSession,
        *,
        api_url: str = sansio.DOMAIN,
        graphql_url: str = "https://api.github.com/graphql",
        clock: Callable[[], float] = time.time,
        meter: Meter = UNMEASURED,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        super().__init__(USER_AGENT, base_url=api_url.rstrip("/"))
        self._session = session
        self._graphql_url = graphql_url
        self.clock = clock
        self._timeout = aiohttp.ClientTimeout(total=answer_seconds)
        self.meter = meter
        self._quotas: dict[tuple[int, str], Quota] = {}

    def quota(self, installation_id: int, resource: str) -> Quota | None:
        """Return what the last answer said is left to an installation; None when none did."""
        return self._quotas.get((installation_id, resource))

    async def send(
        self,
        method: str,
        url: str,
        *,
        variables: Mapping[str, Any],
        data: object = b"",
        token: str,
    ) -> Any:
        """Send one REST request; `url` is a URI template below the API's root, never absolute."""
        answer, _ = await self._send(method, url, variables, data=data, oauth_token=token)
        return answer

    async def send_as_app(self, method: str, url: str, *, data: object, jwt: str) -> Any:
        """Send one REST request as the App itself."""
        answer, _ = await self._send(method, url, {}, data=data, jwt=jwt)
        return answer

    async def send_unsigned(self, method: str, url: str, *, variables: Mapping[str, Any]) -> Any:
        """Send one REST request that needs no credential."""
        answer, _ = await self._send(method, url, variables, data=b"")
        return answer

    async def page_as_app(
        self, url: str, *, variables: Mapping[str, str], jwt: str
    ) -> tuple[Any, str]:
        """Read one page as the App itself, and the cursor of the next, `""` after the last one.

        Only the cursor of GitHub's link is used: a credential follows no address of an answer.
        """
        answer, more = await self._send("GET", url, variables, data=b"", jwt=jwt)
        found = parse_qs(urlsplit(more or "").query)
        return answer, next(iter(found.get("cursor", [])), "")

    async def send_as_client(
        self,
        method: str,
        url: str,
        *,
        variables: Mapping[str, str],
        data: Mapping[str, str],
        basic: tuple[str, str],
    ) -> None:
        """Send one REST request with the id and secret that the App logs people in with."""
        address = sansio.format_url(_relative(url), variables, base_url=self.base_url)
        body = json.dumps(data).encode()
        headers = {
            **sansio.create_headers(USER_AGENT),
            "authorization": f"Basic {b64encode(':'.join(basic).encode()).decode()}",
            "content-type": "application/json",
            "content-length": str(len(body)),
            "x-github-api-version": API_VERSION,
        }
        await self._request(method, address, headers, body)

    async def post_form(self, address: str, fields: Mapping[str, str]) -> dict[str, Any]:
        """Send a form to a page of GitHub's, outside the API, and return the JSON of its answer."""
        body = urlencode(fields).encode()
        headers = {
            "accept": "application/json",
            "content-type": "application/x-www-form-urlencoded",
            "user-agent": USER_AGENT,
        }
        answer = await self._exchange("POST", address, headers=headers, body=body)
        check(answer, now=self.clock())
        return answer.said()

    async def query(self, text: str, *, variables: Mapping[str, Any], token: str) -> dict[str, Any]:
        """Send one GraphQL request; return the body, in which `data` may be partial.

        gidgethub's own call drops the headers of failures and refuses partial data.
        """
        body = json.dumps({"query": text, "variables": dict(variables)}).encode()
        headers = sansio.create_headers(USER_AGENT, oauth_token=token)
        headers |= {"content-type": "application/json", "content-length": str(len(body))}
        answer = Answer(*await self._request("POST", self._graphql_url, headers, body))
        said = answer.said()
        if "data" not in said and "errors" not in said:
            raise TransientError(NO_GRAPHQL.format(status=answer.status))
        check_query(answer, said.get("errors") or [], now=self.clock())
        return said

    async def sleep(self, seconds: float) -> None:
        """Wait; gidgethub asks for it, nothing here uses it."""
        await asyncio.sleep(seconds)

    async def _send(
        self,
        method: str,
        url: str,
        variables: Mapping[str, Any],
        *,
        data: object,
        **credential: str,
    ) -> tuple[Any, str | None]:
        """Send one REST request; return the answer and the address of the next page."""
        answer, more, _ = await self._make_request(
            method,
            _relative(url),
            variables,
            data,
            sansio.accept_format(),
            extra_headers={"x-github-api-version": API_VERSION},
            **credential,
        )
        return _object(answer), more

    async def _request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes = b""
    ) -> tuple[int, Mapping[str, str], bytes]:
        for _ in range(MAX_REDIRECTS + 1):
            answer = await self._exchange(method, url, headers=headers, body=body)
            if answer.status not in REDIRECTS:
                check(answer, now=self.clock())
                return answer.status, answer.headers, answer.body
            url = _redirected(url, answer)
        raise MalformedError(CIRCLE)

    async def _exchange(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        """Send the same method again after a redirect: aiohttp would make a GET of a POST."""
        request = self._session.request(
            method, url, headers=headers, data=body, allow_redirects=False, timeout=self._timeout
        )
        started = time.monotonic()
        try:
            async with request as response:
                answer = Answer(response.status, response.headers, await response.read())
        except (aiohttp.ClientError, TimeoutError) as error:
            self.meter.request(NO_ANSWER, seconds=time.monotonic() - started)
            text = UNREACHED.format(method=method, error=type(error).__name__)
            raise TransientError(text) from error
        self.meter.request(answer.status, seconds=time.monotonic() - started)
        self._note_quota(answer)
        return answer

    def _note_quota(self, answer: Answer) -> None:
        """Note what is left to the installation that the answer was for; not to the App itself."""
        resource = answer.headers.get("x-ratelimit-resource", "")
        installation_id = _INSTALLATION.get()
        if not installation_id or not resource:
            return
        limit, remaining, reset = (
            _number(answer.headers.get(f"x-ratelimit-{name}", ""))
            for name in ("limit", "remaining", "reset")
        )
        if remaining is not None:
            self.meter.quota(installation_id, resource, remaining=remaining)
            quota = Quota(limit or 0, remaining, reset or 0)
            self._quotas[installation_id, resource] = quota


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def _relative(url: str) -> str:
    if not url.startswith("/"):
        raise ValueError(NOT_BELOW)
    return url


def _redirected(url: str, answer: Answer) -> str:
    """Follow a renamed or moved repository, but carry the credential to no other host."""
    target = urljoin(url, answer.headers.get("location", ""))
    if urlsplit(target)[:2] != urlsplit(url)[:2]:
        raise MalformedError(ANOTHER_HOST)
    return target


def _object(answer: object) -> Any:
    """A proxy's HTML page with status 200 is no answer of GitHub's."""
    if isinstance(answer, str):
        raise TransientError(NO_JSON)
    return answer
