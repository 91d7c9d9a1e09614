"""Tell which checklist items a pull request would tick, by the last census and its own change."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.domain.issue import configured
from bot.domain.outlook import NO_OUTLOOK
from bot.domain.preview import Merge, shown, would_change
from bot.services.issues import counts
from bot.services.standing import today_of
from checks.projection import project

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.census_ports import Measured
    from bot.domain.issue import Tracked
    from bot.domain.outlook import Outlook
    from bot.domain.ports import ReviewPorts
    from bot.domain.preview import Would
    from bot.domain.pull import PullRequest
    from checks.config import Config
    from checks.model import Analysis


async def preview(
    pull: PullRequest,
    analysis: Analysis,
    measured: Measured,
    *,
    config: Config,
    ports: ReviewPorts,
) -> Outlook:
    """Show what a merge would tick; nothing where that is decided by another config.

    Issues are read only where the config or the pull request names any.
    """
    numbers = sorted(configured(config) | set(pull.links))
    effect = analysis.effect
    if not numbers or effect is None or effect.is_of_config:
        return NO_OUTLOOK
    if measured.config_text != pull.config.text:
        return NO_OUTLOOK
    tracked = await ports.trackers.read(pull, numbers)

    def find() -> Sequence[Would]:
        today = today_of(ports.clock)
        after = project(measured.census, effect, config, rev=analysis.head, today=today)
        merge = Merge(pull, measured.census, after, config, ports.server_url)
        return would_change(tracked, merge)

    # Fifty issues of 64 kB take a while to parse, and others wait for the loop.
    found = await asyncio.to_thread(find) if tracked.issues else ()
    return shown(await _counted(pull, found, tracked, config=config, ports=ports), tracked.problem)


async def _counted(
    pull: PullRequest,
    found: Sequence[Would],
    tracked: Tracked,
    *,
    config: Config,
    ports: ReviewPorts,
) -> Sequence[Would]:
    """Keep what somebody stands for; each person is asked about once, and only where it matters."""
    asked: dict[str, bool] = {}

    async def may_write(login: str) -> bool:
        if login not in asked:
            asked[login] = await ports.access.may_write(pull, login)
        return asked[login]

    named = {one.issue for one in found}
    kept = {
        issue.number
        for issue in tracked.issues
        if issue.number in named and await counts(issue, config, may_write)
    }
    return [one for one in found if one.issue in kept]
