"""Connections to PostgreSQL: every one in our schema, every error a StoreError."""

from __future__ import annotations

import logging
import time
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
from procrastinate import PsycopgConnector
from procrastinate.exceptions import ConnectorException
from psycopg.conninfo import conninfo_to_dict

from bot.domain.errors import StoreError
from bot.domain.redaction import redact

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from psycopg import AsyncConnection

    Prepare = Callable[[AsyncConnection, str], Awaitable[None]]

UNUSABLE = "The PostgreSQL database cannot be used: {error}."
# Not quoted: what libpq takes for a port may be half of a password.
UNREADABLE_URL = "DATABASE_URL cannot be read: it must look like postgresql://user@host:5432/name."

# GitHub waits 10 seconds for the answer to a delivery.
WAIT_SECONDS = 5.0
# A process that froze, or a machine that vanished, in the middle of a change would block the rest.
_SETTINGS = {
    "idle_in_transaction_session_timeout": "10s",
    "statement_timeout": "30s",
    "lock_timeout": "15s",
}
# A cut cable is noticed in seconds, where Linux would wait for a quarter of an hour.
# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-TCP-USER-TIMEOUT
_LINK: dict[str, Any] = {
    "application_name": "ssot",
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}

logger = logging.getLogger(__name__)


class Database:
    """A pool of connections, and the moment at which one of them failed last.

    `procrastinate` is the same pool for procrastinate.
    """

    def __init__(self, url: str, *, schema: str, connections: int, wait_seconds: float) -> None:
        self._url = url
        self._schema = schema
        self._failed_at = float("-inf")
        self.procrastinate = PsycopgConnector(
            conninfo=url,
            kwargs=_LINK,
            configure=self._configure,
            min_size=1,
            max_size=connections,
            timeout=wait_seconds,
            # It waits twice as long after each failure, up to five minutes: long after an outage
            # the others would take the jobs of one that could not say that it lives. So it gives
            # up, and who asks next has it begin anew.
            reconnect_timeout=wait_seconds,
        )

    async def open(self, prepare: Prepare) -> None:
        """Connect, and let `prepare` bring the schema into shape before anything else runs."""
        try:
            conninfo_to_dict(self._url)
        except psycopg.ProgrammingError:
            raise StoreError(UNREADABLE_URL) from None
        with self._told():
            connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True, **_LINK)
            async with connection:
                await prepare(connection, self._schema)
            await self.procrastinate.open_async()

    async def close(self) -> None:
        """Close all connections."""
        await self.procrastinate.close_async()

    def well_seconds(self) -> float:
        """Tell for how long the database has not failed."""
        return time.monotonic() - self._failed_at

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection; each statement is a transaction."""
        with self._told():
            async with self.procrastinate.pool.connection() as connection:
                yield connection

    @asynccontextmanager
    async def changing(self) -> AsyncIterator[AsyncConnection]:
        """Lend one in a transaction, while nobody else changes the queue."""
        async with self.connection() as connection, connection.transaction():
            await connection.execute("select from ssot_queue for update")
            yield connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (psycopg.Error, ConnectorException) as error:
            self._failed_at = time.monotonic()
            # libpq breaks and indents its lines for a terminal of its own.
            reason = " ".join(redact(str(error)).split()).rstrip(".?")
            raise StoreError(UNUSABLE.format(error=reason)) from error

    async def _configure(self, connection: AsyncConnection) -> None:
        # Not in `kwargs`: procrastinate gives `autocommit` to its listening connection by itself.
        await connection.set_autocommit(True)
        for name, value in {**_SETTINGS, "search_path": self._schema}.items():
            await connection.execute("select set_config(%s, %s, false)", (name, value))
