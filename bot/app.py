"""All wiring: settings in, a running service out."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web

from bot import handlers
from bot.domain.errors import UserError
from bot.domain.meter import UNMEASURED
from bot.domain.retry import RunLimits
from bot.github.auth import Tokens
from bot.github.client import GitHub
from bot.github.configs import OwnerConfigs
from bot.github.deliveries import Deliveries
from bot.github.sweeps import Sweeps
from bot.github.transport import Transport
from bot.mirrors import Mirrors
from bot.pool import AnalysisPool
from bot.rounds import Rounds, tidy
from bot.services.deliveries import Lookback
from bot.settings import SettingsError
from bot.store.censuses import CensusFiles
from bot.store.sqlite import SqliteStore
from bot.web.connections import Connections
from bot.web.metrics import Metrics, add_route
from bot.webhook import Health, Webhook, add_routes
from bot.wiring import Pace, World, census_folder, services
from bot.worker import Worker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence

    from bot.domain.census_ports import CensusShelf
    from bot.domain.meter import Meter
    from bot.domain.ports import Store
    from bot.settings import AppCredentials, Settings

    Clock = Callable[[], float]

# Container platforms send SIGKILL about half a minute after SIGTERM. First the requests under way
# end: a delivery that is not acknowledged by then is one that GitHub knows to have failed.
ANSWER_SECONDS = 2.0
GRACE_SECONDS = 15.0
PRODUCTION = Pace()
CANNOT_LISTEN = "Cannot listen on {address}: {reason}. Choose another with HOST and PORT."
NOT_CONFIGURED = (
    "No GitHub App is configured: set GITHUB_APP_ID and what goes with it. "
    "Deliveries are answered with 503 until then."
)
NO_APP = (
    "No GitHub App is configured: a worker needs the same GITHUB_APP_ID and what goes with it as "
    "the service."
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


async def serve(settings: Settings) -> None:
    """Run webhook server and worker until SIGINT or SIGTERM, then finish what is under way."""
    stopping = _stop_signal()
    async with running(settings) as service:
        logger.info("service.started", extra={"fields": {"url": service.url}})
        await stopping.wait()
        logger.info("service.stopping")


async def work(settings: Settings) -> None:
    """Run a worker alone until SIGINT or SIGTERM; SettingsError where it would be the only one."""
    if settings.app is None:
        raise SettingsError((NO_APP,))
    if settings.database_url is None:
        raise SettingsError((ONE_PROCESS,))
    stopping = _stop_signal()
    async with AsyncExitStack() as stack:
        meter = UNMEASURED  # nobody could ask for it: this process does not listen
        world = await _world(stack, settings, pace=PRODUCTION, clock=time.time, meter=meter)
        worker = Worker(world.store, services(world), meter=meter)
        stack.push_async_callback(_run(worker, world.store, grace_seconds=GRACE_SECONDS))
        _start(stack, tidy(_tidied(world)))
        logger.info("worker.started", extra={"fields": {"jobs": settings.workers}})
        await stopping.wait()
        logger.info("worker.stopping")


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    pace: Pace = PRODUCTION,
    grace_seconds: float = GRACE_SECONDS,
    clock: Clock = time.time,
) -> AsyncIterator[Service]:
    """Run the service and yield it; leaving gives jobs `grace_seconds`, then stops them.

    `clock` tells the day that waivers end on and when jobs are due, in Unix time; credentials go by
    the machine's own.
    Without credentials only `/healthz` answers, and `/webhook` with 503.
    """
    async with AsyncExitStack() as stack:
        connections, metrics = Connections(), Metrics()
        application = web.Application(middlewares=[connections.heard])
        store = rounds = webhook = health = None
        if settings.app is None:
            logger.warning(NOT_CONFIGURED)
        else:
            world = await _world(stack, settings, pace=pace, clock=clock, meter=metrics)
            store = world.store
            worker = Worker(store, services(world), meter=metrics)
            stack.push_async_callback(_run(worker, store, grace_seconds=grace_seconds))
            rounds = _rounds(world)
            secret = settings.app.webhook_secret
            webhook = Webhook(
                secret=secret, handlers=handlers.discover(), store=store, meter=metrics
            )
            health = Health(store, worker.lives)
        add_routes(application, webhook=webhook, health=health)
        add_route(application, metrics=metrics, health=health)
        url = await _listen(stack, application, connections, settings=settings)
        if rounds:
            _start(stack, rounds.run())
        yield Service(url, store, rounds)


def _stop_signal() -> asyncio.Event:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    return stopping


async def _listen(
    stack: AsyncExitStack,
    application: web.Application,
    connections: Connections,
    *,
    settings: Settings,
) -> str:
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=ANSWER_SECONDS)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    assert runner.server is not None
    try:
        server = await connections.listen(runner.server, host=settings.host, port=settings.port)
    except OSError as error:
        address = f"{settings.host}:{settings.port}"
        raise UserError(CANNOT_LISTEN.format(address=address, reason=error.strerror)) from error
    stack.callback(server.close)
    host, port = server.sockets[0].getsockname()[:2]
    return f"http://{host}:{port}"


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
    store, censuses = await _store(settings, clock)
    stack.push_async_callback(store.close)
    pool = AnalysisPool(workers=os.cpu_count() or 1)
    stack.push_async_callback(pool.close)
    github = await _github(stack, settings, app, pace=pace, meter=meter)
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
    )


async def _store(settings: Settings, clock: Clock) -> tuple[Store, CensusShelf]:
    censuses = CensusFiles(census_folder(settings))
    limits = RunLimits(workers=settings.workers)
    if settings.database_url is None:
        return SqliteStore(settings.database_path, limits=limits, clock=clock), censuses
    # Loaded by those alone who use it: a fifth of a second.
    from bot.store.postgres.store import PostgresStore  # noqa: PLC0415

    store = await PostgresStore.open(settings.database_url, limits=limits, clock=clock)
    return store, store.censuses(censuses)


async def _github(
    stack: AsyncExitStack,
    settings: Settings,
    app: AppCredentials,
    *,
    pace: Pace,
    meter: Meter,
) -> GitHub:
    session = await stack.enter_async_context(aiohttp.ClientSession())
    transport = Transport(
        session, api_url=settings.api_url, graphql_url=settings.graphql_url, meter=meter
    )
    tokens = Tokens(transport, app_id=str(app.app_id), private_key=app.private_key)
    return GitHub(transport, tokens, write_interval_seconds=pace.write_seconds)


def _rounds(world: World) -> Rounds:
    sweeps = Sweeps(world.github, OwnerConfigs(world.github), app_id=world.app_id)
    deliveries = Deliveries(world.github)
    lookback = Lookback(deliveries, handlers.discover(), world.store, clock=world.clock)
    return Rounds(
        world.store,
        lookback,
        installations=sweeps.installations,
        drop_idle=_tidied(world),
        clock=world.clock,
    )


def _tidied(world: World) -> Sequence[Callable[[], Awaitable[None]]]:
    """Name what throws away what is old in a data folder."""
    return world.mirrors.drop_idle, world.censuses.drop_idle


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
