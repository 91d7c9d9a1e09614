"""What the comments of a pull request decide now: who accepted or paused is asked for once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from bot.domain.standing import Standing, claims, standing
from bot.domain.unaccepted import unaccepted

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.ports import Access
    from bot.domain.pull import PullRequest


def today_of(clock: Callable[[], float]) -> date:
    """Tell the day in UTC."""
    return datetime.fromtimestamp(clock(), UTC).date()


async def read_standing(
    pull: PullRequest, access: Access, *, clock: Callable[[], float]
) -> Standing:
    """Decide which waivers and pauses stand; one request for each person that it rests on."""
    claimed = claims(pull.conversation)
    logins = sorted({login for claim in claimed for login in claim.decisive})
    writers = {login for login in logins if await access.may_write(pull, login)}
    stands = standing(claimed, may_write=writers.__contains__, today=today_of(clock))
    lapsed = (*stands.lapsed, *unaccepted(pull.conversation))
    return replace(stands, lapsed=lapsed, is_cut=pull.conversation_cut)
