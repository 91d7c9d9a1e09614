"""Look up how far the migration of a repository has come, and have measured what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.domain.errors import GoneError, NotBeforeError, TransientError
from bot.domain.issue import configured
from bot.domain.jobs import census_of, history_of, issue_of
from bot.domain.migration import migration

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.census_ports import Censuses
    from bot.domain.history_ports import Histories
    from bot.domain.issue import Issue
    from bot.domain.issue_ports import Issues
    from bot.domain.jobs import Place
    from bot.domain.migration import Migration
    from bot.domain.ports import Queue

# One request each, for whoever opens the page.
ISSUES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class MigrationPorts:
    """The world of the page; `clock` tells Unix time."""

    censuses: Censuses
    histories: Histories
    issues: Issues
    queue: Queue
    clock: Callable[[], float]


async def look(place: Place, ports: MigrationPorts) -> Migration | None:
    """Return how far it has come; None before the first census.

    A census that is missing and days that were not counted yet are enqueued: whoever asks again
    later sees them.
    """
    measured = await ports.censuses.last(place.repository.id)
    if measured is None:
        await ports.queue.enqueue([census_of(place.installation_id, place.repository)])
        return None
    history = await ports.histories.last(place.repository.id, measured.config_text)
    now = ports.clock()
    is_whole = history is not None and history.covers(datetime.fromtimestamp(now, UTC).date())
    if not is_whole and not (history and history.is_under_way(now)):
        await ports.queue.enqueue([history_of(place.installation_id, place.repository)])
    numbers = sorted(configured(measured.config()))[:ISSUES_SHOWN]
    issues = {number: await _read(place, number, ports.issues) for number in numbers}
    return migration(measured, history.points if history else (), issues, is_whole=is_whole)


async def _read(place: Place, number: int, issues: Issues) -> Issue | None:
    """Read an issue; what is gone or cannot be read now is told as such, the page stands."""
    try:
        return await issues.read(issue_of(place, number))
    except (GoneError, TransientError, NotBeforeError):
        return None
