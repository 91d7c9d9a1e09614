"""Give a merge queue its verdict: the change of a group, judged like that of a pull request."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.doubles import definitions, homeless, with_doubles
from bot.domain.errors import SupersededError
from bot.domain.pull import Position
from bot.services.review import review

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.domain.jobs import Job
    from bot.domain.ports import Analyse, Examination, ReviewPorts
    from bot.domain.pull import PullRequest
    from checks.config import Config


async def group(job: Job, ports: ReviewPorts) -> None:
    """Let the queue see the verdict on what it would merge; our mistakes never hold it up.

    What stands before this group in the queue stands in its base: of two pull requests that are
    each green alone, the second is judged on top of the first, by the first one's config too.
    A group whose commits are gone has been made anew: nobody waits for this verdict any more.
    """
    try:
        await review(job, ports)
    except SupersededError:
        return


@dataclass(frozen=True, slots=True)
class GroupExaminer:
    """The `Analyse` port for groups: also tells what was added twice, once by this change.

    `start` tells where the pull request left its base branch. Two definitions of one name at home
    are nothing new to either change alone: only the order in the queue makes one the second.
    """

    analyse: Analyse
    start: Callable[[PullRequest], Awaitable[str]]

    async def __call__(
        self, pull: PullRequest, *, merge_base: str | None, config: Config
    ) -> Examination:
        """Judge a group; what came to its base meanwhile is read only if it defines something."""
        found = await self.analyse(pull, merge_base=merge_base, config=config)
        bare = homeless(config)
        mine = await self.analyse(pull, merge_base=merge_base, config=bare)
        if not definitions(mine.analysis):
            return found
        start = await self.start(pull)
        if start in {"", merge_base}:
            return found
        before = replace(pull, position=Position(pull.position.base_sha, start))
        theirs = await self.analyse(before, merge_base=start, config=bare)
        analysis = with_doubles(found.analysis, mine.analysis, theirs.analysis)
        return replace(found, analysis=analysis)
