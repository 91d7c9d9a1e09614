"""How many connections are open at a time: each takes a file descriptor, which git needs too."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from socket import socket
    from typing import Any

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# Many systems give a process 1,024 file descriptors.
MOST_CONNECTIONS = 256
# GitHub sends the head of a delivery at once.
PATIENCE_SECONDS = 10.0
# Proxies keep what they asked over for a minute (nginx), and must not find it shut.
IDLE_SECONDS = 90.0


class Connections:
    """A door for so many connections: who asks nothing makes room, at the latest in a while."""

    def __init__(
        self,
        *,
        most: int = MOST_CONNECTIONS,
        patience_seconds: float = PATIENCE_SECONDS,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._most = most
        self._patience_seconds = patience_seconds
        self._idle_seconds = idle_seconds
        self._server: Callable[[], asyncio.Protocol] | None = None
        self._asking: set[asyncio.Protocol] = set()
        self._silent: dict[asyncio.Protocol, asyncio.TimerHandle] = {}

    async def listen(self, server: Callable[[], asyncio.Protocol], sock: socket) -> asyncio.Server:
        """Listen, and have `server` make what speaks to each connection."""
        self._server = server
        return await asyncio.get_running_loop().create_server(self._meet, sock=sock)

    @web.middleware
    async def heard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Tell, as a middleware, who asks something, and while it is answered."""
        connection = request.protocol
        if timer := self._silent.pop(connection, None):
            timer.cancel()
        self._asking.add(connection)
        try:
            return await handler(request)
        finally:
            self._asking.discard(connection)
            self._wait_for(connection, self._idle_seconds)

    def _meet(self) -> asyncio.Protocol:
        """Take one more in; the one that has been silent for longest goes, else the newcomer."""
        assert self._server is not None
        if len(self._asking) + len(self._silent) >= self._most:
            if not self._silent:
                return _Refused()
            self._drop(next(iter(self._silent)))
        met = self._server()
        self._wait_for(met, self._patience_seconds)
        return met

    def _wait_for(self, connection: asyncio.Protocol, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._silent[connection] = loop.call_later(seconds, self._drop, connection)

    def _drop(self, connection: Any) -> None:
        self._silent.pop(connection).cancel()
        connection.force_close()  # of one that is closed already it does nothing


class _Refused(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()
