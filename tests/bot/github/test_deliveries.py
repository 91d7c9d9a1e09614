"""GitHub's list of deliveries, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain.missed import Attempt
from bot.github.deliveries import Deliveries

if TYPE_CHECKING:
    from bot.github.client import GitHub
    from tests.bot.github.conftest import ScriptedGitHub

LIST = "GET /app/hook/deliveries"
SENT = "2026-11-20T07:00:00Z"
SENT_AT = 1795158000.0
BEYOND_FLOATS = 2**53 + 1


def entry(number: int, *, code: int = 202) -> dict[str, Any]:
    return {
        "id": number,
        "guid": f"g{number}",
        "event": "push",
        "action": None,
        "status_code": code,
        "delivered_at": SENT,
    }


def next_page(cursor: str) -> dict[str, str]:
    return {"Link": f'<https://elsewhere.example/x?per_page=100&cursor={cursor}>; rel="next"'}


async def test_pages_are_followed_by_their_cursor_to_the_last(
    github: GitHub, script: ScriptedGitHub
) -> None:
    script.on(LIST, [entry(BEYOND_FLOATS, code=500)], headers=next_page("v1_9"))
    script.on(LIST, [entry(1)])

    found = await Deliveries(github).attempts(after_id=0, since=0.0)

    first = Attempt(BEYOND_FLOATS, f"g{BEYOND_FLOATS}", "push", "", False, SENT_AT)
    assert (found[0], found[1].succeeded) == (first, True)
    assert [request.query.get("cursor") for request in script.sent(LIST)] == [None, "v1_9"]


async def test_only_attempts_that_failed_are_asked_for(
    github: GitHub, script: ScriptedGitHub
) -> None:
    script.on(LIST, [])
    await Deliveries(github).attempts(after_id=0, since=0.0)
    assert [request.query["status"] for request in script.sent(LIST)] == ["failure"]


async def test_reading_stops_at_what_was_seen(github: GitHub, script: ScriptedGitHub) -> None:
    script.on(LIST, [entry(3), entry(2)], headers=next_page("v1_2"))

    found = await Deliveries(github).attempts(after_id=2, since=0.0)

    assert [attempt.id for attempt in found] == [3]
    assert len(script.sent(LIST)) == 1


async def test_reading_stops_at_what_is_too_old(github: GitHub, script: ScriptedGitHub) -> None:
    script.on(LIST, [entry(3)], headers=next_page("v1_3"))

    assert await Deliveries(github).attempts(after_id=0, since=SENT_AT) == []
    assert len(script.sent(LIST)) == 1


async def test_delivery_is_read_with_its_payload(github: GitHub, script: ScriptedGitHub) -> None:
    script.on(f"{LIST}/7", {**entry(7), "request": {"payload": {"ref": "refs/heads/main"}}})

    event = await Deliveries(github).event(Attempt(7, "g7", "push", "", False, SENT_AT))

    assert event is not None
    assert (event.delivery, event.name, event.text("ref")) == ("g7", "push", "refs/heads/main")
