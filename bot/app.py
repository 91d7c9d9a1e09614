"""All wiring: settings in, a running service out."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web

from bot import commands, handlers
from bot.domain.errors import UserError
from bot.domain.jobs import JobKind
from bot.domain.ports import ReplyPorts, ReviewPorts
from bot.domain.retry import RunLimits
from bot.examination import Examiner
from bot.github.access import Access
from bot.github.auth import Tokens
from bot.github.checks import Checks
from bot.github.client import GitHub
from bot.github.commits import Commits
from bot.github.configs import OwnerConfigs
from bot.github.conversations import Conversations
from bot.github.gate import WRITE_INTERVAL_SECONDS
from bot.github.heads import Heads
from bot.github.pulls import Pulls
from bot.github.reviews import Reviews
from bot.github.transport import Transport
from bot.pool import AnalysisPool
from bot.services.locate import locate
from bot.services.replies import reply
from bot.services.review import review
from bot.settings import SettingsError
from bot.store.sqlite import SqliteStore
from bot.webhook import Health, Webhook, add_routes
from bot.worker import Worker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bot.domain.ports import Store
    from bot.settings import AppCredentials, Settings
    from bot.worker import Service as JobService

# Container platforms send SIGKILL about half a minute after SIGTERM.
GRACE_SECONDS = 20.0
CANNOT_LISTEN = "Cannot listen on {address}: {reason}. Choose another with HOST and PORT."
NOT_CONFIGURED = (
    "No GitHub App is configured: set GITHUB_APP_ID and what goes with it. "
    "Deliveries are answered with 503 until then."
)
NO_POSTGRES = "DATABASE_URL: PostgreSQL is not available in this version. Leave it out for SQLite."

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Service:
    """A running service: where it listens, and its queue (None while nothing is configured)."""

    url: str
    store: Store | None


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
    settings: Settings, *, write_interval_seconds: float = WRITE_INTERVAL_SECONDS
) -> AsyncIterator[Service]:
    """Run the service and yield it; leaving stops it within `GRACE_SECONDS`.

    Without credentials only `/healthz` answers, and `/webhook` with 503.
    """
    async with AsyncExitStack() as stack:
        application = web.Application()
        store = None
        if settings.app is None:
            logger.warning(NOT_CONFIGURED)
            add_routes(application, webhook=None, health=None)
        else:
            store = _store(settings)
            stack.push_async_callback(store.close)
            worker = await _worker(
                stack, settings, settings.app, store, write_interval_seconds=write_interval_seconds
            )
            secret = settings.app.webhook_secret
            webhook = Webhook(secret=secret, handlers=handlers.discover(), store=store)
            add_routes(application, webhook=webhook, health=Health(store, worker.lives))
        yield Service(await _listen(stack, application, settings), store)


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


def _store(settings: Settings) -> Store:
    if settings.database_url is not None:
        raise SettingsError((NO_POSTGRES,))
    settings.make_data_dir()
    return SqliteStore(settings.database_path, limits=RunLimits(workers=settings.workers))


async def _worker(
    stack: AsyncExitStack,
    settings: Settings,
    app: AppCredentials,
    store: Store,
    *,
    write_interval_seconds: float,
) -> Worker:
    """Start a worker that is stopped, and whose processes end, when the stack unwinds."""
    pool = AnalysisPool(workers=os.cpu_count() or 1)
    stack.push_async_callback(pool.close)
    session = await stack.enter_async_context(aiohttp.ClientSession())
    transport = Transport(session, api_url=settings.api_url, graphql_url=settings.graphql_url)
    tokens = Tokens(transport, app_id=str(app.app_id), private_key=app.private_key)
    github = GitHub(transport, tokens, write_interval_seconds=write_interval_seconds)
    worker = Worker(store, _services(app, store, github, examiner=Examiner(settings, github, pool)))
    task = asyncio.create_task(worker.run())

    async def stop() -> None:
        await store.stop(grace_seconds=GRACE_SECONDS)
        await task

    stack.push_async_callback(stop)
    return worker


def _services(
    app: AppCredentials, store: Store, github: GitHub, *, examiner: Examiner
) -> Mapping[JobKind, JobService]:
    """Tell each service its ports."""
    pulls = Pulls(github, OwnerConfigs(github), app_id=app.app_id)
    access, commits = Access(github), Commits(github)
    reviewing = ReviewPorts(
        pulls=pulls,
        checks=Checks(github),
        reviews=Reviews(github),
        analyse=examiner,
        access=access,
        commits=commits,
        enqueue=store.enqueue,
        clock=time.time,
    )
    replying = ReplyPorts(
        pulls=pulls,
        analyse=examiner,
        access=access,
        commits=commits,
        conversation=Conversations(github),
        texts=examiner.texts,
        enqueue=store.enqueue,
        clock=time.time,
    )
    return {
        JobKind.REVIEW: partial(review, ports=reviewing),
        JobKind.REPLY: partial(reply, ports=replying, catalogue=commands.discover()),
        JobKind.LOCATE: partial(locate, heads=Heads(github), enqueue=store.enqueue),
    }
