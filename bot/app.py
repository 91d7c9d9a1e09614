"""All wiring: settings in, a running service out."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web

from bot import commands, handlers
from bot.domain.errors import UserError
from bot.domain.jobs import JobKind
from bot.domain.ports import ReviewPorts, SweepPorts
from bot.domain.reply_ports import ReplyPorts
from bot.domain.retry import RunLimits
from bot.examination import Examiner
from bot.github.access import Access
from bot.github.auth import Tokens
from bot.github.checks import Checks
from bot.github.client import GitHub
from bot.github.commits import Commits
from bot.github.configs import OwnerConfigs
from bot.github.conversations import Conversations
from bot.github.deliveries import Deliveries
from bot.github.gate import WRITE_INTERVAL_SECONDS
from bot.github.groups import Groups, NoReviews
from bot.github.locations import Locations
from bot.github.pulls import Pulls
from bot.github.reviews import Reviews
from bot.github.sweeps import Sweeps
from bot.github.transport import Transport
from bot.pool import AnalysisPool
from bot.rounds import Rounds
from bot.services.deliveries import Lookback
from bot.services.groups import GroupExaminer, group
from bot.services.locate import locate
from bot.services.purge import purge
from bot.services.replies import reply
from bot.services.review import review
from bot.services.sweep import rejudge, sweep, sweep_installation
from bot.settings import SettingsError
from bot.store.additions import AdditionFiles
from bot.store.sqlite import SqliteStore
from bot.webhook import Health, Webhook, add_routes
from bot.worker import Worker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from bot.domain.ports import Store
    from bot.settings import AppCredentials, Settings
    from bot.worker import Service as JobService

    Clock = Callable[[], float]

# Container platforms send SIGKILL about half a minute after SIGTERM.
GRACE_SECONDS = 15.0
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
    write_interval_seconds: float = WRITE_INTERVAL_SECONDS,
    grace_seconds: float = GRACE_SECONDS,
    clock: Clock = time.time,
) -> AsyncIterator[Service]:
    """Run the service and yield it; leaving gives jobs `grace_seconds`, then stops them.

    `clock` tells the day that waivers end on and when jobs are due, in Unix time; credentials go by
    the machine's own.
    Without credentials only `/healthz` answers, and `/webhook` with 503.
    """
    async with AsyncExitStack() as stack:
        application = web.Application()
        store = rounds = None
        if settings.app is None:
            logger.warning(NOT_CONFIGURED)
            add_routes(application, webhook=None, health=None)
        else:
            store = _store(settings, clock)
            stack.push_async_callback(store.close)
            pool = AnalysisPool(workers=os.cpu_count() or 1)
            stack.push_async_callback(pool.close)
            github = await _github(
                stack, settings, settings.app, write_interval_seconds=write_interval_seconds
            )
            examiner = Examiner(settings, github, pool)
            services = _services(github, store, settings=settings, examiner=examiner, clock=clock)
            worker = Worker(store, services)
            stack.push_async_callback(_run(worker, store, grace_seconds=grace_seconds))
            rounds = _rounds(github, store, app=settings.app, examiner=examiner, clock=clock)
            secret = settings.app.webhook_secret
            webhook = Webhook(secret=secret, handlers=handlers.discover(), store=store)
            add_routes(application, webhook=webhook, health=Health(store, worker.lives))
        url = await _listen(stack, application, settings)
        if rounds:
            _start_rounds(stack, rounds)
        yield Service(url, store, rounds)


async def _listen(stack: AsyncExitStack, application: web.Application, settings: Settings) -> str:
    runner = web.AppRunner(application, access_log=None)
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
    write_interval_seconds: float,
) -> GitHub:
    session = await stack.enter_async_context(aiohttp.ClientSession())
    transport = Transport(session, api_url=settings.api_url, graphql_url=settings.graphql_url)
    tokens = Tokens(transport, app_id=str(app.app_id), private_key=app.private_key)
    return GitHub(transport, tokens, write_interval_seconds=write_interval_seconds)


def _services(
    github: GitHub, store: Store, *, settings: Settings, examiner: Examiner, clock: Clock
) -> Mapping[JobKind, JobService]:
    """Give each kind of job the function that serves it, and that function its ports."""
    assert settings.app is not None
    app_id, configs = settings.app.app_id, OwnerConfigs(github)
    reviews = ReviewPorts(
        pulls=Pulls(github, configs, app_id=app_id),
        checks=Checks(github),
        reviews=Reviews(github),
        analyse=examiner,
        additions=AdditionFiles(settings.make_data_dir() / "additions"),
        access=Access(github),
        commits=Commits(github),
        queue=store,
        forget=examiner.forget,
        clock=clock,
    )
    sweeps = SweepPorts(Sweeps(github, configs, app_id=app_id), store, clock)
    groups = _group_ports(reviews, Groups(github, configs, app_id=app_id))
    replies = _reply_ports(reviews, github, examiner)
    return {
        JobKind.REVIEW: partial(review, ports=reviews),
        JobKind.GROUP: partial(group, ports=groups),
        JobKind.SWEEP: partial(sweep, ports=sweeps),
        JobKind.BRANCH: partial(rejudge, ports=sweeps),
        JobKind.INSTALLATION: partial(sweep_installation, ports=sweeps),
        JobKind.PURGE: partial(purge, store=store, forget=examiner.purge),
        JobKind.REPLY: partial(reply, ports=replies, catalogue=commands.discover()),
        JobKind.LOCATE: partial(locate, locations=Locations(github), queue=store),
    }


def _group_ports(reviews: ReviewPorts, groups: Groups) -> ReviewPorts:
    examiner = GroupExaminer(reviews.analyse, groups.start)
    return replace(reviews, pulls=groups, reviews=NoReviews(), analyse=examiner)


def _reply_ports(reviews: ReviewPorts, github: GitHub, examiner: Examiner) -> ReplyPorts:
    return ReplyPorts(
        pulls=reviews.pulls,
        analyse=examiner,
        access=reviews.access,
        commits=reviews.commits,
        conversation=Conversations(github),
        texts=examiner.texts,
        queue=reviews.queue,
        clock=reviews.clock,
    )


def _rounds(
    github: GitHub, store: Store, *, app: AppCredentials, examiner: Examiner, clock: Clock
) -> Rounds:
    sweeps = Sweeps(github, OwnerConfigs(github), app_id=app.app_id)
    lookback = Lookback(Deliveries(github), handlers.discover(), store, clock=clock)
    return Rounds(
        store,
        lookback,
        installations=sweeps.installations,
        drop_idle=examiner.drop_idle,
        clock=clock,
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
