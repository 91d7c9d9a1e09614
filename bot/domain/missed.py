"""Which deliveries never reached us."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# "You can redeliver webhooks that were delivered in the past 3 days."
# https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks
KEPT_SECONDS = 3 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at a delivery; another attempt at it has the same `guid` and a higher `id`."""

    id: int
    guid: str
    event: str
    action: str
    succeeded: bool
    delivered_at: float


def missed(attempts: Iterable[Attempt]) -> list[Attempt]:
    """Pick one attempt of each delivery that no attempt brought home, the oldest delivery first."""
    by_guid: dict[str, Attempt] = {}
    arrived: set[str] = set()
    for attempt in sorted(attempts, key=lambda attempt: attempt.id):
        by_guid.setdefault(attempt.guid, attempt)
        if attempt.succeeded:
            arrived.add(attempt.guid)
    return [attempt for guid, attempt in by_guid.items() if guid not in arrived]
