"""The worker: takes jobs from the store and hands each to the service for its kind."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from bot.domain.context import about
from bot.domain.errors import GoneError, NotBeforeError, SupersededError
from bot.domain.jobs import JobKind
from bot.domain.meter import UNMEASURED, JobOutcome

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.domain.jobs import Job
    from bot.domain.meter import Meter
    from bot.domain.ports import Store

    Service = Callable[[Job], Awaitable[None]]

NO_SERVICE = "No service for jobs of the kind {kinds}."

logger = logging.getLogger(__name__)


class Worker:
    """Runs the store's jobs; every kind of job needs its service, or construction fails."""

    def __init__(
        self, store: Store, services: Mapping[JobKind, Service], *, meter: Meter = UNMEASURED
    ) -> None:
        missing = [kind for kind in JobKind if kind not in services]
        if missing:
            raise ValueError(NO_SERVICE.format(kinds=", ".join(missing)))
        self._store = store
        self._services = services
        self._meter = meter
        self._lives = False

    async def run(self) -> None:
        """Work until the store is stopped."""
        self._lives = True
        try:
            await self._store.run(self._serve)
        except Exception:  # nobody waits for the worker before the service ends
            logger.exception("worker.died")
            raise
        finally:
            self._lives = False

    def lives(self) -> bool:
        """Tell whether jobs are being taken."""
        return self._lives

    async def _serve(self, job: Job) -> None:
        with about(_fields(job)):
            await self._serve_known(job)

    async def _serve_known(self, job: Job) -> None:
        logger.info("job.started")
        started = time.monotonic()
        outcome = JobOutcome.DONE
        try:
            await self._services[job.kind](job)
        except GoneError as gone:
            outcome = JobOutcome.DROPPED
            logger.info("job.dropped", extra={"fields": {"reason": str(gone)}})
        except BaseException as error:
            outcome = _outcome(error)
            raise
        finally:
            seconds = time.monotonic() - started
            self._meter.job(job.kind, outcome, seconds=seconds)
        if outcome is JobOutcome.DONE:
            logger.info("job.done", extra={"fields": {"seconds": round(seconds, 3)}})


def _fields(job: Job) -> Mapping[str, object]:
    return {
        "kind": job.kind,
        "key": job.key,
        "repo": job.repository.full_name,
        "installation": job.installation_id,
    }


def _outcome(error: BaseException) -> JobOutcome:
    match error:
        case SupersededError():
            return JobOutcome.SUPERSEDED
        case NotBeforeError():
            return JobOutcome.HELD
        case asyncio.CancelledError():
            return JobOutcome.STOPPED
    return JobOutcome.FAILED
