"""Take what GitHub could not deliver: the same handlers, the same queue, the same identifier."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.domain.errors import MalformedError
from bot.domain.missed import KEPT_SECONDS, missed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.domain.events import Event
    from bot.domain.jobs import Job
    from bot.domain.missed import Attempt
    from bot.domain.ports import Deliveries, Store

logger = logging.getLogger(__name__)


class Lookback:
    """Remembers how far GitHub's list was read; a new process reads all that GitHub keeps."""

    def __init__(
        self,
        deliveries: Deliveries,
        handlers: Mapping[str, Callable[[Event], Sequence[Job]]],
        store: Store,
        *,
        clock: Callable[[], float],
    ) -> None:
        self._deliveries = deliveries
        self._handlers = handlers
        self._store = store
        self._clock = clock
        self._seen_id = 0

    async def catch_up(self) -> int:
        """Enqueue the jobs of all deliveries that failed since the last time; return how many.

        A delivery that is known already is not taken twice, whoever takes it: the store decides.
        What was read counts as seen only when all of it is stored.
        """
        since = self._clock() - KEPT_SECONDS
        attempts = await self._deliveries.attempts(after_id=self._seen_id, since=since)
        lost = [attempt for attempt in missed(attempts) if attempt.event in self._handlers]
        for attempt in lost:
            await self._take(attempt)
        self._seen_id = max((attempt.id for attempt in attempts), default=self._seen_id)
        return len(lost)

    async def _take(self, attempt: Attempt) -> None:
        event = await self._deliveries.event(attempt)
        if event is None:  # the sweep finds what came of it
            logger.warning("delivery.forgotten", extra={"fields": {"delivery": attempt.guid}})
            return
        fields = {"delivery": event.delivery, "event": event.name, "action": event.action}
        try:
            jobs = self._handlers[event.name](event)
        except MalformedError as error:
            reason = {"reason": str(error)}
            logger.warning("delivery.refused", extra={"fields": {**fields, **reason}})
            return
        is_new = await self._store.enqueue(jobs, delivery=event.delivery) if jobs else False
        logger.info("delivery.caught_up", extra={"fields": {**fields, "new": is_new}})
