"""GitHub's own list of what it told us, and what it could not tell."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.domain.events import Event
from bot.domain.missed import Attempt
from bot.github.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.github.client import GitHub

LIST = "/app/hook/deliveries{?per_page,status,cursor}"
ONE = "/app/hook/deliveries/{id}"
PER_PAGE = 100
FAILED = "failure"
FORGOTTEN = frozenset({404, 410})


class Deliveries:
    """Deliveries as the App reads them; GitHub keeps them for three days."""

    def __init__(self, github: GitHub) -> None:
        self._github = github

    async def attempts(self, *, after_id: int, since: float) -> list[Attempt]:
        """List the attempts that failed after one of them and after a moment, the newest first.

        Of three days all attempts can be a million. One that was brought home later is among them
        too: the store knows it.
        """
        found: list[Attempt] = []
        cursor = ""
        while True:
            paging = {"per_page": str(PER_PAGE), "status": FAILED}
            if cursor:
                paging["cursor"] = cursor
            page, cursor = await self._github.tokens.page_as_app(LIST, paging)
            attempts = [_attempt(entry) for entry in page]
            fresh = [a for a in attempts if a.id > after_id and a.delivered_at > since]
            found += fresh
            if not cursor or len(fresh) < len(attempts):
                return found

    async def event(self, attempt: Attempt) -> Event | None:
        """Read what a delivery was about; None when GitHub has forgotten it meanwhile."""
        try:
            answer, _ = await self._github.tokens.page_as_app(ONE, {"id": str(attempt.id)})
        except RefusedError as refusal:
            if refusal.status not in FORGOTTEN:
                raise
            return None
        payload = answer["request"]["payload"]
        if not isinstance(payload, dict):
            return None
        return Event(attempt.guid, attempt.event, attempt.action, payload)


def _attempt(entry: Mapping[str, Any]) -> Attempt:
    return Attempt(
        id=int(entry["id"]),
        guid=str(entry["guid"]),
        event=str(entry["event"]),
        action=str(entry["action"] or ""),
        succeeded=200 <= int(entry["status_code"] or 0) < 300,
        delivered_at=datetime.fromisoformat(entry["delivered_at"]).timestamp(),
    )
