"""All wiring: settings in, a running service out."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web

from bot import handlers
from bot.caches import census_folder, keeper
from bot.domain.retry import RunLimits
from bot.github.address import PublicAddress
from bot.github.auth import Tokens
from bot.github.client import GitHub
from bot.github.configs import OwnerConfigs
from bot.github.connection import Connection
from bot.github.deliveries import Deliveries
from bot.github.sweeps import Sweeps
from bot.github.transport import Transport
from bot.listening import listening
from bot.mirrors import Mirrors
from bot.pages import add_pages
from bot.pool import AnalysisPool
from bot.rounds import Rounds, tidy
from bot.services.deliveries import Lookback
from bot.settings import SettingsError
from bot.store.censuses import CensusFiles
from bot.store.sqlite import SqliteStore
from bot.web.metrics import Metrics, add_route
from bot.web.pages import add_static, errors
from bot.web.setup.checks import Checks, add_checks
from bot.web.setup.pages import Setup, add_setup
from bot.webhook import Health, Webhook, add_probes, add_routes
from bot.wiring import Pace, World, services
from bot.worker import Worker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine

    from bot.domain.census_ports import CensusShelf
    from bot.domain.meter import Meter
    from bot.domain.ports import Store
    from bot.listening import Address
    from bot.settings import AppCredentials, Settings

    Clock = Callable[[], float]
    # The address that was taken, and the set-up that whoever started us was told of.
    Door = tuple[Address, Setup]
    Tidy = Callable[[], Awaitable[None]]

# Container platforms send SIGKILL about half a minute after SIGTERM.
GRACE_SECONDS = 12.0
PRODUCTION = Pace()
NO_APP = (
    "No GitHub App is configured: give the worker the same GITHUB_APP_ID, key and secret as `ssot "
    "serve`."
)
ONE_PROCESS = (
    "Without DATABASE_URL the queue is SQLite, which `ssot serve` works on by itself. Set "
    "DATABASE_URL to a PostgreSQL that all processes share, or leave `ssot work` out."
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Service:
    """A running service; without configuration there is neither queue nor rounds."""

    url: str
    store: Store | None
    rounds: Rounds | None = None


async def serve(read: Callable[[], Settings], announce: Callable[[str, str], None]) -> None:
    """Run webhook server and worker until SIGINT or SIGTERM, then finish what is under way.

    `read` reads the settings: once more after the set-up, whose address `announce` is told, beside
    that of the service.
    """
    stopping, settings = _stop_signal(), read()
    async with listening(settings.host, settings.port) as address:
        setup = Setup(read, address.pause)
        if settings.app is None:
            async with running(settings, door=(address, setup)):
                logger.warning("service.not_configured", extra={"fields": {"url": address.url}})
                announce(address.url, setup.address(address.url))
                await _first(stopping, setup.configured)
            settings = read()
        if stopping.is_set():
            return
        async with running(settings, door=(address, setup)):
            logger.info("service.started", extra={"fields": {"url": address.url}})
            await stopping.wait()
            logger.info("service.stopping")


async def work(settings: Settings, *, port: int | None = None, pace: Pace = PRODUCTION) -> None:
    """Run a worker alone until SIGINT or SIGTERM; SettingsError where it would be the only one.

    It answers probes and tells its metrics at `port`, where one is given.
    """
    if settings.app is None:
        raise SettingsError((NO_APP,))
    if settings.database_url is None:
        raise SettingsError((ONE_PROCESS,))
    stopping = _stop_signal()
    async with AsyncExitStack() as stack:
        metrics = Metrics()
        world = await _world(stack, settings, pace=pace, clock=time.time, meter=metrics)
        worker = Worker(world.store, services(world), meter=metrics)
        stack.push_async_callback(_run(worker, world.store, grace_seconds=GRACE_SECONDS))
        fields: dict[str, object] = {"jobs": settings.workers}
        if port is not None:
            application, health = web.Application(), Health(world.store, worker.lives)
            add_probes(application, health=health)
            add_route(application, metrics=metrics, health=health)
            address = await stack.enter_async_context(listening(settings.host, port))
            await stack.enter_async_context(address.answering(application))
            fields["url"] = address.url
        _start(stack, tidy(world.tidied))
        logger.info("worker.started", extra={"fields": fields})
        await stopping.wait()
        logger.info("worker.stopping")


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    pace: Pace = PRODUCTION,
    grace_seconds: float = GRACE_SECONDS,
    clock: Clock = time.time,
    door: Door | None = None,
) -> AsyncIterator[Service]:
    """Run the service and yield it; leaving gives jobs `grace_seconds`, then stops them.

    `clock` tells the day that waivers end on and when jobs are due and GitHub may be asked again,
    in Unix time; credentials go by the machine's own.
    Without credentials only `/healthz` and the set-up of `door` answer, and `/webhook` with 503.
    """
    async with AsyncExitStack() as stack:
        address, setup = await _open(stack, settings, door)
        application, metrics = web.Application(middlewares=[errors]), Metrics()
        store = rounds = webhook = health = None
        if settings.app is None:
            add_setup(application, setup, settings)
        else:
            world = await _world(stack, settings, pace=pace, clock=clock, meter=metrics)
            store = world.store
            worker = Worker(store, services(world), meter=metrics)
            stack.push_async_callback(_run(worker, store, grace_seconds=grace_seconds))
            rounds = _rounds(world)
            webhook = _webhook(settings.app, store, meter=metrics)
            health = Health(store, worker.lives)
            checks = Checks(_connection(world), settings, local=address.url)
            add_checks(application, setup.visit, checks)
            add_pages(stack, application, world, quotas=metrics.quotas)
        add_routes(application, webhook=webhook, health=health)
        add_route(application, metrics=metrics, health=health)
        add_static(application)
        await stack.enter_async_context(address.answering(application))
        if rounds:
            _start(stack, rounds.run())
        yield Service(address.url, store, rounds)


def _webhook(app: AppCredentials, store: Store, *, meter: Meter) -> Webhook:
    known = handlers.discover()
    return Webhook(secret=app.webhook_secret, handlers=known, store=store, meter=meter)


async def _open(stack: AsyncExitStack, settings: Settings, door: Door | None) -> Door:
    if door:
        return door
    address = await stack.enter_async_context(listening(settings.host, settings.port))
    return address, Setup(lambda: settings, address.pause)


async def _first(*events: asyncio.Event) -> None:
    """Wait for any of the events."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()


def _stop_signal() -> asyncio.Event:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    return stopping


async def _world(
    stack: AsyncExitStack,
    settings: Settings,
    *,
    pace: Pace,
    clock: Clock,
    meter: Meter,
) -> World:
    app = settings.app
    assert app is not None
    store, censuses, *tidied = await _store(settings, pace, clock)
    stack.push_async_callback(store.close)
    pool = AnalysisPool(workers=os.cpu_count() or 1)
    stack.push_async_callback(pool.close)
    github = await _github(stack, settings, pace=pace, clock=clock, meter=meter)
    return World(
        app_id=app.app_id,
        settings=settings,
        github=github,
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
    return GitHub(transport, tokens, write_interval_seconds=pace.write_seconds, clock=clock)


def _connection(world: World) -> Connection:
    configs = OwnerConfigs(world.github)
    return Connection(world.github, Sweeps(world.github, configs, app_id=world.app_id), configs)


def _rounds(world: World) -> Rounds:
    sweeps = Sweeps(world.github, OwnerConfigs(world.github), app_id=world.app_id)
    deliveries = Deliveries(world.github)
    lookback = Lookback(deliveries, handlers.discover(), world.store, clock=world.clock)
    return Rounds(
        world.store,
        lookback,
        installations=sweeps.installations,
        tidied=world.tidied,
        clock=world.clock,
    )


def _run(worker: Worker, store: Store, *, grace_seconds: float) -> Callable[[], Awaitable[None]]:
    """Start a worker; return what stops it."""
    task = asyncio.create_task(worker.run())

    async def stop() -> None:
        await store.stop(grace_seconds=grace_seconds)
        await task

    return stop


def _start(stack: AsyncExitStack, rounds: Coroutine[None, None, None]) -> None:
    """Make rounds until the stack unwinds; one that is cut short is made at the next start."""
    task = asyncio.create_task(rounds)

    async def stop() -> None:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    stack.push_async_callback(stop)
