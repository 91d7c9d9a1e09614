"""What a sweep looks at: the open heads of a repository, and what stands of ours on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.conversation import answers
from bot.domain.report import FAILED_TITLE, UNSHOWN_TITLE
from bot.domain.unanswered import LATELY_SECONDS
from checks.limits import JOB_SECONDS

if TYPE_CHECKING:
    from bot.domain.unanswered import Said

# No job takes longer than a quarter of this: a run that is older was left behind.
LOST_SECONDS = 60 * 60.0
# Conclusions and titles with which a job ends that has no verdict, or could not show it.
_GIVEN_UP = frozenset({"CANCELLED", "STALE"})
_OURS = frozenset({FAILED_TITLE, UNSHOWN_TITLE})


@dataclass(frozen=True, slots=True)
class SweptRun:
    """A check run of ours: GitHub's conclusion is `""` while it runs, `started_at` Unix time.

    `number` is the pull request that it was made for, 0 where it names none of its repository.
    """

    id: int
    conclusion: str
    title: str
    started_at: float
    number: int = 0

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
    """An open pull request and our runs: on its head, and on commits that were its head before.

    `configured` tells whether any config speaks of it; without one we are silent. `conversation`
    holds its newest comments, oldest first. One that was closed lately has no head any more: its
    last commit is one of those before. `changed_at` is when a comment was deleted, the base changed
    or a draft made ready last, Unix time: each may make the verdict another, and leaves no other
    trace.
    """

    number: int
    head_sha: str
    configured: bool
    runs: tuple[SweptRun, ...] = ()
    earlier: tuple[SweptRun, ...] = ()
    conversation: tuple[Said, ...] = ()
    changed_at: float = 0.0

    def needs_review(self, now: float) -> bool:
        """Tell whether the newest run, the one that GitHub shows, is no verdict, or an old one.

        A review also ends what it left in progress where nobody looks any more.
        """
        if any(run.number == self.number and not run.conclusion for run in self.earlier):
            return True
        newest = max(self.runs, key=lambda run: run.id, default=None)
        if newest is None or not newest.is_verdict:
            return self.configured
        told = self._was_told(now, since=newest.started_at)
        return self.configured and (told or self._has_changed(now, since=newest.started_at))

    def _has_changed(self, now: float, *, since: float) -> bool:
        """Tell whether the terms changed lately, and since the verdict was begun.

        A verdict that was never in progress was begun before its run.
        """
        is_late = now - self.changed_at <= LATELY_SECONDS
        return is_late and self.changed_at >= since - JOB_SECONDS

    def _was_told(self, now: float, *, since: float) -> bool:
        """Tell whether we accepted or revoked anything lately, and since the verdict was begun."""
        said = [one for one in self.conversation if one.said_at >= since]
        lately = [one.remark for one in said if now - one.said_at <= LATELY_SECONDS]
        return any(answer.accepted or answer.revoked for answer in answers(lately))

    def lost(self, now: float) -> list[SweptRun]:
        """List the runs that nobody is going to complete."""
        return [
            run
            for run in (*self.earlier, *self.runs)
            if not run.conclusion and now - run.started_at > LOST_SECONDS
        ]
