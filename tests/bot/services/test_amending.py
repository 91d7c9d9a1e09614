"""What people write into an issue while we change it is never lost."""

from __future__ import annotations

from itertools import combinations

import pytest

from bot.domain.errors import GoneError, TransientError
from bot.domain.jobs import Job, JobKind
from bot.services.amending import DISPLACED, TRIES, amend, current
from tests.bot.services.tracker import SHOP, Tracker

JOB = Job(JobKind.ISSUE, 7, SHOP, 5)
# More places than one pass has: the start, two reads, the write, the history.
PLACES = 12


async def tick(body: str) -> str:
    """Tick every box; people's lines stay."""
    return body.replace("[ ]", "[x]")


async def run(tracker: Tracker) -> None:
    await amend(JOB, await current(JOB, tracker), issues=tracker, change=tick)


async def test_boxes_are_ticked_with_one_write() -> None:
    tracker = Tracker()
    await run(tracker)
    assert tracker.body == "- [x] one\n- [x] two\n"
    assert tracker.requests == 4


async def test_nothing_is_written_where_nothing_changes() -> None:
    tracker = Tracker("- [x] one\n")
    await run(tracker)
    assert (tracker.requests, tracker.history) == (1, [])


@pytest.mark.parametrize("place", range(PLACES))
async def test_edit_at_any_place_survives(place: int) -> None:
    tracker = Tracker(writes={place: "- [ ] from ada"})
    await run(tracker)
    assert ("from ada" in tracker.body) == (tracker.requests > place)
    while tracker.requests <= place + 4:  # as deliveries about this and that have it
        await run(tracker)
    assert tracker.body == "- [x] from ada\n- [x] one\n- [x] two\n"
    assert tracker.said == []


@pytest.mark.parametrize("places", list(combinations(range(PLACES), 2)))
async def test_two_edits_survive_or_the_issue_says_where_one_is(places: tuple[int, int]) -> None:
    first, second = places
    tracker = Tracker(writes={first: "- [ ] first", second: "- [ ] second"})
    while tracker.requests <= second + 4:  # as deliveries about this and that have it
        await run(tracker)
    lost = [one for one in ("first", "second") if one not in tracker.body]
    assert tracker.said == [DISPLACED] * len(lost)
    for word in lost:
        assert any(word in (edit.text or "") for edit in tracker.history)
    assert "[ ]" not in tracker.body


async def test_history_that_github_does_not_tell_stops_nothing() -> None:
    tracker = Tracker(keeps_history=False)
    await run(tracker)
    assert tracker.body == "- [x] one\n- [x] two\n"


async def test_body_that_github_silently_refuses_is_tried_again_later() -> None:
    with pytest.raises(TransientError, match="keeps another body"):
        await run(Tracker(takes_writes=False))


async def test_issue_that_never_rests_is_left_for_later() -> None:
    tracker = Tracker(writes={number: f"- [ ] {number}" for number in range(100)})
    with pytest.raises(TransientError, match="again and again"):
        await run(tracker)
    assert tracker.requests <= 1 + 3 * TRIES


async def test_locked_issue_is_dropped() -> None:
    with pytest.raises(GoneError):
        await run(Tracker(locked=True))
