"""Ends a pause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.markdown import code
from bot.domain.replies import Again, Outcome, Who, refused

if TYPE_CHECKING:
    from bot.domain.commands import Call
    from bot.domain.replies import Scene

USAGE = "/ssot resume"
WHO = Who.WRITE
EXAMPLES = ("/ssot resume",)

NOT_PAUSED = "The checks of this pull request are not paused."
RESUMED = "Resumed by {login}."


def decide(_call: Call, scene: Scene) -> Outcome:
    """Revoke every pause that stands."""
    pauses = scene.standing.pauses
    if not pauses:
        return refused(NOT_PAUSED)
    return Outcome(
        done=True,
        text=RESUMED.format(login=code(scene.actor)),
        again=Again.SILENTLY,
        revoked=tuple(claim.name for claim in pauses),
    )
