"""All that the services reach, opened once from the settings: queue, caches, GitHub, processes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import aiohttp

from bot.bounds import CORES
from bot.caches import census_folder, keeper
from bot.domain import census_ports
from bot.domain.issue_ports import PROGRESS_SECONDS
from bot.domain.retry import LOST_SECONDS, RunLimits
from bot.github.address import PublicAddress
from bot.github.auth import Tokens
from bot.github.client import GitHub
from bot.github.configs import OwnerConfigs
from bot.github.gate import WRITE_INTERVAL_SECONDS
from bot.github.transport import ANSWER_SECONDS, Transport
from bot.mirrors import Mirrors
from bot.pool import AnalysisPool
from bot.store.censuses import CensusFiles
from bot.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from contextlib import AsyncExitStack

    from bot.domain.census_ports import CensusShelf
    from bot.domain.meter import Meter
    from bot.domain.ports import Store
    from bot.settings import Settings

    Clock = Callable[[], float]
    Tidy = Callable[[], Awaitable[None]]


# Container platforms send SIGKILL about half a minute after SIGTERM.
GRACE_SECONDS = 12.0


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two writes, two censuses of a branch, two texts of an issue's progress.

    A process that shares the queue is taken for dead when it was silent for `lost_seconds`; an
    answer of GitHub's is waited for `answer_seconds`. Jobs have `grace_seconds` to end when the
    process stops. `pauses` is the share of a pause that GitHub needs before it is asked again.
    """

    write_seconds: float = WRITE_INTERVAL_SECONDS
    census_seconds: float = census_ports.INTERVAL_SECONDS
    progress_seconds: float = PROGRESS_SECONDS
    lost_seconds: float = LOST_SECONDS
    answer_seconds: float = ANSWER_SECONDS
    grace_seconds: float = GRACE_SECONDS
    pauses: float = 1.0


AT_ONCE = Pace(write_seconds=0.0, census_seconds=0.0, progress_seconds=0.0, pauses=0.05)


@dataclass(frozen=True, slots=True)
class World:
    """All that the services reach, each thing once; `app_id` is who we are, `clock` Unix time.

    `tidied` throws away what is old, or too much; `address` is None where there are no pages to
    link to.
    """

    app_id: int
    settings: Settings
    github: GitHub
    configs: OwnerConfigs
    store: Store
    mirrors: Mirrors
    censuses: CensusShelf
    pool: AnalysisPool
    pace: Pace
    clock: Clock
    meter: Meter
    tidied: Sequence[Tidy] = ()
    address: PublicAddress | None = None


async def open_world(
    stack: AsyncExitStack,
    settings: Settings,
    *,
    pace: Pace,
    clock: Clock,
    meter: Meter,
) -> World:
    """Open all of it, to be closed with the stack; the settings name an App."""
    app = settings.app
    assert app is not None
    store, censuses, *tidied = await _store(settings, pace, clock)
    stack.push_async_callback(store.close)
    pool = AnalysisPool(workers=CORES)
    stack.push_async_callback(pool.close)
    github = await _github(stack, settings, pace=pace, clock=clock, meter=meter)
    return World(
        app_id=app.app_id,
        settings=settings,
        github=github,
        configs=OwnerConfigs(github),
        store=store,
        mirrors=Mirrors(settings, github),
        censuses=censuses,
        pool=pool,
        pace=pace,
        clock=clock,
        meter=meter,
        tidied=(partial(asyncio.to_thread, keeper(settings, meter).tidy), *tidied),
        address=PublicAddress(github.tokens) if settings.login else None,
    )


async def _store(
    settings: Settings, pace: Pace, clock: Clock
) -> tuple[Store, CensusShelf, *tuple[Tidy, ...]]:
    """Open queue and censuses, and name what throws away what is old in the database."""
    censuses = CensusFiles(census_folder(settings))
    limits = RunLimits(workers=settings.workers)
    if settings.database_url is None:
        return SqliteStore(settings.database_path, limits=limits, clock=clock), censuses
    # Loaded by those alone who use it: a fifth of a second.
    from bot.store.postgres.crew import Timing  # noqa: PLC0415
    from bot.store.postgres.store import PostgresStore  # noqa: PLC0415

    lost = pace.lost_seconds
    timing = Timing(beat_seconds=lost / 6, lost_seconds=lost)
    store = await PostgresStore.open(
        settings.database_url, limits=limits, timing=timing, clock=clock
    )
    shared = store.censuses(censuses)
    return store, shared, shared.drop_idle


async def _github(
    stack: AsyncExitStack,
    settings: Settings,
    *,
    pace: Pace,
    clock: Clock,
    meter: Meter,
) -> GitHub:
    app = settings.app
    assert app is not None
    session = await stack.enter_async_context(aiohttp.ClientSession())
    transport = Transport(
        session,
        api_url=settings.api_url,
        graphql_url=settings.graphql_url,
        clock=clock,
        meter=meter,
        answer_seconds=pace.answer_seconds,
    )
    tokens = Tokens(transport, app_id=str(app.app_id), private_key=app.private_key)
    return GitHub(transport, tokens, write_interval_seconds=pace.write_seconds, pauses=pace.pauses)
