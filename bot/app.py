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
from bot.domain.retry import RunLimits
from bot.github.auth import Tokens
from bot.github.client import GitHub
from bot.github.configs import OwnerConfigs
from bot.github.deliveries import Deliveries
from bot.github.sweeps import Sweeps
from bot.github.transport import Transport
from bot.mirrors import Mirrors
from bot.pool import AnalysisPool
from bot.rounds import Rounds
from bot.services.deliveries import Lookback
from bot.settings import SettingsError
from bot.store.censuses import CensusFiles
from bot.store.sqlite import SqliteStore
from bot.web.metrics import Metrics, add_route
from bot.webhook import Health, Webhook, add_routes
from bot.wiring import Pace, World, census_folder, services
from bot.worker import Worker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

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
NO_POSTGRES = "DATABASE_URL: PostgreSQL is not available in this version. Leave it out for SQLite."

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Service:
    """A running service; without configuration there is neither queue nor rounds."""

    url: str
    store: Store | None
    rounds: Rounds | None = None


async def serve(settings: Settings) -> None:
    """Run webhook server and worker until SIGINT or SIGTERM, then finish what is under way."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    async with running(settings) as service:
        logger.info("service.started", extra={"fields": {"url": service.url}})
        await stopping.wait()
        logger.info("service.stopping")


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
        application, metrics = web.Application(), Metrics()
        store = rounds = webhook = health = None
        if settings.app is None:
            logger.warning(NOT_CONFIGURED)
        else:
            store = _store(settings, clock)
            stack.push_async_callback(store.close)
            pool = AnalysisPool(workers=os.cpu_count() or 1)
            stack.push_async_callback(pool.close)
            github = await _github(stack, settings, settings.app, pace=pace, meter=metrics)
            mirrors = Mirrors(settings, github)
            world = World(
                app_id=settings.app.app_id,
                settings=settings,
                github=github,
                store=store,
                mirrors=mirrors,
                pool=pool,
                pace=pace,
                clock=clock,
                meter=metrics,
            )
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
        url = await _listen(stack, application, settings)
        if rounds:
            _start_rounds(stack, rounds)
        yield Service(url, store, rounds)


async def _listen(stack: AsyncExitStack, application: web.Application, settings: Settings) -> str:
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=ANSWER_SECONDS)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as error:
        address = f"{settings.host}:{settings.port}"
        raise UserError(CANNOT_LISTEN.format(address=address, reason=error.strerror)) from error
    host, port = runner.addresses[0][:2]
    return f"http://{host}:{port}"


def _store(settings: Settings, clock: Clock) -> Store:
    if settings.database_url is not None:
        raise SettingsError((NO_POSTGRES,))
    settings.make_data_dir()
    limits = RunLimits(workers=settings.workers)
    return SqliteStore(settings.database_path, limits=limits, clock=clock)


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
    censuses = CensusFiles(census_folder(world.settings))
    return Rounds(
        world.store,
        lookback,
        installations=sweeps.installations,
        drop_idle=(world.mirrors.drop_idle, censuses.drop_idle),
        clock=world.clock,
    )


def _run(worker: Worker, store: Store, *, grace_seconds: float) -> Callable[[], Awaitable[None]]:
    """Start a worker; return what stops it."""
    task = asyncio.create_task(worker.run())

    async def stop() -> None:
        await store.stop(grace_seconds=grace_seconds)
        await task

    return stop


def _start_rounds(stack: AsyncExitStack, rounds: Rounds) -> None:
    """Make rounds until the stack unwinds; one that is cut short is made at the next start."""
    task = asyncio.create_task(rounds.run())

    async def stop() -> None:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    stack.push_async_callback(stop)
