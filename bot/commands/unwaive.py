"""Revokes the waivers in comments here for a rule, with the same path if they have one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.conversation import digest_of
from bot.domain.markdown import code
from bot.domain.replies import Again, Outcome, Who, refused
from bot.domain.standing import WAIVE

if TYPE_CHECKING:
    from bot.domain.commands import Call
    from bot.domain.replies import Scene

USAGE = "/ssot unwaive RULE [PATH]"
WHO = Who.WRITE
EXAMPLES = ("/ssot unwaive forbidden-import",)

NO_RULE = "Name the rule, and the path if the waiver has one: `/ssot unwaive RULE [PATH]`."
NONE_STANDS = (
    "No comment here waives {words}, so there is nothing to revoke. `/ssot status` lists the "
    "waivers."
)
REVOKED = "Revoked by {login}: {count} for {words}."
ONE = "the waiver"
MANY = "{count} waivers"


def decide(call: Call, scene: Scene) -> Outcome:
    """End what stands under the same terms; options are ignored, so the whole line may be kept."""
    if not call.words:
        return refused(NO_RULE)
    digest = digest_of(WAIVE, *call.words)
    ended = [waiver.claim for waiver in scene.standing.waivers if waiver.claim.digest == digest]
    words = code(" ".join(call.words))
    if not ended:
        return refused(NONE_STANDS.format(words=words))
    count = ONE if len(ended) == 1 else MANY.format(count=len(ended))
    return Outcome(
        done=True,
        text=REVOKED.format(login=code(scene.actor), count=count, words=words),
        again=Again.SILENTLY,
        revoked=tuple(claim.name for claim in ended),
    )
