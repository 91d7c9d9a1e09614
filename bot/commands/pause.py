"""Makes the check neutral, whatever it finds, until `/ssot resume`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.markdown import code
from bot.domain.pull import PullState
from bot.domain.replies import Again, Outcome, Who, unjudged
from bot.domain.standing import digest_of_call

if TYPE_CHECKING:
    from bot.domain.commands import Call
    from bot.domain.replies import Scene

USAGE = "/ssot pause"
WHO = Who.WRITE
EXAMPLES = ("/ssot pause",)

PAUSED = (
    "Paused by {login}: the check stays neutral, and no comments are written. To end the pause, "
    "comment `/ssot resume`, or delete the comment with `/ssot pause`."
)


def decide(call: Call, scene: Scene) -> Outcome:
    """Accept the pause; it stands while its comment does."""
    assert scene.pull is not None
    if scene.pull.state is not PullState.OPEN:
        return unjudged(scene.pull)
    text = PAUSED.format(login=code(scene.actor))
    accepted = {digest_of_call(call): frozenset[str]()}
    return Outcome(done=True, text=text, again=Again.SILENTLY, accepted=accepted)
