"""The worker: takes jobs from the store and hands each to the service for its kind."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from bot.domain.errors import GoneError
from bot.domain.jobs import JobKind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.domain.jobs import Job
    from bot.domain.ports import Store

    Service = Callable[[Job], Awaitable[None]]

NO_SERVICE = "No service for jobs of the kind {kinds}."

logger = logging.getLogger(__name__)


class Worker:
    """Runs the store's jobs; every kind of job needs its service, or construction fails."""

    def __init__(self, store: Store, services: Mapping[JobKind, Service]) -> None:
        missing = [kind for kind in JobKind if kind not in services]
        if missing:
            raise ValueError(NO_SERVICE.format(kinds=", ".join(missing)))
        self._store = store
        self._services = services
        self._lives = False

    async def run(self) -> None:
        """Work until the store is stopped."""
        self._lives = True
        try:
            await self._store.run(self._serve)
        finally:
            self._lives = False

    def lives(self) -> bool:
        """Tell whether jobs are being taken."""
        return self._lives

    async def _serve(self, job: Job) -> None:
        fields = {"kind": job.kind, "key": job.key, "installation": job.installation_id}
        logger.info("job.started", extra={"fields": fields})
        started = time.monotonic()
        try:
            await self._services[job.kind](job)
        except GoneError as gone:
            logger.info("job.dropped", extra={"fields": {**fields, "reason": str(gone)}})
            return
        seconds = round(time.monotonic() - started, 3)
        logger.info("job.done", extra={"fields": {**fields, "seconds": seconds}})
