"""Commits the proven fixes to the head branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.fixing import is_answered, locally
from bot.domain.pull import HeadRepository
from bot.domain.replies import Outcome, Who, refused, unjudged

if TYPE_CHECKING:
    from bot.domain.commands import Call
    from bot.domain.replies import Scene

USAGE = "/ssot fix"
WHO = Who.WRITE
EXAMPLES = ("/ssot fix",)
LOOKS_AT_FINDINGS = True

NOTHING = "No new finding of this change has a proven fix, so there is nothing to commit."
FOREIGN = "The head branch is in another repository, to which this App cannot write. {locally}"


def decide(_call: Call, scene: Scene) -> Outcome:
    """Ask for one commit with the suggestions of what is new; the commit is the answer."""
    pull = scene.pull
    assert pull is not None
    if is_answered(pull, scene.asked):
        return Outcome(done=True)
    if scene.analysis is None:
        return unjudged(pull)
    if pull.head_repository is not HeadRepository.SAME:
        return refused(FOREIGN.format(locally=locally(pull)))
    edits = tuple(finding for finding in scene.analysis.new if finding.suggestion is not None)
    return Outcome(done=True, edits=edits) if edits else refused(NOTHING)
