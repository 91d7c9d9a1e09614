"""Checks the newest commit again, in a new check run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.pull import ConfigSource, PullState
from bot.domain.replies import Again, Outcome, Who, unjudged

if TYPE_CHECKING:
    from bot.domain.commands import Call
    from bot.domain.replies import Scene

USAGE = "/ssot recheck"
WHO = Who.AUTHOR
EXAMPLES = ("/ssot recheck",)


def decide(_call: Call, scene: Scene) -> Outcome:
    """Ask for an explicit review; the new run is the answer."""
    pull = scene.pull
    assert pull is not None
    if pull.state is not PullState.OPEN or pull.config.source is ConfigSource.NONE:
        return unjudged(pull)
    return Outcome(done=True, again=Again.ANEW)
