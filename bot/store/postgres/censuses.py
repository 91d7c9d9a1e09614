"""The last census of each repository, where every process sees the same one.

In a data folder of its own, a machine would go on deciding checklists by the census that it took
last, long after another machine has taken a newer one.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from cachetools import LRUCache

from bot.disk import IDLE_SECONDS
from bot.store.censuses import IN_MEMORY, pack, unpack

if TYPE_CHECKING:
    from uuid import UUID

    from bot.domain.census_ports import Measured
    from bot.store.censuses import CensusFiles
    from bot.store.postgres.database import Database

# The content is sent only where it is not the one that is known.
_LAST = """
select stamp, case when stamp is distinct from %s then content end
from ssot_census where repository = %s
"""
_KEEP = """
insert into ssot_census (repository, content) values (%s, %s)
on conflict (repository) do update
set content = excluded.content, stamp = excluded.stamp, kept_at = excluded.kept_at
"""
_DROP_IDLE = "delete from ssot_census where kept_at < now() - make_interval(secs => %s)"


class PostgresCensuses:
    """Fulfils `bot.domain.census_ports.CensusShelf` for all processes on one database.

    `files` are kept beside it, and not read: they tell when a machine last took a census, and with
    it used the facts that it keeps of the repository's files.
    """

    def __init__(self, database: Database, files: CensusFiles) -> None:
        self._database = database
        self._files = files
        self._read: LRUCache[int, tuple[UUID, Measured | None]] = LRUCache(IN_MEMORY)

    async def last(self, repository_id: int) -> Measured | None:
        """Return the last census that was kept, by whichever process; None where none is left."""
        known = self._read.get(repository_id)
        async with self._database.connection() as connection:
            rows = await connection.execute(_LAST, (known[0] if known else None, repository_id))
            row = await rows.fetchone()
        if row is None:
            return None
        stamp, content = row
        if known and content is None:
            return known[1]
        measured = await asyncio.to_thread(unpack, content)
        self._read[repository_id] = stamp, measured
        return measured

    async def keep(self, repository_id: int, measured: Measured) -> None:
        """Keep a census in place of the last one; ValueError when it could not be read back."""
        content = await asyncio.to_thread(pack, measured)
        async with self._database.connection() as connection:
            await connection.execute(_KEEP, (repository_id, content))
        await self._files.keep(repository_id, measured)

    async def purge(self, repository_id: int) -> None:
        """Drop all that is kept of a repository, the facts on this machine too."""
        async with self._database.connection() as connection:
            await connection.execute(
                "delete from ssot_census where repository = %s", (repository_id,)
            )
        await self._files.purge(repository_id)

    async def drop_idle(self) -> None:
        """Drop the censuses that nobody took again for two weeks."""
        async with self._database.connection() as connection:
            await connection.execute(_DROP_IDLE, (IDLE_SECONDS,))
