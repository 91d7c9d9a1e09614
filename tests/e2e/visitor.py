"""A browser that visits the pages of a service, and a person who logs in with it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import aiohttp
from yarl import URL

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.e2e.world import World

PAGE = {"Accept": "text/html"}


@dataclass(frozen=True)
class Answer:
    """What came, redirects not followed."""

    status: int
    text: str
    location: str
    cookies: tuple[str, ...]


@dataclass(frozen=True)
class Browser:
    """Keeps cookies as browsers do: those that are `Secure` only go to this machine."""

    world: World
    session: aiohttp.ClientSession

    @property
    def root(self) -> str:
        return self.world.service.url

    def kept(self) -> str:
        """Return the session's cookie."""
        (found,) = [cookie for cookie in self.session.cookie_jar if cookie.key == "ssot"]
        return found.value

    async def get(self, path: str, **headers: str) -> Answer:
        url = path if path.startswith("http") else f"{self.root}{path}"
        return await self._send("GET", url, headers=headers)

    async def post(
        self,
        path: str,
        fields: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        url = path if path.startswith("http") else f"{self.root}{path}"
        return await self._send("POST", url, data=fields or {}, headers=headers or {})

    async def agree(self, location: str, login: str, *, agree: str = "yes") -> str:
        """Answer GitHub's question; return where it leads."""
        parts = urlsplit(location)
        fields = {**dict(parse_qsl(parts.query)), "login": login, "agree": agree}
        address = f"{parts.scheme}://{parts.netloc}{parts.path}"
        return (await self.post(address, fields)).location

    async def visit(self, path: str, login: str) -> Answer:
        """Open a page as a stranger, log in, and see the page."""
        asked = await self.get(path)
        assert asked.status == 302, asked.text
        back = await self.get(await self.agree(asked.location, login))
        assert back.status == 302, back.text
        return await self.get(back.location)

    async def _send(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str],
        data: dict[str, str] | None = None,
    ) -> Answer:
        sent = {**PAGE, **headers}
        async with self.session.request(
            method, url, headers=sent, data=data, allow_redirects=False
        ) as response:
            return Answer(
                response.status,
                await response.text(),
                response.headers.get("Location", ""),
                tuple(response.headers.getall("Set-Cookie", ())),
            )


@asynccontextmanager
async def browser(world: World) -> AsyncIterator[Browser]:
    """Open a browser without cookies."""
    jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=URL(world.service.url))
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        yield Browser(world, session)
