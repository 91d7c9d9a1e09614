"""The queue that settings name, for whoever looks at it beside the workers."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.domain.desk import Desk
    from bot.settings import Settings


@asynccontextmanager
async def open_desk(settings: Settings) -> AsyncIterator[Desk]:
    """Open the queue, running service or not, and let go of it; StoreError when it cannot be."""
    desk = await _desk(settings)
    try:
        yield desk
    finally:
        await desk.close()


async def _desk(settings: Settings) -> Desk:
    # Either is loaded by those alone who use it.
    if settings.database_url is None:
        from bot.store.desk import SqliteDesk  # noqa: PLC0415

        return SqliteDesk(settings.database_path)
    from bot.store.postgres.desk import PostgresDesk  # noqa: PLC0415

    return await PostgresDesk.open(settings.database_url)
