"""What a sweep looks at: the open heads of a repository, and what stands of ours on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.report import FAILED_TITLE, UNSHOWN_TITLE

if TYPE_CHECKING:
    from bot.domain.unanswered import Said

# No job takes longer than a quarter of this: a run that is older was left behind.
LOST_SECONDS = 60 * 60.0
# Conclusions and titles with which a job ends that has no verdict, or could not show it.
_GIVEN_UP = frozenset({"CANCELLED", "STALE"})
_OURS = frozenset({FAILED_TITLE, UNSHOWN_TITLE})


@dataclass(frozen=True, slots=True)
class SweptRun:
    """A check run of ours: GitHub's conclusion is `""` while it runs, `started_at` Unix time."""

    id: int
    conclusion: str
    title: str
    started_at: float

    @property
    def is_verdict(self) -> bool:
        """Tell whether somebody was told what we think of the change."""
        return bool(self.conclusion) and self.conclusion not in _GIVEN_UP and not self.is_excuse

    @property
    def is_excuse(self) -> bool:
        """Tell whether it speaks of a mistake of ours."""
        return self.title in _OURS


@dataclass(frozen=True, slots=True)
class OpenHead:
    """An open pull request and our runs: on its head, and on the commits right before.

    `configured` tells whether any config speaks of it; without one we are silent. `conversation`
    holds its newest comments, oldest first; one that was closed lately has nothing else.
    """

    number: int
    head_sha: str
    configured: bool
    runs: tuple[SweptRun, ...] = ()
    earlier: tuple[SweptRun, ...] = ()
    conversation: tuple[Said, ...] = ()

    @property
    def needs_review(self) -> bool:
        """Tell whether the newest run, the one that GitHub shows, is no verdict."""
        newest = max(self.runs, key=lambda run: run.id, default=None)
        return self.configured and (newest is None or not newest.is_verdict)

    def lost(self, now: float) -> list[SweptRun]:
        """List the runs that nobody is going to complete."""
        return [
            run
            for run in (*self.earlier, *self.runs)
            if not run.conclusion and now - run.started_at > LOST_SECONDS
        ]
