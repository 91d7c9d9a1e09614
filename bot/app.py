"""All wiring: settings in, a running service out."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from bot import handlers
from bot.github.connection import Connection
from bot.github.deliveries import Deliveries
from bot.github.sweeps import Sweeps
from bot.listening import listening
from bot.pages import add_pages
from bot.rounds import Rounds, tidy
from bot.services.deliveries import Lookback
from bot.settings import SettingsError
from bot.web.metrics import Metrics, add_route
from bot.web.pages import add_static, errors
from bot.web.setup.checks import Checks, add_checks
from bot.web.setup.pages import Setup, add_setup
from bot.webhook import Health, Webhook, add_probes, add_routes
from bot.wiring import services
from bot.worker import Worker
from bot.world import Pace, open_world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine

    from bot.domain.meter import Meter
    from bot.domain.ports import Store
    from bot.listening import Address
    from bot.settings import AppCredentials, Settings
    from bot.world import Clock, World


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
            async with _running(settings, address, setup=setup):
                logger.warning("service.not_configured", extra={"fields": {"url": address.url}})
                announce(address.url, setup.address(address.url))
                await _first(stopping, setup.configured)
            settings = read()
        if stopping.is_set():
            return
        async with _running(settings, address, setup=setup):
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
        world = await open_world(stack, settings, pace=pace, clock=time.time, meter=metrics)
        worker = Worker(world.store, services(world), meter=metrics)
        stack.push_async_callback(_run(worker, world.store, pace.grace_seconds))
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
    clock: Clock = time.time,
) -> AsyncIterator[Service]:
    """Run the service and yield it; leaving gives jobs the grace of the pace, then stops them.

    `clock` tells the day that waivers end on and when jobs are due and GitHub may be asked again,
    in Unix time; credentials go by the machine's own.
    Without credentials only `/healthz` and the set-up answer, and `/webhook` with 503.
    """
    async with listening(settings.host, settings.port) as address:
        setup = Setup(lambda: settings, address.pause)
        async with _running(settings, address, setup=setup, pace=pace, clock=clock) as service:
            yield service


@asynccontextmanager
async def _running(
    settings: Settings,
    address: Address,
    *,
    setup: Setup,
    pace: Pace = PRODUCTION,
    clock: Clock = time.time,
) -> AsyncIterator[Service]:
    """Run the service at an address that was taken, with the set-up that was announced."""
    async with AsyncExitStack() as stack:
        application, metrics = web.Application(middlewares=[errors]), Metrics()
        store = rounds = webhook = health = None
        if settings.app is None:
            add_setup(application, setup, settings)
        else:
            world = await open_world(stack, settings, pace=pace, clock=clock, meter=metrics)
            store = world.store
            worker = Worker(store, services(world), meter=metrics)
            stack.push_async_callback(_run(worker, store, pace.grace_seconds))
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


def _connection(world: World) -> Connection:
    sweeps = Sweeps(world.github, world.configs, app_id=world.app_id)
    return Connection(world.github, sweeps, world.configs)


def _rounds(world: World) -> Rounds:
    sweeps = Sweeps(world.github, world.configs, app_id=world.app_id)
    deliveries = Deliveries(world.github)
    lookback = Lookback(deliveries, handlers.discover(), world.store, clock=world.clock)
    return Rounds(
        world.store,
        lookback,
        installations=sweeps.installations,
        tidied=world.tidied,
        clock=world.clock,
    )


def _run(worker: Worker, store: Store, grace_seconds: float) -> Callable[[], Awaitable[None]]:
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
